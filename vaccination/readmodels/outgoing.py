"""What a message needs to be written: whom it goes to, about which request, and whether it is still true."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from vaccination.domain.messages import MessageChannel, MessageKind
from vaccination.domain.requests import RequestStatus
from vaccination.models.messages import Message
from vaccination.models.people import Person
from vaccination.models.requests import Request
from vaccination.readmodels import appointment_card
from vaccination.readmodels.appointment_card import AppointmentCard

_TELLS_OF_APPOINTMENTS = (MessageKind.CONFIRMED, MessageKind.CHANGED)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message with its reader and the appointments that it tells of."""

    message_id: int
    kind: MessageKind
    channel: MessageChannel
    locale: str
    status: RequestStatus
    email: str
    address: str
    card: AppointmentCard

    @property
    def is_still_true(self) -> bool:
        """Whether the news still holds; a later message tells what came of it."""
        if self.kind in _TELLS_OF_APPOINTMENTS:
            return bool(self.card.doses) and self.status is RequestStatus.PLANNED
        if self.kind is MessageKind.CANCELLED:
            return self.status is RequestStatus.CANCELLED
        return self.status is not RequestStatus.CANCELLED


def load(session: Session, message_id: int) -> Outgoing | None:
    """The message, with the appointments that stand, or for a cancellation those that stood."""
    row = session.execute(
        select(
            Message.id.label("message_id"),
            Message.kind,
            Message.channel,
            Message.locale,
            Message.request_id,
            Request.status,
            Person.email,
            Person.address,
        )
        .join(Request, Request.id == Message.request_id)
        .join(Person, Person.id == Request.person_id)
        .where(Message.id == message_id)
    ).one_or_none()
    if row is None:
        return None
    is_cancellation = row.kind is MessageKind.CANCELLED
    return Outgoing(
        message_id=row.message_id,
        kind=row.kind,
        channel=row.channel,
        locale=row.locale,
        status=row.status,
        email=row.email or "",
        address=row.address or "",
        card=appointment_card.load(session, row.request_id, cancelled=is_cancellation),
    )
