"""Putting appointments into other places: new places are taken before, old ones are given back here.

The appointment stays the same row: its reference on paper stays, and the counter `issue` tells an old paper
from the new one at the desk.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from vaccination.domain.appointment import Action, next_status
from vaccination.domain.messages import MessageKind
from vaccination.domain.schedules import interval_holds
from vaccination.models.appointments import Appointment, AppointmentEvent
from vaccination.models.programmes import Schedule
from vaccination.models.requests import Request
from vaccination.queries.columns import Columns
from vaccination.services.appointments.booking import ChosenDose, UnfitSlots, locked_standing
from vaccination.services.appointments.booking_rows import Booked, BudgetKey
from vaccination.services.appointments.day_doses import give_day_dose_back
from vaccination.services.appointments.places import Places
from vaccination.services.telling.messages import write_message


def move_rows(
    session: Session, request_id: int, doses: Sequence[ChosenDose], budgets: Mapping[BudgetKey, int],
    booked: Booked,
) -> tuple[list[int], Places]:  # fmt: skip
    """Move the standing appointments of these doses; returns their ids and the places they leave.

    The request is locked by the caller, who has taken the new places and gives the old ones back. WrongStatus
    where somebody is at the centre already, UnfitSlots where the other dose no longer keeps the interval.
    """
    if booked.plan_run_id is None:  # a plan moves nobody's dose of today
        give_day_dose_back(session, request_id, now=booked.at, numbers={dose.dose_number for dose in doses})
    rows = {row.dose_number: row for row in locked_standing(session, request_id)}
    if not {dose.dose_number for dose in doses} <= rows.keys():
        raise UnfitSlots
    old = [rows[dose.dose_number] for dose in doses]
    for dose, row in zip(doses, old, strict=True):
        _move(session, dose, row, budgets[dose.centre_id, dose.product_id, dose.day], booked)
    days = {number: row.day for number, row in rows.items()} | {d.dose_number: d.day for d in doses}
    _check_interval(session, request_id, doses[0].schedule_id, days)
    if len(doses) == len(rows):
        session.execute(
            update(Request).where(Request.id == request_id).values(schedule_id=doses[0].schedule_id)
        )
    first = old[0]
    write_message(
        session, request_id, MessageKind.CHANGED, about=f"{request_id}:{first.id}:{first.issue + 1}",
        now=booked.at,
    )  # fmt: skip
    return [row.id for row in old], Places.of(old)


def _move(session: Session, dose: ChosenDose, row: Columns, budget_id: int, booked: Booked) -> None:
    status = next_status(row.status, Action.MOVE)
    session.execute(
        update(Appointment)
        .where(Appointment.id == row.id)
        .values(
            status=status, centre_id=dose.centre_id, slot_id=dose.slot_id, dose_budget_id=budget_id,
            product_id=dose.product_id, schedule_id=dose.schedule_id, day=dose.day,
            starts_at=dose.starts_at, issue=row.issue + 1, plan_run_id=booked.plan_run_id,
        )
    )  # fmt: skip
    session.add(
        AppointmentEvent(
            appointment_id=row.id, action=Action.MOVE, status=status, at=booked.at, user_id=booked.user_id,
            reason="", facts={"from_slot": row.slot_id, "to_slot": dose.slot_id},
        )
    )  # fmt: skip


def _check_interval(session: Session, request_id: int, schedule_id: int, days: Mapping[int, object]) -> None:
    """The database knows no intervals, so whoever writes looks once more."""
    schedule = session.get_one(Schedule, schedule_id)
    if schedule.doses == 1:
        return
    given = session.scalar(select(Request.first_given_on).where(Request.id == request_id))
    first, second = days.get(1, given), days.get(2)
    gap = (second - first).days if first and second else 0  # type: ignore[operator]
    if not interval_holds(schedule, gap):
        raise UnfitSlots
