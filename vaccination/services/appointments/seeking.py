"""What a request seeks: by which schedules, which doses, on which days; and from where.

Offers, holds and moves ask the same question here, so nobody can hold what would not be offered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from vaccination.domain.ages import age_on, fits_age
from vaccination.domain.appointment import AppointmentStatus
from vaccination.domain.offer_search import can_come
from vaccination.domain.offers import Need, Part, Prices, Wishes
from vaccination.domain.requests import Channel, ContactBy, RequestKind, RequestStatus
from vaccination.domain.schedules import may_begin_on
from vaccination.domain.serving import ChangedDoses
from vaccination.models.appointments import Appointment
from vaccination.models.centres import Slot
from vaccination.models.people import Person
from vaccination.models.programmes import EligibilityPhase, Programme, Schedule
from vaccination.models.requests import Request, request_product
from vaccination.queries.columns import Columns
from vaccination.queries.supply import local_today
from vaccination.services.appointments.booking import RequestNotThere

_GIVEN = AppointmentStatus.VACCINATED
_OPEN = AppointmentStatus.BOOKED
# Beyond a programme's horizon: a second dose may lie so much later than the last first one.
_ROOM_FOR_A_SECOND = 60


@dataclass(frozen=True, slots=True)
class Seeker:
    """A request with what it seeks; no needs: nothing is to be had, by whatever is left."""

    request_id: int
    programme_id: int
    household_id: int | None
    status: RequestStatus
    wishes: Wishes
    needs: tuple[Need, ...]
    prices: Prices
    today: date
    days: int
    first_day: date
    standing: tuple[Columns, ...]
    """The appointments that stand: id, dose_number, status, centre_id, day, minute, starts_at, slot_id."""

    def can_come(self) -> tuple[int, int, int]:
        """Days by half-day on which the person can come, as bits."""
        return can_come(self.wishes, self.today, self.days, self.first_day)

    def need(self, schedule_id: int, numbers: Sequence[int]) -> Need | None:
        """The need of a schedule that seeks exactly these doses."""
        for need in self.needs:
            if need.schedule_id == schedule_id and need.numbers == tuple(numbers):
                return need
        return None


@dataclass(frozen=True, slots=True)
class Search:
    """What it is for: `changed` of a request that holds appointments; `same_day`: today counts too.

    `any_centre`: what is moved may leave the centre of the dose that stays, which is closed or has no doses.
    """

    channel: Channel = Channel.WEB
    changed: ChangedDoses | None = None
    from_day: date | None = None
    same_day: bool = False
    any_centre: bool = False


def load_seeker(session: Session, request_id: int, search: Search, *, now: datetime) -> Seeker:
    """Read a request, its programme's rules and its appointments."""
    row = _request(session, request_id)
    today = local_today(session, now)
    days = max(row.horizon_days + (row.starts_on - today).days, row.horizon_days) + _ROOM_FOR_A_SECOND
    first_day = _first_day(row, search, today)
    standing = _standing(session, request_id, now)
    window = _bits(max((first_day - today).days, 0), days)
    ways = _fitting(session, row, today)
    if row.status is RequestStatus.PLANNED:
        needs = _changes(row, ways, standing, search, window, today)
    elif row.status is RequestStatus.WAITING and _phase_is_open(session, row.priority_group_id, today):
        needs = _owed(row, ways, window, today)
    else:
        needs = ()
    return Seeker(
        request_id, row.programme_id, row.household_id, row.status, wishes_of(row), needs,
        Prices(row.delay_per_day, row.km, row.interval_per_day), today, days, first_day, standing,
    )  # fmt: skip


def _request(session: Session, request_id: int) -> Any:
    row = session.execute(
        select(
            Request.programme_id, Request.household_id, Request.status, Request.kind, Request.contact_by,
            Request.priority_group_id, Request.lat, Request.lon, Request.max_km, Request.second_lat,
            Request.second_lon, Request.first_product_id, Request.first_given_on, Request.earliest,
            Request.availability, Request.unavailable, Request.wheelchair, Request.one_dose_enough,
            Request.schedule_id, Request.id, Person.birth_date,
            Programme.starts_on, Programme.horizon_days, Programme.letter_lead_days,
            Programme.delay_per_day, Programme.km, Programme.interval_per_day,
        )
        .join(Person, Person.id == Request.person_id)
        .join(Programme, Programme.id == Request.programme_id)
        .where(Request.id == request_id)
    ).one_or_none()  # fmt: skip
    if row is None:
        raise RequestNotThere
    return row


def _standing(session: Session, request_id: int, now: datetime) -> tuple[Columns, ...]:
    rows = session.execute(
        select(
            Appointment.id, Appointment.dose_number, Appointment.status, Appointment.centre_id,
            Appointment.day, Appointment.starts_at, Appointment.slot_id, Appointment.dose_budget_id,
            Appointment.product_id, Appointment.issue, Slot.minute,
            (Appointment.starts_at > now).label("is_to_come"),
        )
        .join(Slot, Slot.id == Appointment.slot_id)
        .where(Appointment.request_id == request_id, Appointment.stands == 1)
        .order_by(Appointment.dose_number)
    )  # fmt: skip
    return tuple(rows)


def _first_day(row: Any, search: Search, today: date) -> date:
    """Not before the programme; a caller who gets a letter must have it in hand before the day."""
    first = today if search.same_day else today + timedelta(1)
    if row.contact_by is ContactBy.LETTER and search.channel is not Channel.WEB and not search.same_day:
        first = today + timedelta(max(row.letter_lead_days, 1))
    opens: date = row.starts_on
    return max(first, opens, search.from_day or first)


