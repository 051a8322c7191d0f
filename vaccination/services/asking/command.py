"""What it takes to ask for doses: the command, and the programme's rules by which it is judged."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from vaccination.domain.ages import age_on
from vaccination.domain.eligibility import Asker, Eligibility, Way, WhyNot, assess
from vaccination.domain.priority import Group, Standing, choose_group
from vaccination.domain.requests import ANY_TIME, BANDS_A_WEEK, Channel, ContactBy
from vaccination.errors import NotAllowed, NotFound
from vaccination.models.programmes import PriorityGroup, Programme, Schedule
from vaccination.services.asking.consent import HelperDetails
from vaccination.services.asking.people import PersonDetails

# Without a published group for them, people come after everybody who has one.
_LAST_PRIORITY = 9


class UnknownProgramme(NotFound):
    """There is no such programme."""

    code = "unknown_programme"


class NotEligible(NotAllowed):
    """The programme has no way to vaccinate this person; `detail['bars']` says why, most telling first."""

    code = "not_eligible"

    def __init__(self, bars: tuple[WhyNot, ...]) -> None:
        super().__init__(bars=bars)
        self.bars = bars


@dataclass(frozen=True, slots=True)
class Place:
    """A town as a starting point: never an address."""

    town: str
    postcode: str
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class FirstDose:
    """A first dose already given, here or elsewhere."""

    product_id: int
    given_on: date
    given_at: str = ""  # the place in the person's own words


@dataclass(frozen=True, slots=True)
class AskForDoses:
    """One person's wish. `products` are those accepted, none listed means all; `declared` group codes.

    `form_uid` names the filled form: sent twice, it is one request. `helper` asks for the person. `by_phone`:
    told by a call, and as `contact_by` says where something must be in writing. `one_dose_enough`: no second
    is owed. `is_another`: staff made sure that a person with a like name is somebody else.
    """

    programme_id: int
    person: PersonDetails
    place: Place
    max_km: float
    form_uid: str | None = None
    channel: Channel = Channel.WEB
    contact_by: ContactBy = ContactBy.LETTER
    declared: frozenset[str] = field(default_factory=frozenset)
    products: tuple[int, ...] = ()
    first_dose: FirstDose | None = None
    second_place: Place | None = None
    earliest: date | None = None
    availability: str = ANY_TIME
    unavailable: tuple[date, ...] = ()
    wheelchair: bool = False
    helper: HelperDetails | None = None
    by_phone: bool = False
    one_dose_enough: bool = False
    organisation_id: int | None = None
    is_another: bool = False

    def __post_init__(self) -> None:
        if len(self.availability) != BANDS_A_WEEK or not set(self.availability) <= {"0", "1"}:
            raise ValueError(f"availability is {BANDS_A_WEEK} characters 0 or 1")
        if "1" not in self.availability:
            raise ValueError("someone who asks can come at some time")
        if self.max_km <= 0:
            raise ValueError("max_km is more than 0")
        if self.one_dose_enough and self.first_dose is not None:
            raise ValueError("nothing is owed to somebody who has had the one dose that is enough")


@dataclass(frozen=True, slots=True)
class Rules:
    """A programme's groups and ways, read once for one request or for thousands."""

    programme_id: int
    last_day: date
    groups: tuple[Group, ...]
    ways: tuple[Way, ...]

    def standing(self, command: AskForDoses, today: date) -> Standing | None:
        """The priority group of the person who asks; None when the programme knows no groups at all."""
        return choose_group(self.groups, age_on(command.person.birth_date, today), command.declared)

    def check(self, command: AskForDoses, today: date) -> None:
        """Raise NotEligible when there is no way for this person, or no group takes them."""
        self.check_ways(command, today)
        if self.groups and self.standing(command, today) is None:
            raise NotEligible((WhyNot.NO_GROUP,))

    def check_ways(self, command: AskForDoses, today: date) -> None:
        """Raise NotEligible when no way of the programme fits age, products and first dose."""
        eligibility = self._assess(command, today)
        if not eligibility.is_eligible:
            raise NotEligible(eligibility.bars)

    def _assess(self, command: AskForDoses, today: date) -> Eligibility:
        given = command.first_dose
        asker = Asker(
            birth_date=command.person.birth_date,
            accepted=frozenset(command.products),
            first_product_id=given.product_id if given else None,
            first_given_on=given.given_on if given else None,
            one_dose_enough=command.one_dose_enough,
        )
        return assess(asker, self.ways, today, max(self.last_day, today))


def rank_and_group(standing: Standing | None) -> tuple[int, int | None]:
    """Priority and group id as a request keeps them."""
    if standing is None:
        return _LAST_PRIORITY, None
    return standing.group.rank, standing.group.id


def load_rules(session: Session, programme_id: int, *, now: datetime) -> Rules:
    """The rules of a programme as they are now."""
    programme = session.get(Programme, programme_id)
    if programme is None:
        raise UnknownProgramme
    first_day = max(programme.starts_on, now.date())
    return Rules(
        programme_id=programme_id,
        last_day=first_day + timedelta(programme.horizon_days),
        groups=load_groups(session, programme_id),
        ways=_load_ways(session, programme_id),
    )


def load_groups(session: Session, programme_id: int) -> tuple[Group, ...]:
    """The programme's priority groups."""
    rows = session.execute(
        select(
            PriorityGroup.id,
            PriorityGroup.code,
            PriorityGroup.rank,
            PriorityGroup.min_age,
            PriorityGroup.max_age,
            PriorityGroup.needs_declaration,
        ).where(PriorityGroup.programme_id == programme_id)
    )
    return tuple(Group(**row._mapping) for row in rows)


def _load_ways(session: Session, programme_id: int) -> tuple[Way, ...]:
    rows = session.execute(
        select(
            Schedule.first_product_id,
            Schedule.second_product_id,
            Schedule.min_age,
            Schedule.max_age,
            Schedule.max_days,
            Schedule.valid_from,
            Schedule.valid_to,
            Schedule.only_if_enough,
        ).where(Schedule.programme_id == programme_id)
    )
    return tuple(Way(**row._mapping) for row in rows)
