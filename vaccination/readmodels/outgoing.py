"""What a message needs to be written: whom it goes to, about what, in whose words, whether it still holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from vaccination.domain import quiet
from vaccination.domain.disruptions import ReplacementStatus
from vaccination.domain.messages import REMINDERS, MessageChannel, MessageKind
from vaccination.domain.reminders import is_in_time
from vaccination.domain.requests import RequestStatus
from vaccination.domain.same_day import InvitationStatus
from vaccination.domain.serving import Serving
from vaccination.domain.texts import Words
from vaccination.models.disruptions import Replacement
from vaccination.models.messages import Message
from vaccination.models.people import Person
from vaccination.models.programmes import Programme
from vaccination.models.requests import Request
from vaccination.models.same_day import SameDayInvitation
from vaccination.models.texts import EditedText
from vaccination.queries.columns import Columns
from vaccination.queries.contacts import expected_of_household, same_contacts
from vaccination.readmodels import appointment_card, hold_page
from vaccination.readmodels.appointment_card import AppointmentCard, DoseCard
from vaccination.readmodels.hold_page import HoldPage

_TELLS_OF_APPOINTMENTS = (MessageKind.CONFIRMED, MessageKind.CHANGED)
_SOON = timedelta(hours=26)
# What cannot wait for the morning: a dose of today, and news about an appointment that is near.
_OF_CHANGE = (MessageKind.CHANGED, MessageKind.CANCELLED, MessageKind.REPLACED)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message with its reader and the appointments that it tells of.

    `cards` are those of a reminder: of everybody of the household whom it reaches. Each holds the doses of
    that day only; `card` is the reader's own with all of them.
    """

    message_id: int
    request_id: int
    kind: MessageKind
    channel: MessageChannel
    locale: str
    status: RequestStatus
    email: str
    phone: str
    address: str
    card: AppointmentCard
    cards: tuple[AppointmentCard, ...]
    day: date | None  # that a reminder is of
    timezone: str
    quiet_hours: tuple[time, time]
    is_open: bool  # a proposal or an invitation still waits for its answer
    call_id: int | None  # of the same-day doses that it invites to
    first_mail_id: int | None  # the mail which this one belongs to
    failure: str  # why another way before this one was closed
    words: Words | None  # the agency's own
    is_direct: bool  # the person chooses among what is left; no plan does
    proposal: HoldPage | None = None  # what is kept for the person until they answer

    @property
    def doses(self) -> tuple[DoseCard, ...]:
        """The appointments that the message tells of."""
        return tuple(dose for card in self.cards for dose in card.doses)

    @property
    def is_still_true(self) -> bool:
        """Whether the news still holds; a later message tells what came of it."""
        if self.kind in _TELLS_OF_APPOINTMENTS:
            return bool(self.card.doses) and self.status is RequestStatus.PLANNED
        if self.kind is MessageKind.CANCELLED:
            return self.status is RequestStatus.CANCELLED
        if self.kind in REMINDERS:
            return bool(self.doses)
        if self.kind is MessageKind.ANSWERED:
            return True  # whoever cancelled and asked why is answered too
        return self.status is not RequestStatus.CANCELLED and self.is_open

    def holds_at(self, now: datetime) -> bool:
        """Whether the news holds at a moment: "tomorrow" is true for one day only."""
        in_time = self.day is None or is_in_time(self.kind, now, self.day, self.timezone)
        return self.is_still_true and in_time

    def may_ring_at(self, now: datetime) -> datetime:
        """The first moment at which the phone may ring for this, by its owner's clock."""
        urgent = self.kind is MessageKind.SAME_DAY or (self.kind in _OF_CHANGE and self._is_near(now))
        if urgent or self.channel is not MessageChannel.SMS:
            return now
        return quiet.allowed_from(now, self.timezone, *self.quiet_hours)

    def _is_near(self, now: datetime) -> bool:
        return any(dose.starts_at - now < _SOON for dose in self.doses)