def _phase_is_open(session: Session, group_id: int | None, today: date) -> bool:
    if group_id is None:
        return True
    still_open = or_(EligibilityPhase.ends_on.is_(None), EligibilityPhase.ends_on >= today)
    opened = select(EligibilityPhase.id).where(
        EligibilityPhase.priority_group_id == group_id, EligibilityPhase.starts_on <= today, still_open
    )
    return session.scalar(opened.limit(1)) is not None


def _fitting(session: Session, row: Any, today: date) -> list[Schedule]:
    """The programme's schedules for somebody of that age who accepts those products."""
    accepted = set(
        session.scalars(select(request_product.c.product_id).where(request_product.c.request_id == row.id))
    )
    age = age_on(row.birth_date, today)
    schedules = session.scalars(
        select(Schedule).where(Schedule.programme_id == row.programme_id).order_by(Schedule.id)
    )
    return [
        schedule
        for schedule in schedules
        if fits_age(age, schedule.min_age, schedule.max_age)
        and (not accepted or _products(schedule, row) <= accepted)
        and (schedule.doses == 1 if row.one_dose_enough else not schedule.only_if_enough)
    ]


def _products(schedule: Schedule, row: Any) -> set[int]:
    """What the person would still get by the schedule."""
    first = set() if row.kind is RequestKind.SECOND_DOSE else {schedule.first_product_id}
    return first | ({schedule.second_product_id} if schedule.second_product_id else set())


def _owed(row: Any, ways: Sequence[Schedule], window: int, today: date) -> tuple[Need, ...]:
    if row.kind is RequestKind.SECOND_DOSE:
        given = row.first_given_on
        return tuple(
            Need(way.id, None, _second_after(way, given, window, today, None))
            for way in ways
            if way.doses == 2 and way.first_product_id == row.first_product_id and may_begin_on(way, given)
        )
    return tuple(_course(way, window, today) for way in ways)


def _course(way: Schedule, window: int, today: date) -> Need:
    first = Part(way.first_product_id, _valid_days(way, window, today))
    if way.second_product_id is None:
        return Need(way.id, first, None)
    gap = way.min_days or 0, way.ideal_days or 0, way.max_days or 0
    return Need(way.id, first, Part(way.second_product_id, window), gap)


def _changes(
    row: Any, ways: Sequence[Schedule], standing: Sequence[Columns], search: Search, window: int,
    today: date,
) -> tuple[Need, ...]:  # fmt: skip
    """What may take the place of appointments that stand and are still to come."""
    way = next((one for one in ways if one.id == row.schedule_id), None)
    open_doses = {a.dose_number: a for a in standing if a.status is _OPEN and a.is_to_come}
    doses = {a.dose_number: a for a in standing}
    changed = search.changed or ChangedDoses.BOTH
    if way is None and changed is ChangedDoses.BOTH and 1 in open_doses and doses.keys() == open_doses.keys():
        # their schedule is not for them any more: another one of as many doses
        return tuple(_course(one, window, today) for one in ways if one.doses == len(doses))
    if way is None or not open_doses:
        return ()
    keep_centre = row.second_lat is None and not search.any_centre
    needs: list[Need] = []
    if changed is not ChangedDoses.SECOND and 1 in open_doses:
        if way.doses == 1:
            return (_course(way, window, today),)
        if changed is ChangedDoses.FIRST and 2 in open_doses:
            needs.append(_first_before(way, open_doses[2], keep_centre, window, today))
        if 2 in open_doses:
            needs += [_course(one, window, today) for one in ways if one.doses == 2]
        return tuple(needs)
    if 2 in open_doses:
        first = doses.get(1)
        given = first.day if first is not None else row.first_given_on
        centre = first.centre_id if first is not None and keep_centre else None
        needs.append(Need(way.id, None, _second_after(way, given, window, today, centre)))
    return tuple(needs)


def _first_before(way: Schedule, second: Columns, keep_centre: bool, window: int, today: date) -> Need:
    """Another first dose to which the second that stands still keeps the interval."""
    at = (second.day - today).days
    days = _bits(at - (way.max_days or 0), at - (way.min_days or 0) + 1)
    part = Part(
        way.first_product_id, _valid_days(way, window, today) & days,
        second.centre_id if keep_centre else None, at - (way.ideal_days or 0),
    )  # fmt: skip
    return Need(way.id, part, None)


def _second_after(way: Schedule, given: date, window: int, today: date, centre_id: int | None) -> Part:
    at = (given - today).days
    days = window & _bits(at + (way.min_days or 0), at + (way.max_days or 0) + 1)
    return Part(way.second_product_id or 0, days, centre_id, at + (way.ideal_days or 0))


def _valid_days(way: Schedule, window: int, today: date) -> int:
    """The days on which the schedule's rules let a course begin."""
    first = (way.valid_from - today).days if way.valid_from else 0
    end = (way.valid_to - today).days + 1 if way.valid_to else window.bit_length()
    return window & _bits(first, end)


def _bits(first: int, end: int) -> int:
    """The days from the first to before the end, as bits."""
    first = max(first, 0)
    return ((1 << (end - first)) - 1) << first if end > first else 0


def wishes_of(row: Any) -> Wishes:
    """When and where a person can come, from the columns of a request."""
    return Wishes(
        row.lat, row.lon, row.max_km, row.second_lat, row.second_lon, row.wheelchair, row.availability,
        frozenset(date.fromisoformat(day) for day in row.unavailable), row.earliest,
    )  # fmt: skip
