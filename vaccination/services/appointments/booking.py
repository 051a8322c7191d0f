"""Booking a request by hand, cancelling it, and giving its places back.

Locks are taken in one order everywhere: request, appointments, budgets by id, slots by id (docs/locking.md).
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from vaccination.domain.appointment import Action, AppointmentStatus, next_status
from vaccination.domain.messages import MessageKind
from vaccination.domain.requests import RequestKind, RequestStatus
from vaccination.domain.schedules import interval_holds
from vaccination.domain.serving import HoldStatus
from vaccination.errors import Conflict, Invalid, NotFound
from vaccination.models.appointments import Appointment, AppointmentEvent
from vaccination.models.centres import Centre, ClinicSession, DoseBudget, Slot
from vaccination.models.programmes import Schedule
from vaccination.models.requests import Request
from vaccination.queries.columns import Columns
from vaccination.services import audit
from vaccination.services.appointments.booking_rows import Booked, BudgetKey, write_bookings
from vaccination.services.appointments.day_doses import give_day_dose_back
from vaccination.services.appointments.hold_rows import end_live_hold
from vaccination.services.appointments.places import NoDoseLeft, Places, give_back, swap, take
from vaccination.services.telling.messages import write_message


class RequestNotThere(NotFound):
    """There is no such request."""

    code = "request_not_there"


class NotWaiting(Conflict):
    """The request holds appointments already, or was cancelled."""

    code = "not_waiting"


class CannotCancel(Conflict):
    """A dose was given or the person is inside, or it is cancelled already."""

    code = "cannot_cancel"


class UnfitSlots(Invalid):
    """The slots do not make the doses that the schedule asks for."""

    code = "unfit_slots"


@dataclass(frozen=True, slots=True)
class BookRequest:
    """Book a waiting request onto these slots, one a dose that is owed, in their order."""

    request_id: int
    schedule_id: int
    slot_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ChosenDose:
    """A dose with the slot that somebody chose."""

    request_id: int
    dose_number: int
    slot_id: int
    product_id: int
    schedule_id: int
    centre_id: int
    day: date
    starts_at: datetime


def locked_request(session: Session, request_id: int) -> Request:
    """The request as it is now, locked until the transaction ends."""
    request = session.scalar(
        select(Request)
        .where(Request.id == request_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if request is None:
        raise RequestNotThere
    return request


def locked_requests(session: Session, request_ids: Collection[int]) -> Sequence[Request]:
    """The same of several, locked in their order."""
    return session.scalars(
        select(Request)
        .where(Request.id.in_(request_ids))
        .order_by(Request.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def book_request(
    session: Session, command: BookRequest, *, now: datetime, user_id: int | None = None
) -> list[int]:
    """Book all owed doses or none; returns the appointments' ids. SlotFull, NoDoseLeft: what is gone."""
    request = locked_request(session, command.request_id)
    if request.status is not RequestStatus.WAITING:
        raise NotWaiting(status=request.status)
    doses = _chosen(session, request, command, now)
    held = end_live_hold(session, request.id, HoldStatus.RELEASED, now=now)
    budgets = _budgets(session, doses)
    if len(budgets) < len({_budget_key(dose) for dose in doses}):
        raise NoDoseLeft
    places = Places(
        seats=Counter(dose.slot_id for dose in doses),
        doses=Counter(budgets[_budget_key(dose)] for dose in doses),
    )
    if held.seats:
        swap(session, places, held)
    else:
        take(session, places)
    made = write_bookings(session, doses, budgets, Booked(None, now, user_id))
    audit.record(session, "request_booked", f"request:{request.id}", now=now, user_id=user_id)
    session.expire(request)
    return [row.id for row in made]


def cancel_request(
    session: Session, request_id: int, *, now: datetime, user_id: int | None = None, reason: str = ""
) -> None:
    """Take the request back, with its appointments if it holds any; the person is told."""
    request = locked_request(session, request_id)
    if request.status not in (RequestStatus.WAITING, RequestStatus.PLANNED):
        raise CannotCancel(status=request.status)
    release(session, request_id, now=now, user_id=user_id, reason=reason)
    request.status, request.booked = RequestStatus.CANCELLED, None
    request.schedule_id = request.schedule_doses = request.first_dose = request.second_dose = None
    session.flush()
    write_message(session, request_id, MessageKind.CANCELLED, about=str(request_id), now=now)
    audit.record(session, "request_cancelled", f"request:{request_id}", now=now, user_id=user_id)


