"""The answers of somebody who asks, typed, and the request that they make.

The draft keeps what was typed; the readers in `ask_person`, `ask_wishes` and `ask_contact` turn it into
these answers when a page is sent, when the answers are shown, and once more when the request is made.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

from vaccination.domain.ages import age_on
from vaccination.domain.contacts import Consent, Relation
from vaccination.domain.needs import LARGE_PRINT
from vaccination.domain.priority import can_declare
from vaccination.domain.requests import ContactBy
from vaccination.readmodels.asking_form import AskingForm, NamedGroup
from vaccination.services.asking.command import AskForDoses, FirstDose, Place
from vaccination.services.asking.consent import HelperDetails
from vaccination.services.asking.people import PersonDetails
from web.forms import Fields
from web.public.towns import Town

SELF, OTHER, HOUSEHOLD = "self", "other", "household"
DISTANCES_KM = (5, 10, 20, 30, 50, 100)
NO_PLACE = Place("", "", 0.0, 0.0)
_OF_AGE = 18


@dataclass(frozen=True, slots=True)
class Member:
    """One person of a household."""

    given_name: str
    family_name: str
    birth_date: date

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    @property
    def identity(self) -> bytes:
        """The same for the same person, whatever the spelling."""
        return PersonDetails(self.family_name, self.given_name, self.birth_date).identity


@dataclass(slots=True)
class Answers:
    """The answers read so far, typed. What is not yet answered has its ordinary value."""

    form: AskingForm
    today: date
    for_whom: str = SELF
    helper: HelperDetails | None = None
    family_name: str = ""
    given_name: str = ""
    birth_date: date = date.min
    others: tuple[Member, ...] = ()
    agreed: bool = False  # the others of a household
    place: Place = NO_PLACE
    towns: tuple[Town, ...] = ()  # more than one: the person must choose
    max_km: float = 0.0
    second_place: Place | None = None
    second_towns: tuple[Town, ...] = ()
    availability: str = ""
    earliest: date | None = None
    unavailable: tuple[date, ...] = ()
    first_dose: FirstDose | None = None
    one_dose_enough: bool = False
    products: tuple[int, ...] = ()
    declared: frozenset[str] = field(default_factory=frozenset)
    declared_by_others: tuple[frozenset[str], ...] = ()
    wheelchair: bool = False
    sign_language: bool = False
    interpreter: str = ""
    large_print: bool = False
    contact_by: ContactBy = ContactBy.EMAIL
    by_phone: bool = False
    email: str | None = None
    phone: str | None = None
    street: str = ""
    postcode: str = ""
    town: str = ""

    @property
    def people(self) -> tuple[Member, ...]:
        """Everybody who asks, the first person first."""
        return Member(self.given_name, self.family_name, self.birth_date), *self.others

    @property
    def categories(self) -> tuple[NamedGroup, ...]:
        """The groups whose category it is of use to declare at the first person's age."""
        return self.categories_of(self.birth_date)

    def categories_of(self, birth_date: date) -> tuple[NamedGroup, ...]:
        """The groups whose category it is of use to declare for somebody born on that day."""
        age = age_on(birth_date, self.today)
        return tuple(named for named in self.form.groups if can_declare(named.group, age))

    @property
    def declared_by(self) -> tuple[frozenset[str], ...]:
        """What each of `people` declares."""
        given = (self.declared, *self.declared_by_others)
        return given + (frozenset(),) * (len(self.people) - len(given))

    @property
    def needs(self) -> dict[str, str | bool]:
        """What is wanted at the centre and of letters, as a person's `needs` keep it."""
        kept: dict[str, str | bool] = {}
        if self.sign_language:
            kept["sign_language"] = True
        if self.interpreter:
            kept["interpreter"] = self.interpreter
        if self.large_print:
            kept[LARGE_PRINT] = True
        return kept

    @property
    def address(self) -> str | None:
        """As on an envelope."""
        return f"{self.street}\n{self.postcode} {self.town}" if self.street else None

    def command(self, form_uid: str, locale: str) -> AskForDoses:
        """The request of the first person as the service takes it."""
        return AskForDoses(
            programme_id=self.form.programme_id,
            person=self._details(self.people[0], locale),
            place=self.place,
            max_km=self.max_km,
            form_uid=form_uid,
            contact_by=self.contact_by,
            by_phone=self.by_phone,
            declared=self.declared,
            products=self.products,
            first_dose=self.first_dose,
            one_dose_enough=self.one_dose_enough,
            second_place=self.second_place,
            earliest=self.earliest,
            availability=self.availability,
            unavailable=self.unavailable,
            wheelchair=self.wheelchair,
            helper=self.helper,
        )

    def commands(self, form_uid: str, locale: str) -> tuple[AskForDoses, ...]:
        """A request for each person, with one set of wishes; who asks speaks for the others."""
        first = self.command(form_uid, locale)
        others = zip(self.others, self.declared_by[1:], strict=True)
        return first, *(
            replace(first, person=self._details(m, locale), declared=declared, helper=self._spoken_for(m))
            for m, declared in others
        )

    def _details(self, member: Member, locale: str) -> PersonDetails:
        return PersonDetails(
            member.family_name,
            member.given_name,
            member.birth_date,
            email=self.email,
            phone=self.phone,
            address=self.address,
            locale=locale,
            needs=self.needs or None,
        )

    def _spoken_for(self, member: Member) -> HelperDetails:
        is_of_age = age_on(member.birth_date, self.today) >= _OF_AGE
        consent = Consent.GIVEN_PRESENT if is_of_age else Consent.LEGAL
        return HelperDetails(
            Relation.RELATIVE, self.people[0].name, consent, phone=self.phone, email=self.email
        )


@dataclass(frozen=True, slots=True)
class Question:
    """A page of the form: its name in the address, its reader, and whether it is asked at all."""

    name: str
    read: Callable[[Fields, Answers], None]
    is_asked: Callable[[Answers], bool] = lambda answers: True
