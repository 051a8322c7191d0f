"""The rows of holds: finding one by its token, the live one of a request, ending it, and what it keeps."""

from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update
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


def live_holds(session: Session, request_ids: Collection[int]) -> Sequence[Hold]:
    """The live holds of these requests and all that are tied to them, locked in their order."""
    tied = select(Hold.household_id).where(
        Hold.request_id.in_(request_ids), Hold.status == HoldStatus.HELD, Hold.household_id.is_not(None)
    )
    return session.scalars(
        select(Hold)
        .where(Hold.status == HoldStatus.HELD)
        .where(or_(Hold.request_id.in_(request_ids), Hold.household_id.in_(tied)))
        .order_by(Hold.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def tied_to(session: Session, hold: Hold) -> Sequence[Hold]:
    """The hold and those that a household keeps with it, locked in their order; none when it is not live."""
    together = Hold.id == hold.id if hold.household_id is None else Hold.household_id == hold.household_id
    rows = session.scalars(
        select(Hold)
        .where(together, Hold.status == HoldStatus.HELD)
        .order_by(Hold.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    return rows if any(row.id == hold.id for row in rows) else ()


def places_of(holds: Iterable[Hold]) -> Places:
    """The places that these holds keep."""
    kept = list(holds)
    return Places(
        seats=Counter(i for h in kept for i in (h.first_slot_id, h.second_slot_id) if i is not None),
        doses=Counter(i for h in kept for i in (h.first_budget_id, h.second_budget_id) if i is not None),
    )


def end_live_hold(session: Session, request_id: int, status: HoldStatus, *, now: datetime) -> Places:
    """End the request's live hold if it has one, and those that are tied to it: all or none.

    Returns the places that the caller is to give back.
    """
    return end_all(session, live_holds(session, [request_id]), status, now=now)


def end_all(session: Session, holds: Sequence[Hold], status: HoldStatus, *, now: datetime) -> Places:
    """End these holds, each once; returns the places of those that this call has ended."""
    if not holds:
        return Places()
    ended = set(
        session.scalars(
            update(Hold)
            .where(Hold.id.in_([hold.id for hold in holds]), Hold.status == HoldStatus.HELD)
            .values(status=status, ended_at=now)
            .returning(Hold.id)
        )
    )
    return places_of(hold for hold in holds if hold.id in ended)
