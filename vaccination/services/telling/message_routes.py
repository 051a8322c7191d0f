"""By which way each person is told: as they asked, if it can be, and never in a way that they did without."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from vaccination.domain.messages import (
    CALLED_KINDS,
    NOT_BY_LETTER,
    OPTIONAL_KINDS,
    MessageChannel,
    MessageKind,
)
from vaccination.domain.requests import ContactBy
from vaccination.models.people import Person
from vaccination.models.requests import Request
from vaccination.models.texts import OptOut


@dataclass(frozen=True, slots=True)
class Route:
    """One message to write: who asked to be called is written to as well."""

    request_id: int
    channel: MessageChannel
    locale: str

    @property
    def values(self) -> dict[str, Any]:
        return {"request_id": self.request_id, "channel": self.channel, "locale": self.locale}


def routes(
    session: Session, request_ids: Sequence[int], kind: MessageKind, chosen: MessageChannel | None = None
) -> dict[int, list[Route]]:
    """For each request the messages that a piece of news makes: none, one, or a letter and a call.

    Without a number for text messages it is the mail, without a mail address the letter. Nobody is missing
    but who did without this kind, or whom a letter would reach too late. `chosen`: for this kind alone.
    """
    found: dict[int, list[Route]] = {}
    for row in session.execute(_ways(request_ids, kind)):
        ways = [chosen or MessageChannel(row.channel)]
        if ways[0] is MessageChannel.LETTER and kind in NOT_BY_LETTER:
            ways = []
        if row.by_phone and kind in CALLED_KINDS:
            ways.append(MessageChannel.PHONE)
        found[row.id] = [Route(row.id, way, row.locale) for way in ways]
    return found


def _ways(request_ids: Sequence[int], kind: MessageKind) -> Any:
    by_text = Person.phone.is_not(None) & (Request.contact_by == ContactBy.SMS)
    by_mail = Person.email.is_not(None) & Request.contact_by.in_((ContactBy.EMAIL, ContactBy.SMS))
    channel = case(
        (by_text, MessageChannel.SMS.value),
        (by_mail, MessageChannel.EMAIL.value),
        else_=MessageChannel.LETTER.value,
    )
    ways = (
        select(Request.id, channel.label("channel"), Request.by_phone, Request.locale)
        .join(Person, Person.id == Request.person_id)
        .where(Request.id.in_(request_ids))
    )
    if kind in OPTIONAL_KINDS:
        without = select(OptOut.request_id).where(OptOut.request_id == Request.id, OptOut.kind == kind)
        ways = ways.where(~without.exists())
    return ways