def load(session: Session, message_id: int) -> Outgoing | None:
    """The message, with the appointments that stand, or for a cancellation those that stood."""
    row = session.execute(_message(message_id)).one_or_none()
    if row is None:
        return None
    card = appointment_card.load(session, row.request_id, cancelled=row.kind is MessageKind.CANCELLED)
    day = _day_of(row) if row.kind in REMINDERS else None
    return Outgoing(
        message_id=row.message_id,
        request_id=row.request_id,
        kind=row.kind,
        channel=row.channel,
        locale=row.locale,
        status=row.status,
        email=row.email or "",
        phone=row.phone or "",
        address=row.address or "",
        card=card,
        cards=_expected(session, row, day) if day else (card,),
        day=day,
        timezone=card.doses[0].timezone if card.doses else quiet.timezone_of_postcode(row.postcode),
        quiet_hours=(row.quiet_from, row.quiet_to),
        is_open=_is_open(row),
        call_id=row.call_id,
        first_mail_id=_first_mail(session, row),
        failure=row.failure,
        words=_words(session, row),
        is_direct=row.serving is Serving.DIRECT,
        proposal=_proposal(session, row),
    )


def _message(message_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Message.id.label("message_id"),
            Message.kind,
            Message.channel,
            Message.locale,
            Message.request_id,
            Message.dedupe_key,
            Message.failure,
            Request.status,
            Request.postcode,
            Request.programme_id,
            Person.email,
            Person.phone,
            Person.address,
            Programme.serving,
            Programme.quiet_from,
            Programme.quiet_to,
            Replacement.status.label("replacement"),
            Replacement.hold_id,
            SameDayInvitation.status.label("invitation"),
            SameDayInvitation.call_id,
        )
        .join(Request, Request.id == Message.request_id)
        .join(Person, Person.id == Request.person_id)
        .join(Programme, Programme.id == Request.programme_id)
        .join(Replacement, Replacement.id == Message.replacement_id, isouter=True)
        .join(SameDayInvitation, SameDayInvitation.id == Message.invitation_id, isouter=True)
        .where(Message.id == message_id)
    )


def _proposal(session: Session, row: Columns) -> HoldPage | None:
    if row.kind is not MessageKind.REPLACED or row.hold_id is None:
        return None
    return hold_page.load_one(session, row.hold_id)


def _is_open(row: Columns) -> bool:
    if row.kind is MessageKind.REPLACED and row.replacement is not None:
        return row.replacement is ReplacementStatus.OPEN
    if row.kind is MessageKind.SAME_DAY and row.invitation is not None:
        return row.invitation is InvitationStatus.ASKED
    if row.kind is MessageKind.INVITATION:
        return row.status is RequestStatus.WAITING
    return True


def _day_of(row: Columns) -> date:
    return date.fromisoformat(row.dedupe_key.split(":")[2])


def _expected(session: Session, row: Columns, day: date) -> tuple[AppointmentCard, ...]:
    """The cards of everybody of the household who is expected that day and told at the same place."""
    at_home = expected_of_household(session, row.request_id, row.kind, day)
    together: Sequence[int] = next(
        (group for group in same_contacts(session, at_home) if row.request_id in group), ()
    )
    # Whoever was to be told may have cancelled meanwhile; the others are still to come.
    reached = together or [request_id for request_id in at_home if request_id == row.request_id]
    cards = appointment_card.load_many(session, reached)
    return tuple(card.on_day(day) for card in cards)


def _first_mail(session: Session, row: Columns) -> int | None:
    first = (
        select(Message.id)
        .where(Message.request_id == row.request_id, Message.channel == MessageChannel.EMAIL)
        .where(Message.sent_at.is_not(None), Message.id < row.message_id)
        .order_by(Message.id)
        .limit(1)
    )
    return session.scalar(first)


def _words(session: Session, row: Columns) -> Words | None:
    found = session.execute(
        select(EditedText.subject, EditedText.body)
        .where(EditedText.programme_id == row.programme_id, EditedText.kind == row.kind)
        .where(EditedText.channel == row.channel, EditedText.locale == row.locale)
    ).one_or_none()
    return Words(found.subject, found.body) if found else None
