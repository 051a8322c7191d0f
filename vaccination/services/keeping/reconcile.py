"""What must always hold, asked of the rows themselves. An empty list is the only good answer.

The database forbids most of it already; this finds what a constraint cannot see (a counter that drifted)
and is the judge of the tests that race and kill.
"""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Select, String, Subquery, case, cast, func, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from vaccination.domain.appointment import Action, AppointmentStatus
from vaccination.domain.messages import MessageKind
from vaccination.domain.planning import CentreShareStatus, RunStatus
from vaccination.domain.requests import RequestStatus
from vaccination.domain.serving import HoldPurpose, HoldStatus
from vaccination.models.appointments import Appointment, AppointmentEvent
from vaccination.models.centres import DoseBudget, Slot
from vaccination.models.messages import Message
from vaccination.models.planning import CentreShare, PlanRun
from vaccination.models.programmes import Schedule
from vaccination.models.requests import Request
from vaccination.models.serving import Hold

_LIVE = (RequestStatus.WAITING, RequestStatus.PLANNED, RequestStatus.COMPLETED)
_HOLDS_PLACES = (RequestStatus.PLANNED, RequestStatus.COMPLETED)


def broken_invariants(session: Session) -> list[str]:
    """Every breach, as `rule: table id`; nothing personal."""
    return [f"{rule.__name__.strip('_')}: {breach}" for rule in RULES for breach in rule(session)]


def _seats_counted(session: Session) -> Iterator[str]:
    """A slot's `taken` is the number of its standing appointments and live holds, no more than its seats."""
    held = _taken_by(Appointment.slot_id, Hold.first_slot_id, Hold.second_slot_id)
    wrong = select(Slot.id, Slot.taken, func.coalesce(held.c.n, 0)).outerjoin(held, held.c.key == Slot.id)
    off = (Slot.taken != func.coalesce(held.c.n, 0)) | (func.coalesce(held.c.n, 0) > Slot.seats)
    for slot_id, taken, standing in session.execute(wrong.where(off)):
        yield f"slot {slot_id} says {taken}, holds {standing}"


def _doses_counted(session: Session) -> Iterator[str]:
    """A budget's `taken` is the number of its standing appointments and live holds, within its doses."""
    held = _taken_by(Appointment.dose_budget_id, Hold.first_budget_id, Hold.second_budget_id)
    standing = func.coalesce(held.c.n, 0)
    wrong = select(DoseBudget.id, DoseBudget.taken, standing).outerjoin(held, held.c.key == DoseBudget.id)
    off = (DoseBudget.taken != standing) | (standing > DoseBudget.doses)
    for budget_id, taken, held_doses in session.execute(wrong.where(off)):
        yield f"dose_budget {budget_id} says {taken}, holds {held_doses}"


def _places_agree(session: Session) -> Iterator[str]:
    """An appointment, its slot and its budget are of one centre, day and product."""
    wrong = (
        select(Appointment.id)
        .join(Slot, Slot.id == Appointment.slot_id)
        .join(DoseBudget, DoseBudget.id == Appointment.dose_budget_id)
        .where(
            Appointment.stands == 1,
            (Slot.centre_id != Appointment.centre_id)
            | (Slot.day != Appointment.day)
            | (DoseBudget.centre_id != Appointment.centre_id)
            | (DoseBudget.day != Appointment.day)
            | (DoseBudget.product_id != Appointment.product_id),
        )
    )
    yield from _each(session, "appointment", wrong)


def _held_places_agree(session: Session) -> Iterator[str]:
    """A live hold's slot and budget are of one centre and day, and of the schedule's product."""
    for slot_id, budget_id, product_id in (
        (Hold.first_slot_id, Hold.first_budget_id, Schedule.first_product_id),
        (Hold.second_slot_id, Hold.second_budget_id, Schedule.second_product_id),
    ):
        wrong = (
            select(Hold.id)
            .join(Slot, slot_id == Slot.id)
            .join(DoseBudget, budget_id == DoseBudget.id)
            .join(Schedule, Schedule.id == Hold.schedule_id)
            .where(
                Hold.status == HoldStatus.HELD,
                (Slot.centre_id != DoseBudget.centre_id)
                | (Slot.day != DoseBudget.day)
                | (DoseBudget.product_id != product_id),
            )
        )
        yield from _each(session, "hold", wrong)


def _holds_of_use(session: Session) -> Iterator[str]:
    """A live hold is of a request that can take it: a course of one that waits, a move of a planned one."""
    wanted = case(
        (Hold.purpose.in_((HoldPurpose.COURSE, HoldPurpose.SECOND_DOSE)), RequestStatus.WAITING.value),
        else_=RequestStatus.PLANNED.value,
    )
    wrong = (
        select(Hold.id)
        .join(Request, Request.id == Hold.request_id)
        .where(Hold.status == HoldStatus.HELD, cast(Request.status, String) != wanted)
    )
    yield from _each(session, "hold", wrong)


