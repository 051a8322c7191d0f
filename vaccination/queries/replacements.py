"""The replacement that a request's person may still answer."""

from collections.abc import Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from vaccination.domain.appointment import Action
from vaccination.domain.disruptions import STILL_TO_SETTLE
from vaccination.domain.requests import RequestStatus
from vaccination.domain.serving import HoldStatus
from vaccination.domain.together import are_together
from vaccination.models.appointments import Appointment, AppointmentEvent
from vaccination.models.centres import Slot
from vaccination.models.disruptions import Disruption, Replacement
from vaccination.models.requests import Request
from vaccination.models.serving import Hold


def current(session: Session, request_id: int) -> Replacement | None:
    """The replacement that a request's person may still answer: the last one, while nothing was moved."""
    row = session.scalar(
        select(Replacement)
        .where(Replacement.request_id == request_id)
        .order_by(Replacement.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    if row is None or row.status not in STILL_TO_SETTLE or has_moved(session, row):
        return None
    status = session.scalar(select(Request.status).where(Request.id == request_id))
    return row if status is RequestStatus.PLANNED else None


def kept_with(session: Session, row: Replacement) -> list[Replacement]:
    """The replacement and those of the household whose places are kept beside its own: one answer for all.

    In the order of their requests; it alone where nothing is kept (any more).
    """
    mine = _kept_places(session, row)
    if not mine:
        return [row]
    household = select(Request.household_id).where(Request.id == row.request_id).scalar_subquery()
    others = session.scalars(
        select(Replacement)
        .join(Request, Request.id == Replacement.request_id)
        .where(
            Replacement.disruption_id == row.disruption_id, Replacement.id != row.id,
            Replacement.status.in_(STILL_TO_SETTLE), Request.household_id == household,
            Request.status == RequestStatus.PLANNED,
        )
        .execution_options(populate_existing=True)
    )  # fmt: skip
    together = [
        one for one in others if not has_moved(session, one) and _are_near(mine, _kept_places(session, one))
    ]
    return sorted([row, *together], key=lambda one: one.request_id)


def _are_near(mine: Sequence[Slot], theirs: Sequence[Slot]) -> bool:
    """Whether each dose is at the same centre on the same day, within half an hour."""
    return len(mine) == len(theirs) and all(
        are_together([(slot.centre_id, slot.day, slot.starts_at) for slot in pair])
        for pair in zip(mine, theirs, strict=True)
    )


def _kept_places(session: Session, row: Replacement) -> list[Slot]:
    """The slots of the doses that are kept."""
    hold = session.get(Hold, row.hold_id, populate_existing=True) if row.hold_id is not None else None
    if hold is None or hold.status is not HoldStatus.HELD:
        return []
    return [session.get_one(Slot, i) for i in (hold.first_slot_id, hold.second_slot_id) if i is not None]


def has_moved(session: Session, row: Replacement) -> bool:
    """Whether the appointments were moved since people were told, here or by somebody else's hand."""
    sent_at = session.get_one(Disruption, row.disruption_id).sent_at
    moved = (
        select(AppointmentEvent.id)
        .join(Appointment, Appointment.id == AppointmentEvent.appointment_id)
        .where(Appointment.request_id == row.request_id, AppointmentEvent.action == Action.MOVE)
        .where(AppointmentEvent.at >= sent_at)
    )
    return session.scalar(select(exists(moved))) or False


def is_kept_by_one(session: Session, hold_id: int) -> bool:
    """Whether a hold keeps the places of a replacement: its person answers on that page."""
    return session.scalar(select(exists().where(Replacement.hold_id == hold_id))) or False
