"""The rows of holds: finding one by its token, the live one of a request, ending it, and what it keeps."""

from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from vaccination.domain.serving import HoldStatus
from vaccination.errors import Conflict, NotFound
from vaccination.models.serving import Hold
from vaccination.security.fields import keys
from vaccination.security.secrets import hash_secret
from vaccination.services.appointments.places import Places


class NoSuchHold(NotFound):
    """No hold has this token."""

    code = "no_such_hold"


class HoldExpired(Conflict):
    """Its time is over: the places are somebody else's to take."""

    code = "hold_expired"


class HoldReleased(Conflict):
    """It was given up, or replaced by a later one."""

    code = "hold_released"


class HoldUsed(Conflict):
    """It was confirmed already."""

    code = "hold_used"


class LongEnough(Conflict):
    """Its time may be made longer no more often."""

    code = "held_long_enough"


@dataclass(frozen=True, slots=True)
class Held:
    """What keeps the places; the token opens it and is in no table."""

    hold_id: int
    token: str
    expires_at: datetime

    @classmethod
    def of(cls, hold: Hold) -> "Held":
        """What the owner of a hold may know of it."""
        return cls(hold.id, token_of(hold.id), hold.expires_at)


_ENDED = {
    HoldStatus.EXPIRED: HoldExpired,
    HoldStatus.RELEASED: HoldReleased,
    HoldStatus.CONFIRMED: HoldUsed,
}


def token_of(hold_id: int) -> str:
    """The token of a hold, a keyed fingerprint of its number: pages and messages find it again (ADR 0042)."""
    return urlsafe_b64encode(keys().index("hold.token", str(hold_id).encode())).decode().rstrip("=")


def hold_of_token(session: Session, token: str) -> Hold:
    """The hold as it is now; NoSuchHold."""
    found = session.scalar(
        select(Hold).where(Hold.token_hash == hash_secret(token)).execution_options(populate_existing=True)
    )
    if found is None:
        raise NoSuchHold
    return found


def check_live(hold: Hold, now: datetime) -> None:
    """HoldExpired, HoldReleased or HoldUsed unless it still keeps its places."""
    if hold.status is not HoldStatus.HELD:
        raise _ENDED[hold.status]
    if hold.expires_at <= now:
        raise HoldExpired


def live_hold(session: Session, request_id: int) -> Hold | None:
    """The request's live hold, locked; the caller has locked the request before."""
    return session.scalar(
        select(Hold)
        .where(Hold.request_id == request_id, Hold.status == HoldStatus.HELD)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def places_of(holds: Iterable[Hold]) -> Places:
    """The places that these holds keep."""
    kept = list(holds)
    return Places(
        seats=Counter(i for h in kept for i in (h.first_slot_id, h.second_slot_id) if i is not None),
        doses=Counter(i for h in kept for i in (h.first_budget_id, h.second_budget_id) if i is not None),
    )


def end_live_hold(session: Session, request_id: int, status: HoldStatus, *, now: datetime) -> Places:
    """End the request's live hold if it has one; returns the places that the caller is to give back."""
    hold = live_hold(session, request_id)
    if hold is None or not end_hold(session, hold.id, status, now=now):
        return Places()
    return places_of([hold])


def end_hold(session: Session, hold_id: int, status: HoldStatus, *, now: datetime) -> bool:
    """From HELD to an end, once: True for the call that did it. The places are the caller's."""
    done = session.execute(
        update(Hold)
        .where(Hold.id == hold_id, Hold.status == HoldStatus.HELD)
        .values(status=status, ended_at=now)
        .returning(Hold.id)
    )
    return done.one_or_none() is not None
