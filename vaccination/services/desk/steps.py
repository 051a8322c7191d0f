"""One step in the life of an appointment: status, event and author together, or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from vaccination.domain.actor import Actor
from vaccination.domain.appointment import Action, AppointmentStatus, WrongStatus, next_status
from vaccination.errors import NotFound
from vaccination.models.appointments import Appointment, AppointmentEvent
from vaccination.services import audit


class NoSuchAppointment(NotFound):
    """There is no such appointment at this centre."""

    code = "no_such_appointment"


@dataclass(frozen=True, slots=True)
class Step:
    """What happens to an appointment, and from which status as it was read."""

    appointment_id: int
    action: Action
    seen: AppointmentStatus
    reason: str = ""
    facts: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class AtCentre:
    """An appointment, and the centre at which the actor works."""

    appointment_id: int
    centre_id: int


def status_at(session: Session, appointment_id: int, centre_id: int) -> AppointmentStatus:
    """The status of an appointment of this centre; another centre's is as if it did not exist."""
    status = session.scalar(
        select(Appointment.status).where(Appointment.id == appointment_id, Appointment.centre_id == centre_id)
    )
    if status is None:
        raise NoSuchAppointment
    return status


def take_step(session: Session, step: Step, *, now: datetime, user_id: int | None) -> AppointmentStatus:
    """Take the step and write its event; WrongStatus when somebody else was quicker."""
    after = next_status(step.seen, step.action)
    # One statement tests and writes: two desks cannot both let the same person in.
    taken = session.scalar(
        update(Appointment)
        .where(Appointment.id == step.appointment_id, Appointment.status == step.seen)
        .values(status=after)
        .returning(Appointment.id)
    )
    if taken is None:
        raise WrongStatus(f"no longer {step.seen}", status=step.seen, action=step.action)
    session.add(
        AppointmentEvent(
            appointment_id=step.appointment_id,
            action=step.action,
            status=after,
            at=now,
            user_id=user_id,
            reason=step.reason,
            facts=dict(step.facts or {}),
        )
    )
    session.flush()
    return after


def step_at_centre(
    session: Session, command: AtCentre, action: Action, *, now: datetime, actor: Actor
) -> None:
    """A step that a desk takes by hand: done, and answered for."""
    seen = status_at(session, command.appointment_id, command.centre_id)
    take_step(session, Step(command.appointment_id, action, seen), now=now, user_id=actor.user_id)
    audit.record(
        session,
        action.value,
        f"appointment:{command.appointment_id}",
        now=now,
        user_id=actor.user_id,
        centre_id=command.centre_id,
    )
