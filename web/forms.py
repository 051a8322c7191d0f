"""Field parsers shared by features: each returns a typed value and collects a sentence for what is wrong.

    fields = Fields(request.form)
    command = AskForDose(name=fields.text("name", _("Enter the name")), born_on=fields.day("birth", …))
    fields.check()

A faulty field yields a placeholder of its type; `check()` then raises, so the placeholder is never used.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar

import email_validator
import phonenumbers
from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from vaccination.errors import DomainError, Invalid
from web.days import impossible_part, read_month
from web.errors import sentence_of, status_of
from web.language import language

Choice = TypeVar("Choice")
# one number, many regions: the overseas departments have prefixes which France's own plan refuses
PHONE_REGIONS = ("FR", "RE", "GP", "MQ", "GF", "YT", "PM", "BL", "MF", "NC", "PF", "WF")
# and the marks that turn the order of writing: they come along when something is copied from an Arabic page
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_ARABIC_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")


class InvalidForm(Invalid):
    """A form with faults: a sentence for each field, by the field's name."""

    code = "invalid_form"

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(", ".join(errors))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class FilledForm:
    """What was typed and what was wrong with it: the parts show both again."""

    values: "MultiDict[str, str]" = field(default_factory=MultiDict)
    errors: dict[str, str] = field(default_factory=dict)

    def value(self, name: str, default: str = "") -> str:
        """What was typed into a field."""
        return self.values.get(name, default)

    def chosen(self, name: str, option: object, default: Collection[object] = ()) -> bool:
        """Whether an option is ticked; before anything was sent, whether it is among the defaults."""
        if not self.values:
            return str(option) in {str(d) for d in default}
        return str(option) in self.values.getlist(name)

    def error(self, name: str) -> str | None:
        """What is wrong with a field."""
        return self.errors.get(name)


BLANK = FilledForm()


def filled(**values: object) -> FilledForm:
    """A form which shows stored values, for changing them."""
    shown: MultiDict[str, str] = MultiDict()
    for name, value in values.items():
        many = value if isinstance(value, (list, tuple, set, frozenset)) else [value]
        shown.setlist(name, [_as_typed(one) for one in many])
    return FilledForm(shown)


def filled_day(name: str, day: date) -> dict[str, object]:
    """The three fields of a day, for `filled(**filled_day("birth", day))`."""
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


