"""The rows of a booking, written together: appointments, their events, the request's state, the message."""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol, TypeAlias

from sqlalchemy import case, insert, literal, null, select, update
from sqlalchemy.orm import Session

from vaccination.domain.appointment import Action, AppointmentStatus
from vaccination.domain.messages import MessageKind
from vaccination.domain.requests import RequestKind, RequestStatus
from vaccination.models.appointments import Appointment, AppointmentEvent
from vaccination.models.programmes import Schedule
from vaccination.models.requests import Request
from vaccination.queries.columns import Columns
from vaccination.services.telling.messages import write_messages

BudgetKey: TypeAlias = tuple[int, int, date]
"""Centre, product and day."""
_REFERENCE_BYTES = 8
_COURSE = RequestKind.COURSE.value
_AT_ONCE = 1000


class PlannedDose(Protocol):
    """A dose that has a slot, whether a plan or a person chose it."""

    @property
    def request_id(self) -> int: ...
    @property
    def dose_number(self) -> int: ...
    @property
    def slot_id(self) -> int: ...
    @property
    def product_id(self) -> int: ...
    @property
    def schedule_id(self) -> int: ...
    @property
    def centre_id(self) -> int: ...
    @property
    def day(self) -> date: ...
    @property
    def starts_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Booked:
    """By which plan, by whom and when."""

    plan_run_id: int | None
    at: datetime
    user_id: int | None = None


def write_bookings(
    session: Session, doses: Sequence[PlannedDose], budgets: Mapping[BudgetKey, int], booked: Booked
) -> list[Columns]:
    """Write the doses of waiting requests; the caller takes their places in the same transaction."""
    made: list[Columns] = list(
        session.execute(
            insert(Appointment).returning(
                Appointment.id, Appointment.request_id, Appointment.dose_number, Appointment.slot_id,
                Appointment.dose_budget_id,
            ),
            [_appointment(dose, budgets, booked) for dose in doses],
        )
    )  # fmt: skip
    session.execute(
        insert(AppointmentEvent),
        [
            {
                "appointment_id": row.id, "action": Action.BOOK, "status": AppointmentStatus.BOOKED,
                "at": booked.at, "user_id": booked.user_id, "reason": "", "facts": {},
            }
            for row in made
        ],
    )  # fmt: skip
    _mark_planned(session, doses)
    first: dict[int, int] = {}
    for row in sorted(made, key=lambda row: row.dose_number):
        first.setdefault(row.request_id, row.id)
    abouts = [about_booking(request_id, first[request_id]) for request_id in first]
    write_messages(session, list(first), MessageKind.CONFIRMED, abouts, booked.at)
    return made


def about_booking(request_id: int, first_appointment_id: int) -> str:
    """What a confirmation is about: this booking of the request, not an earlier one."""
    return f"{request_id}:{first_appointment_id}"


def _appointment(dose: PlannedDose, budgets: Mapping[BudgetKey, int], booked: Booked) -> dict[str, Any]:
    return {
        "request_id": dose.request_id,
        "dose_number": dose.dose_number,
        "centre_id": dose.centre_id,
        "slot_id": dose.slot_id,
        "dose_budget_id": budgets[dose.centre_id, dose.product_id, dose.day],
        "product_id": dose.product_id,
        "schedule_id": dose.schedule_id,
        "plan_run_id": booked.plan_run_id,
        "day": dose.day,
        "starts_at": dose.starts_at,
        "token_ref": secrets.token_bytes(_REFERENCE_BYTES),
        "created_at": booked.at,
    }


def _mark_planned(session: Session, doses: Iterable[PlannedDose]) -> None:
    """Requests become PLANNED; those of one schedule and the same owed doses in one statement."""
    owed: dict[int, list[int]] = defaultdict(list)
    schedule_of: dict[int, int] = {}
    for dose in doses:
        owed[dose.request_id].append(dose.dose_number)
        schedule_of[dose.request_id] = dose.schedule_id
    alike: dict[tuple[int, bool, bool], list[int]] = defaultdict(list)
    for request_id, numbers in owed.items():
        alike[schedule_of[request_id], 1 in numbers, 2 in numbers].append(request_id)
    lengths = _doses_of(session, schedule_of.values())
    for (schedule_id, has_first, has_second), request_ids in alike.items():
        for start in range(0, len(request_ids), _AT_ONCE):
            session.execute(
                update(Request)
                .where(
                    Request.id.in_(request_ids[start : start + _AT_ONCE]),
                    Request.status == RequestStatus.WAITING,
                )
                .values(
                    status=RequestStatus.PLANNED,
                    booked=1,
                    schedule_id=schedule_id,
                    schedule_doses=lengths[schedule_id],
                    # whoever had the first dose here and gave the second back has a whole course again
                    kind=case((Request.booked == 1, literal(_COURSE)), else_=Request.kind),
                    first_product_id=case((Request.booked == 1, null()), else_=Request.first_product_id),
                    first_given_on=case((Request.booked == 1, null()), else_=Request.first_given_on),
                    first_dose=1 if has_first else Request.first_dose,
                    second_dose=2 if has_second else None,
                )
                .execution_options(synchronize_session=False)
            )


def _doses_of(session: Session, schedule_ids: Iterable[int]) -> dict[int, int]:
    rows = session.execute(select(Schedule.id, Schedule.doses).where(Schedule.id.in_(set(schedule_ids))))
    return {schedule_id: doses for schedule_id, doses in rows}