def _households_held_alike(session: Session) -> Iterator[str]:
    """The live holds of a household end at one moment."""
    wrong = (
        select(func.min(Hold.id))
        .where(Hold.status == HoldStatus.HELD, Hold.household_id.is_not(None))
        .group_by(Hold.household_id)
        .having(func.count(Hold.expires_at.distinct()) > 1)
    )
    yield from _each(session, "hold", wrong)


def _pairs_whole(session: Session) -> Iterator[str]:
    """A request holds exactly the doses that it owes; one that waits, a first that was given or none."""
    held = _standing()
    owed = func.coalesce(Request.first_dose, 0) + func.coalesce(Request.second_dose - 1, 0)  # 1 and 2
    wrong = (
        select(Request.id, Request.status, func.coalesce(held.c.n, 0))
        .outerjoin(held, held.c.key == Request.id)
        .where(func.coalesce(held.c.n, 0) != owed)
    )
    for request_id, status, doses in session.execute(wrong):
        yield f"request {request_id} is {status.value} and holds {doses}"


def _waits_after_a_dose(session: Session) -> Iterator[str]:
    """Whoever waits for a second dose and has an appointment that stands was given that first dose."""
    wrong = (
        select(Appointment.id)
        .join(Request, Request.id == Appointment.request_id)
        .where(Request.status == RequestStatus.WAITING, Appointment.stands == 1)
        .where(Appointment.status != AppointmentStatus.VACCINATED)
    )
    yield from _each(session, "appointment", wrong)


def _intervals_kept(session: Session) -> Iterator[str]:
    """The days between two planned doses are the schedule's."""
    first, second = aliased(Appointment), aliased(Appointment)
    pairs = (
        select(second.id, first.day, second.day, Schedule.min_days, Schedule.max_days)
        .join(first, (first.request_id == second.request_id) & (first.stands == 1) & (first.dose_number == 1))
        .join(Schedule, Schedule.id == second.schedule_id)
        .where(second.stands == 1, second.dose_number == 2)
    )
    for appointment_id, day_1, day_2, least, most in session.execute(pairs):
        if not (least or 0) <= (day_2 - day_1).days <= (most or 0):
            yield f"appointment {appointment_id} comes {(day_2 - day_1).days} days after the first"


def _one_live_request(session: Session) -> Iterator[str]:
    """A person has at most one live request in a programme."""
    wrong = (
        select(Request.person_id)
        .where(Request.status.in_(_LIVE))
        .group_by(Request.programme_id, Request.person_id)
        .having(func.count() > 1)
    )
    yield from _each(session, "person", wrong)


def _planned_were_told(session: Session) -> Iterator[str]:
    """Every request that holds appointments has its confirmation, sent or to be sent."""
    told = select(Message.id).where(Message.request_id == Request.id, Message.kind == MessageKind.CONFIRMED)
    yield from _each(
        session, "request", select(Request.id).where(Request.status.in_(_HOLDS_PLACES), ~told.exists())
    )


def _bookings_recorded(session: Session) -> Iterator[str]:
    """Every appointment has one event that says how it came to be."""
    events = (
        select(func.count())
        .where(AppointmentEvent.appointment_id == Appointment.id, AppointmentEvent.action == Action.BOOK)
        .scalar_subquery()
    )
    yield from _each(session, "appointment", select(Appointment.id).where(events != 1))


def _applied_runs_whole(session: Session) -> Iterator[str]:
    """A run that is applied has no share left."""
    left = select(CentreShare.id).where(
        CentreShare.plan_run_id == PlanRun.id, CentreShare.status == CentreShareStatus.PENDING
    )
    yield from _each(
        session, "plan_run", select(PlanRun.id).where(PlanRun.status == RunStatus.APPLIED, left.exists())
    )


RULES: tuple[Callable[[Session], Iterator[str]], ...] = (
    _seats_counted,
    _doses_counted,
    _places_agree,
    _held_places_agree,
    _holds_of_use,
    _households_held_alike,
    _pairs_whole,
    _waits_after_a_dose,
    _intervals_kept,
    _one_live_request,
    _planned_were_told,
    _bookings_recorded,
    _applied_runs_whole,
)


def _standing() -> Subquery:
    """Standing appointments counted by request."""
    return (
        select(Appointment.request_id.label("key"), func.count().label("n"))
        .where(Appointment.stands == 1)
        .group_by(Appointment.request_id)
        .subquery()
    )


def _taken_by(column: InstrumentedAttribute[int], *held: InstrumentedAttribute[int | None]) -> Subquery:
    """Standing appointments and the doses of live holds, counted by slot or budget."""
    parts: list[Select[Any]] = [select(column.label("key")).where(Appointment.stands == 1)]
    parts += [select(key).where(Hold.status == HoldStatus.HELD, key.is_not(None)) for key in held]
    taken = union_all(*parts).subquery()
    return select(taken.c.key, func.count().label("n")).group_by(taken.c.key).subquery()


def _each(session: Session, table: str, query: Select[int]) -> Iterator[str]:
    return (f"{table} {row_id}" for row_id in session.scalars(query))