def shows_again(page: Callable[..., ResponseReturnValue], **field_of: str) -> Callable[[Any], Any]:
    """On InvalidForm, answer with `page(form=…)`: what was typed stays, each fault beside its field.

    `field_of`: refusals of the domain to be shown the same way, `slot_full="slot"`; "" is the whole form.
    """

    def decorate(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
        @wraps(view)
        def wrapped(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            try:
                return view(*args, **kwargs)
            except InvalidForm as fault:
                found, status = fault.errors, HTTPStatus.BAD_REQUEST
            except DomainError as refusal:
                if refusal.code not in field_of:
                    raise
                found, status = {field_of[refusal.code]: sentence_of(refusal)}, status_of(refusal)
            answer = page(*args, **kwargs, form=FilledForm(request.form, found))
            return answer, status  # type: ignore[return-value]

        return wrapped

    return decorate


class Fields:
    """Reads one form; collects at most one sentence a field."""

    def __init__(self, form: "MultiDict[str, str]") -> None:
        self._form = form
        self.errors: dict[str, str] = {}

    def fault(self, name: str, sentence: str) -> None:
        """Say what is wrong with a field; the first fault of a field stands."""
        self.errors.setdefault(name, sentence)

    def check(self) -> None:
        """Raise InvalidForm if anything was wrong."""
        if self.errors:
            raise InvalidForm(self.errors)

    def raw(self, name: str) -> str:
        """What was typed, without the spaces around it and without control characters, digits as 0 to 9."""
        return _CONTROL.sub("", self._form.get(name, "")).strip().translate(_ARABIC_DIGITS)

    def every(self, name: str) -> list[str]:
        """All values of a field that occurs several times."""
        return self._form.getlist(name)

    def text(self, name: str, missing: str = "", *, longest: int = 200) -> str:
        """A text; empty is a fault when there is a sentence for it."""
        value = self.raw(name)
        if not value and missing:
            self.fault(name, missing)
        if len(value) > longest:
            self.fault(name, gettext("Write at most %(count)s characters", count=longest))
        return value

    def ticked(self, name: str) -> bool:
        """Whether a single checkbox is ticked."""
        return bool(self.raw(name))

    def consent(self, name: str, missing: str) -> bool:
        """A checkbox which must be ticked."""
        if not self.ticked(name):
            self.fault(name, missing)
        return self.ticked(name)

    def choice(self, name: str, options: dict[str, Choice], missing: str) -> Choice:
        """One of the options, by its key."""
        value = self.raw(name)
        if value not in options:
            self.fault(name, missing)
        return options.get(value, next(iter(options.values())))

    def choices(self, name: str, options: dict[str, Choice], missing: str = "") -> tuple[Choice, ...]:
        """Some of the options; none is a fault when there is a sentence for it."""
        keys = self._form.getlist(name)
        if missing and not keys or any(key not in options for key in keys):
            self.fault(name, missing or gettext("Choose from the list"))
        return tuple(options[key] for key in keys if key in options)

    def whole(self, name: str, missing: str, *, least: int = 0, most: int = 10**9) -> int:
        """A whole number; spaces between thousands are fine."""
        value = self.optional_whole(name, least=least, most=most)
        if value is None:
            self.fault(name, missing)
        return least if value is None else value

    def optional_whole(self, name: str, *, least: int = 0, most: int = 10**9) -> int | None:
        """A whole number, or nothing."""
        typed = re.sub(r"[\s\u202f\u00a0]", "", self.raw(name))
        if not typed:
            return None
        if not re.fullmatch(r"-?[0-9]{1,12}", typed):
            self.fault(name, gettext("Write a whole number in digits, for example 12"))
            return least
        if not least <= int(typed) <= most:
            self.fault(name, gettext("Write a number from %(least)s to %(most)s", least=least, most=most))
        return int(typed)

    def day(self, name: str, missing: str) -> date:
        """A day from three fields; the month may be a number or a name."""
        value = self.optional_day(name)
        if value is None:
            self.fault(name, missing)
        return value or date.min

    def optional_day(self, name: str) -> date | None:
        """A day from three fields, or nothing when all three are empty."""
        day, month, year = (self.raw(f"{name}_{part}") for part in ("day", "month", "year"))
        if not (day or month or year):
            return None
        if wrong := impossible_part(day, month, year):
            self.fault(name, wrong)
            return date.min
        number = read_month(month)
        try:
            return date(int(year), number or 0, int(day))
        except ValueError:
            self.fault(name, gettext("This date does not exist: check the day, the month and the year"))
            return date.min

    def birth_day(self, name: str, today: date) -> date:
        """A day of birth: a real date, not after today, not before the oldest person's."""
        value = self.day(name, gettext("Enter the date of birth"))
        if value > today:
            self.fault(name, gettext("The date of birth must be in the past"))
        elif today.year - value.year > 125 and name not in self.errors:
            self.fault(name, gettext("Check the year of birth"))
        return value

    def optional_phone(self, name: str) -> str | None:
        """A phone number however it is typed, as +33…; nothing when empty."""
        typed = self.raw(name)
        if not typed:
            return None
        for region in PHONE_REGIONS:
            try:
                number = phonenumbers.parse(typed, region)
            except phonenumbers.NumberParseException:
                continue
            if phonenumbers.is_valid_number(number):
                return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
        self.fault(
            name,
            gettext(
                "Check the phone number: it should look like 06 12 34 56 78, or +32 470 12 34 56 with the"
                " code of another country"
            ),
        )
        return ""

    def phone(self, name: str, missing: str) -> str:
        """A phone number, as +33…"""
        return self._required(name, self.optional_phone(name), missing)

    def optional_email(self, name: str) -> str | None:
        """An e-mail address, nothing when empty."""
        typed = self.raw(name)
        if not typed:
            return None
        try:
            return email_validator.validate_email(typed, check_deliverability=False).normalized
        except email_validator.EmailNotValidError:
            self.fault(name, gettext("Check the e-mail address: it should look like name@example.fr"))
            return ""

    def email(self, name: str, missing: str) -> str:
        """An e-mail address."""
        return self._required(name, self.optional_email(name), missing)

    def postcode(self, name: str, missing: str) -> str:
        """A French postcode: five digits."""
        typed = re.sub(r"\s", "", self.raw(name))
        if not typed:
            self.fault(name, missing)
        elif not re.fullmatch(r"(0[1-9]|[1-8][0-9]|9[0-8])[0-9]{3}", typed):
            self.fault(name, gettext("Write the five digits of the postcode, for example 35000"))
        return typed

    def bands(self, name: str, missing: str) -> str:
        """Availability in a week: 21 characters 0 or 1, Monday morning to Sunday evening."""
        ticked = set(self._form.getlist(name))
        if not ticked:
            self.fault(name, missing)
        return "".join("1" if str(band) in ticked else "0" for band in range(21))

    def _required(self, name: str, value: str | None, missing: str) -> str:
        if value is None:
            self.fault(name, missing)
        return value or ""


def _as_typed(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else ""
    if isinstance(value, float):
        return f"{value:.10g}".replace(".", "." if language() == "en" else ",")
    return str(value)
