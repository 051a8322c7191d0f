"""The pages of the request form: what each one asks, and how its answer is read.

The draft keeps what was typed; reading it is done here and nowhere else, when a page is sent, when the
answers are shown for checking, and once more when the request is made.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from flask_babel import gettext

from vaccination.domain.ages import age_on
from vaccination.domain.priority import can_declare
from vaccination.domain.requests import ContactBy
from vaccination.readmodels.asking_form import AskingForm, NamedGroup
from vaccination.services.asking import AskForDoses, FirstDose, Place
from vaccination.services.people import PersonDetails
from web.forms import Fields
from web.public.calendar_text import MOST_DAYS, TooManyDays, UnreadableDay, read_days
from web.public.towns import Town, by_key, find

DISTANCES_KM = (5, 10, 20, 30, 50, 100)
_LONGEST_NAME = 100
_LONGEST_STREET = 160
_LONGEST_LIST = 1200
_NO_PLACE = Place("", "", 0.0, 0.0)


@dataclass(slots=True)
class Answers:
    """The answers read so far, typed. What is not yet answered has its ordinary value."""

    form: AskingForm
    today: date
    family_name: str = ""
    given_name: str = ""
    birth_date: date = date.min
    place: Place = _NO_PLACE
    towns: tuple[Town, ...] = ()  # more than one: the person must choose
    max_km: float = 0.0
    availability: str = ""
    earliest: date | None = None
    unavailable: tuple[date, ...] = ()
    first_dose: FirstDose | None = None
    products: tuple[int, ...] = ()
    declared: frozenset[str] = field(default_factory=frozenset)
    wheelchair: bool = False
    contact_by: ContactBy = ContactBy.EMAIL
    email: str | None = None
    phone: str | None = None
    street: str = ""
    postcode: str = ""
    town: str = ""

    @property
    def categories(self) -> tuple[NamedGroup, ...]:
        """The groups whose category it is of use to declare at this age."""
        age = age_on(self.birth_date, self.today)
        return tuple(named for named in self.form.groups if can_declare(named.group, age))

    @property
    def address(self) -> str | None:
        """As on an envelope."""
        return f"{self.street}\n{self.postcode} {self.town}" if self.street else None

    def command(self, form_uid: str, locale: str) -> AskForDoses:
        """The request as the service takes it."""
        person = PersonDetails(
            self.family_name,
            self.given_name,
            self.birth_date,
            email=self.email,
            phone=self.phone,
            address=self.address,
            locale=locale,
        )
        return AskForDoses(
            programme_id=self.form.programme_id,
            person=person,
            place=self.place,
            max_km=self.max_km,
            form_uid=form_uid,
            contact_by=self.contact_by,
            declared=self.declared,
            products=self.products,
            first_dose=self.first_dose,
            earliest=self.earliest,
            availability=self.availability,
            unavailable=self.unavailable,
            wheelchair=self.wheelchair,
        )


@dataclass(frozen=True, slots=True)
class Question:
    """A page of the form: its name in the address, its reader, and whether it is asked at all."""

    name: str
    read: Callable[[Fields, Answers], None]
    is_asked: Callable[[Answers], bool] = lambda answers: True


def _read_name(fields: Fields, answers: Answers) -> None:
    answers.given_name = fields.text("given_name", gettext("Enter your first name"), longest=_LONGEST_NAME)
    answers.family_name = fields.text("family_name", gettext("Enter your last name"), longest=_LONGEST_NAME)


def _read_birth(fields: Fields, answers: Answers) -> None:
    answers.birth_date = fields.birth_day("birth", answers.today)


def _read_where(fields: Fields, answers: Answers) -> None:
    typed = fields.text("where", gettext("Enter your postcode or the name of your town"), longest=80)
    answers.towns = find(typed)
    if not typed:
        return
    if not answers.towns:
        fields.fault("where", gettext("We do not know this town: check the spelling, or write the postcode"))
    chosen = by_key(fields.raw("town"), answers.towns)
    if len(answers.towns) > 1 and chosen is None:
        fields.fault("town", gettext("Choose the town from the list"))
    if town := chosen or next(iter(answers.towns), None):
        answers.place = town.place(typed)


def _read_distance(fields: Fields, answers: Answers) -> None:
    options = {str(km): float(km) for km in DISTANCES_KM}
    answers.max_km = fields.choice("distance", options, gettext("Choose how far you can travel"))


def _read_times(fields: Fields, answers: Answers) -> None:
    answers.availability = fields.bands("times", gettext("Tick at least one time at which you could come"))


def _read_dates(fields: Fields, answers: Answers) -> None:
    answers.earliest = fields.optional_day("earliest")
    if answers.earliest and answers.earliest > date(answers.today.year + 2, 1, 1):
        fields.fault("earliest", gettext("Check the year: this day is too far away"))
    typed = fields.text("away", longest=_LONGEST_LIST)
    try:
        answers.unavailable = tuple(day for day in read_days(typed) if day >= answers.today)
    except UnreadableDay as unreadable:
        sentence = gettext("We cannot read “%(line)s”: write one day on a line, for example 14 7 2027",
                           line=unreadable.line[:40])  # fmt: skip
        fields.fault("away", sentence)
    except TooManyDays:
        fields.fault("away", gettext("Write at most %(count)s days", count=MOST_DAYS))


def _read_first_dose(fields: Fields, answers: Answers) -> None:
    had_one = fields.choice(
        "had_first", {"no": False, "yes": True}, gettext("Say whether you have already had a first dose")
    )
    if not had_one:
        return
    starting = {str(product.id): product.id for product in answers.form.products if product.starts_pair}
    product_id = fields.choice("first_product", starting, gettext("Choose the vaccine of your first dose"))
    given_on = fields.day("first_given", gettext("Enter the day of your first dose"))
    if given_on > answers.today:
        fields.fault("first_given", gettext("The day of your first dose must be in the past"))
    elif given_on < answers.birth_date and "first_given" not in fields.errors:
        fields.fault("first_given", gettext("Check the year: this day is before your birth"))
    answers.first_dose = FirstDose(product_id, given_on)


def _read_products(fields: Fields, answers: Answers) -> None:
    offered = {str(product.id): product.id for product in answers.form.products}
    refused = set(fields.choices("refused", offered))
    if refused and refused >= set(offered.values()):
        fields.fault("refused", gettext("You refuse every vaccine of the programme: leave at least one"))
    answers.products = tuple(p for p in offered.values() if p not in refused) if refused else ()


def _read_situation(fields: Fields, answers: Answers) -> None:
    codes = {named.group.code: named.group.code for named in answers.categories}
    answers.declared = frozenset(fields.choices("declared", codes))


def _read_needs(fields: Fields, answers: Answers) -> None:
    answers.wheelchair = fields.ticked("step_free")


def _read_contact(fields: Fields, answers: Answers) -> None:
    options = {"email": ContactBy.EMAIL, "letter": ContactBy.LETTER}
    answers.contact_by = fields.choice("contact_by", options, gettext("Choose how we should write to you"))
    answers.email = fields.optional_email("email")
    if fields.raw("contact_by") == "email" and answers.email is None:
        fields.fault("email", gettext("Enter your e-mail address, or choose a letter"))
    answers.phone = fields.optional_phone("phone")


def _read_address(fields: Fields, answers: Answers) -> None:
    answers.street = fields.text(
        "street",
        gettext("Enter the number and the street, or the name of the place"),
        longest=_LONGEST_STREET,
    )
    answers.postcode = fields.postcode("postcode", gettext("Enter the postcode"))
    answers.town = fields.text("town", gettext("Enter the town"), longest=80)


QUESTIONS: tuple[Question, ...] = (
    Question("name", _read_name),
    Question("birth-date", _read_birth),
    Question("where", _read_where),
    Question("distance", _read_distance),
    Question("times", _read_times),
    Question("dates", _read_dates),
    Question("first-dose", _read_first_dose),
    Question("vaccines", _read_products, lambda answers: len(answers.form.products) > 1),
    Question("situation", _read_situation, lambda answers: bool(answers.categories)),
    Question("needs", _read_needs),
    Question("contact", _read_contact),
    Question("address", _read_address, lambda answers: answers.contact_by is ContactBy.LETTER),
)
