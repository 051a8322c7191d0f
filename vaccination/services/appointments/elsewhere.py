"""What changes when life goes on outside: the first dose was given elsewhere, or one dose is enough."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from vaccination.domain.ages import age_on, fits_age
from vaccination.domain.appointment import Action, AppointmentStatus
from vaccination.domain.messages import MessageKind
from vaccination.domain.requests import RequestKind, RequestStatus
from vaccination.domain.schedules import interval_holds
from vaccination.domain.serving import HoldStatus
from vaccination.errors import Conflict, Invalid
from vaccination.models.appointments import Appointment, AppointmentEvent
from vaccination.models.people import Person
from vaccination.models.programmes import Schedule
from vaccination.models.requests import Request
from vaccination.queries.columns import Columns
from vaccination.queries.supply import local_today
from vaccination.services import audit
from vaccination.services.appointments.booking import locked_request, locked_standing
from vaccination.services.appointments.change_ends import end_open_wish
from vaccination.services.appointments.day_doses import give_day_dose_back
from vaccination.services.appointments.hold_rows import end_live_hold
from vaccination.services.appointments.places import Places, give_back
from vaccination.services.telling.messages import write_message

_LIVE = (RequestStatus.WAITING, RequestStatus.PLANNED)
FREE = (AppointmentStatus.BOOKED, AppointmentStatus.DID_NOT_ATTEND)
_LONGEST_PLACE = 200


class TooLate(Conflict):
    """The request is over, or the person has begun their course here."""

    code = "too_late_to_change"


class NotThatDose(Invalid):
    """No schedule of the programme goes on after that product, or the day cannot be."""

    code = "not_that_dose"


class NoSingleDose(Conflict):
    """The programme has no way for this person in which one dose is all."""

    code = "no_single_dose"


@dataclass(frozen=True, slots=True)
class GivenElsewhere:
    """The first dose: which product, on which day, where in the person's own words (may be empty)."""

    product_id: int
    given_on: date
    place: str = ""


def first_given_elsewhere(
    session: Session, request_id: int, given: GivenElsewhere, *, now: datetime, user_id: int | None = None
) -> bool:
    """Owe the second dose only. True when its appointment stands: it keeps the interval to the dose given.

    Else the places go back and the request waits for a second dose; the person is told either way.
    """
    request = locked_request(session, request_id)
    give_day_dose_back(session, request_id, now=now, numbers=(1,))
    standing = locked_standing(session, request_id)
    if request.status not in _LIVE or request.kind is not RequestKind.COURSE:
        raise TooLate
    if any(row.status not in FREE for row in standing):
        raise TooLate
    _check_given(session, request, given, local_today(session, now))
    second = next((row for row in standing if row.dose_number == 2), None)
    keeps = second is not None and _keeps(session, request, second, given)
    gone = [row for row in standing if not (keeps and row.dose_number == 2)]
    let_go(session, request_id, gone, "given_elsewhere", now, user_id)
    request.kind, request.first_dose = RequestKind.SECOND_DOSE, None
    request.first_product_id, request.first_given_on = given.product_id, given.given_on
    request.first_given_at = given.place.strip()[:_LONGEST_PLACE]
    if not keeps:
        wait_again(request)
    session.flush()
    if standing:
        kind = MessageKind.CHANGED if keeps else MessageKind.RECEIVED
        write_message(session, request_id, kind, about=f"{request_id}:elsewhere", now=now)
    audit.record(session, "first_given_elsewhere", f"request:{request_id}", now=now, user_id=user_id,
                 facts={"second_stands": keeps})  # fmt: skip
    return keeps


def one_dose_is_enough(
    session: Session, request_id: int, *, now: datetime, user_id: int | None = None
) -> None:
    """Owe one dose only; a second that is booked goes back. Why is not asked and not kept."""
    request = locked_request(session, request_id)
    if request.status not in _LIVE or request.kind is not RequestKind.COURSE or request.one_dose_enough:
        raise TooLate
    standing = locked_standing(session, request_id)
    first = next((row for row in standing if row.dose_number == 1), None)
    second = next((row for row in standing if row.dose_number == 2), None)
    if second is not None and second.status not in FREE:
        raise TooLate
    single = _single(session, request, first.product_id if first else None, local_today(session, now))
    request.one_dose_enough = True
    if first is not None and second is not None:
        let_go(session, request_id, [second], "one_dose_enough", now, user_id)
        request.schedule_id, request.schedule_doses, request.second_dose = single.id, 1, None
        if first.status is AppointmentStatus.VACCINATED:
            request.status = RequestStatus.COMPLETED
        session.flush()
        session.execute(update(Appointment).where(Appointment.id == first.id).values(schedule_id=single.id))
        if first.status in FREE:
            write_message(session, request_id, MessageKind.CHANGED, about=f"{request_id}:enough", now=now)
    else:
        let_go(session, request_id, [], "one_dose_enough", now, user_id)
    session.flush()
    audit.record(session, "one_dose_enough", f"request:{request_id}", now=now, user_id=user_id)


def _check_given(session: Session, request: Request, given: GivenElsewhere, today: date) -> None:
    birth_date = session.get_one(Person, request.person_id).birth_date
    goes_on = session.scalar(
        select(Schedule.id).where(
            Schedule.programme_id == request.programme_id,
            Schedule.doses == 2,
            Schedule.first_product_id == given.product_id,
        )
    )
    if goes_on is None or not birth_date <= given.given_on <= today:
        raise NotThatDose


def _keeps(session: Session, request: Request, second: Columns, given: GivenElsewhere) -> bool:
    """Whether the second dose that is booked goes with the first that was given."""
    schedule = session.get_one(Schedule, request.schedule_id)
    days = (second.day - given.given_on).days
    fits = interval_holds(schedule, days)
    return fits and schedule.first_product_id == given.product_id and second.status in FREE


def _single(session: Session, request: Request, product_id: int | None, today: date) -> Schedule:
    """A schedule of one dose for this person; of the product that is booked, if one is."""
    age = age_on(session.get_one(Person, request.person_id).birth_date, today)
    schedules = session.scalars(
        select(Schedule)
        .where(Schedule.programme_id == request.programme_id, Schedule.doses == 1)
        .order_by(Schedule.only_if_enough.desc(), Schedule.id)
    )
    for schedule in schedules:
        fits = product_id is None or schedule.first_product_id == product_id
        if fits and fits_age(age, schedule.min_age, schedule.max_age):
            return schedule
    raise NoSingleDose


def wait_again(request: Request) -> None:
    """The request holds nothing and takes part in plans and offers again."""
    request.status, request.booked = RequestStatus.WAITING, None
    request.schedule_id = request.schedule_doses = request.first_dose = request.second_dose = None


def let_go(
    session: Session, request_id: int, rows: Sequence[Columns], reason: str, now: datetime,
    user_id: int | None,
) -> None:  # fmt: skip
    """Cancel these appointments, end the hold and the wish to change, give all places back together."""
    held = end_live_hold(session, request_id, HoldStatus.RELEASED, now=now)
    end_open_wish(session, request_id, now=now)
    session.execute(
        update(Appointment)
        .where(Appointment.id.in_([row.id for row in rows]))
        .values(stands=None, status=AppointmentStatus.CANCELLED)
    )
    session.add_all(
        AppointmentEvent(
            appointment_id=row.id, action=Action.CANCEL, status=AppointmentStatus.CANCELLED, at=now,
            user_id=user_id, reason=reason,
        )
        for row in rows
    )  # fmt: skip
    give_back(session, Places.of(rows).plus(held))
