"""What is wrong with a field or a cell, in words: one table from the domain's codes to sentences."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date

from flask_babel import gettext, lazy_gettext

from vaccination.domain.faults import InvalidFields
from web.forms import InvalidForm
from web.presenters import number, plain_day

FAULTS: Mapping[str, str] = {
    "missing": lazy_gettext("Fill this in"),
    "too_long": lazy_gettext("Write at most %(longest)s characters"),
    "out_of_range": lazy_gettext("Write a number from %(least)s to %(most)s"),
    "unknown_timezone": lazy_gettext("Write a time zone such as Europe/Paris"),
    "has_sessions": lazy_gettext("The time zone cannot change once the centre has sessions"),
    "closes_before_opening": lazy_gettext("The closing time must be after the opening time"),
    "no_seat": lazy_gettext("One slot is too short for a single dose: more stations, or longer slots"),
    "too_many_seats": lazy_gettext("More than %(most)s seats a slot: shorter slots, or fewer stations"),
    "no_whole_slot": lazy_gettext("Not one slot fits between opening and closing"),
    "overlaps": lazy_gettext("These hours overlap others of the same day"),
    "not_a_price": lazy_gettext("Write a number of zero or more"),
    "before_start": lazy_gettext("This day lies before the first one"),
    "not_within_interval": lazy_gettext("The ideal interval must lie between the shortest and the longest"),
    "below_least": lazy_gettext("The highest age is below the lowest"),
    "unknown_centre": lazy_gettext("No centre has this code"),
    "unknown_product": lazy_gettext("No vaccine has this code"),
    "not_whole_vials": lazy_gettext("Write a multiple of %(doses_per_vial)s: vials come whole"),
    "after_expiry": lazy_gettext("The vials cannot be used after the lot's expiry"),
    "other_expiry": lazy_gettext("This lot is known with another expiry: %(expires_on)s"),
    "same_centre": lazy_gettext("Choose another centre"),
    "nothing_usable": lazy_gettext("Nothing of this lot may still be used here"),
    "delivery_that_day": lazy_gettext("A delivery of this lot is announced there for that day"),
    "control_character": lazy_gettext("There is a line break or a control character in this cell"),
    "not_whole": lazy_gettext("%(value)s is not a whole number"),
    "not_a_number": lazy_gettext("%(value)s is not a number such as 47.9"),
    "not_a_day": lazy_gettext("%(value)s is not a date such as 2027-05-03"),
    "not_a_time": lazy_gettext("%(value)s is not a time such as 09:00"),
    "not_truth": lazy_gettext("%(value)s is neither 1 (yes) nor 0 (no)"),
    "not_a_weekday": lazy_gettext("%(value)s is not a weekday: monday, or 1 to 7"),
    "stands_twice": lazy_gettext("This code stands in the file a second time"),
    "contradicts_above": lazy_gettext("This group stands above with other names, rank or ages"),
    "code_taken": lazy_gettext("Another centre has this code"),
    "rule_code_taken": lazy_gettext("This code is in use already"),
    "delivery_there": lazy_gettext("The centre has a delivery of this lot from that day, with other doses"),
    "empty_file": lazy_gettext("The file is empty"),
    "too_large": lazy_gettext("The file is larger than %(megabytes)s MB"),
    "not_utf8": lazy_gettext("The file is not in UTF-8: save it again as “CSV UTF-8”"),
    "not_csv": lazy_gettext("This is not a CSV table: check quotes and the kind of file"),
    "column_missing": lazy_gettext("This column is missing in the first line"),
    "column_twice": lazy_gettext("This column stands in the first line twice"),
    "cell_count": lazy_gettext("The line has %(found)s cells, the first line has %(wanted)s"),
    "too_many_rows": lazy_gettext("The file has more than %(most)s lines"),
}  # fmt: skip


def sentence(code: str, facts: Mapping[str, object]) -> str:
    """The sentence of a fault's code."""
    if code not in FAULTS:
        return str(gettext("This value cannot be"))
    return str(FAULTS[code]) % {name: _shown(fact) for name, fact in facts.items()}


def _shown(fact: object) -> str:
    if isinstance(fact, date):
        return plain_day(fact)
    if isinstance(fact, (int, float)):
        return number(fact)
    return str(fact)


@contextmanager
def beside_fields(field_of: Mapping[str, str] | None = None) -> Iterator[None]:
    """Show the domain's refusal of fields beside the form's fields, which may have other names."""
    names = field_of or {}
    try:
        yield
    except InvalidFields as refusal:
        errors: dict[str, str] = {}
        for fault in refusal.faults:
            errors.setdefault(names.get(fault.field, fault.field), sentence(fault.code, fault.facts))
        raise InvalidForm(errors) from refusal