def release(
    session: Session, request_id: int, *, now: datetime, user_id: int | None = None, reason: str = ""
) -> None:
    """Cancel what a request holds, booked or kept, and give the places back; the request is the caller's.

    CannotCancel when a dose was given or somebody is checked in.
    """
    held = end_live_hold(session, request_id, HoldStatus.RELEASED, now=now)
    give_day_dose_back(session, request_id, now=now)
    standing = locked_standing(session, request_id)
    for row in standing:
        if row.status not in (AppointmentStatus.BOOKED, AppointmentStatus.DID_NOT_ATTEND):
            raise CannotCancel(status=row.status)
    if not standing:
        give_back(session, held)
        return
    session.execute(
        update(Appointment)
        .where(Appointment.id.in_([row.id for row in standing]))
        .values(stands=None, status=AppointmentStatus.CANCELLED)
    )
    session.add_all(
        AppointmentEvent(
            appointment_id=row.id,
            action=Action.CANCEL,
            status=next_status(row.status, Action.CANCEL),
            at=now,
            user_id=user_id,
            reason=reason,
        )
        for row in standing
    )
    give_back(session, Places.of(standing).plus(held))


def locked_standing(session: Session, request_id: int) -> Sequence[Columns]:
    """The request's appointments that hold a place, locked: no desk lets anybody in meanwhile."""
    rows: Sequence[Columns] = session.execute(
        select(
            Appointment.id, Appointment.dose_number, Appointment.status, Appointment.day, Appointment.issue,
            Appointment.slot_id, Appointment.dose_budget_id, Appointment.product_id,
        )
        .where(Appointment.request_id == request_id, Appointment.stands == 1)
        .order_by(Appointment.id)
        .with_for_update(key_share=True)
    ).all()  # fmt: skip
    return rows


def _chosen(session: Session, request: Request, command: BookRequest, now: datetime) -> list[ChosenDose]:
    """The doses that the request owes by the schedule, each with its slot; else UnfitSlots."""
    schedule = session.get(Schedule, command.schedule_id)
    if schedule is None or schedule.programme_id != request.programme_id:
        raise UnfitSlots
    numbers = _owed(request, schedule)
    slots = {slot.id: slot for slot in session.execute(open_slots(command.slot_ids, now))}
    if len(numbers) != len(command.slot_ids) or not slots.keys() >= set(command.slot_ids):
        raise UnfitSlots
    doses = [
        ChosenDose(
            request.id, number, slot_id, _product(schedule, number), schedule.id,
            slots[slot_id].centre_id, slots[slot_id].day, slots[slot_id].starts_at,
        )
        for number, slot_id in zip(numbers, command.slot_ids, strict=True)
    ]  # fmt: skip
    if schedule.doses == 2 and not _interval_holds(request, schedule, doses):
        raise UnfitSlots
    return doses


def _owed(request: Request, schedule: Schedule) -> tuple[int, ...]:
    if request.kind is RequestKind.SECOND_DOSE:
        fits = schedule.doses == 2 and schedule.first_product_id == request.first_product_id
        return (2,) if fits else ()
    return (1, 2)[: schedule.doses]


def _product(schedule: Schedule, dose_number: int) -> int:
    second = schedule.second_product_id if dose_number == 2 else None
    return second or schedule.first_product_id


def _interval_holds(request: Request, schedule: Schedule, doses: Sequence[ChosenDose]) -> bool:
    first_on = request.first_given_on or doses[0].day
    days = (doses[-1].day - first_on).days
    return interval_holds(schedule, days)


def open_slots(slot_ids: Sequence[int], now: datetime) -> Select[int, int, date, datetime]:
    """Slots that are to come and take people, with centre, day and start."""
    return (
        select(Slot.id, Slot.centre_id, Slot.day, Slot.starts_at)
        .join(ClinicSession, ClinicSession.id == Slot.clinic_session_id)
        .join(Centre, Centre.id == Slot.centre_id)
        .where(Slot.id.in_(slot_ids), Slot.starts_at > now, ClinicSession.is_open, Centre.is_open)
    )


def _budget_key(dose: ChosenDose) -> BudgetKey:
    return dose.centre_id, dose.product_id, dose.day


def _budgets(session: Session, doses: Sequence[ChosenDose]) -> dict[BudgetKey, int]:
    """The budgets from which the doses are promised; one that is not there promises nothing."""
    wanted = {_budget_key(dose) for dose in doses}
    rows = session.execute(
        select(DoseBudget.id, DoseBudget.centre_id, DoseBudget.product_id, DoseBudget.day).where(
            DoseBudget.centre_id.in_({centre for centre, _, _ in wanted}),
            DoseBudget.day.in_({day for _, _, day in wanted}),
        )
    )
    found = {(row.centre_id, row.product_id, row.day): row.id for row in rows}
    return {key: found[key] for key in wanted if key in found}
