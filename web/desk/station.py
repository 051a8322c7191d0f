"""What a page at the desk offers to do next, for this person and this member of staff."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import current_app, flash, redirect, session, url_for
from flask.typing import ResponseReturnValue

from vaccination.domain.actor import Actor, Role
from vaccination.domain.appointment import NEXT_STATUS, Action, AppointmentStatus
from vaccination.errors import Conflict
from vaccination.queries.stock import LotOnHand
from vaccination.readmodels.desk_person import DeskPerson
from vaccination.security.signing_keys import KeySet, SigningKeys
from web.errors import sentence_of

STAFF = (Role.DESK, Role.VACCINATOR, Role.CENTRE_MANAGER)
_REMEMBERED = "lots"
_KEY_SET = "desk_key_set"


@dataclass(frozen=True, slots=True)
class Station:
    """Where a member of staff works, and what they may do there."""

    centre_id: int
    may_record: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """The next steps for a person; `lot_id` is the lot that most likely comes next."""

    actions: frozenset[Action]
    lot_id: int | None


def station_of(actor: Actor, centre_id: int) -> Station:
    """The place of this actor at this centre."""
    return Station(centre_id, may_record=actor.may(Role.VACCINATOR, centre_id))


def offer_for(station: Station, person: DeskPerson) -> Offer:
    """What may be done with this person now, here, by this member of staff."""
    return Offer(_actions(person.status, station), _chosen(person.lots, person.product_id))


def remember_lot(product_id: int, lot_id: int) -> None:
    """The next person with this product most likely gets a dose from the same lot."""
    # Assigned anew: a change inside is not noticed by the cookie.
    session[_REMEMBERED] = {**session.get(_REMEMBERED, {}), str(product_id): lot_id}


def key_set() -> KeySet:
    """The public keys of the QR codes, read once a process."""
    kept: KeySet | None = current_app.extensions.get(_KEY_SET)
    if kept is None:
        kept = SigningKeys.from_text(current_app.config["SETTINGS"].signing_keys).public()
        current_app.extensions[_KEY_SET] = kept
    return kept


def says_conflict(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """A refusal that depends on how things stand is said on the person's page, which shows that."""

    @wraps(view)
    def wrapped(centre_id: int, appointment_id: int, **rest: Any) -> ResponseReturnValue:
        try:
            return view(centre_id=centre_id, appointment_id=appointment_id, **rest)
        except Conflict as refused:
            flash(sentence_of(refused), "bad")
            return redirect(url_for("desk.person", centre_id=centre_id, appointment_id=appointment_id), 303)

    return wrapped


_RECORDING = frozenset((Action.VACCINATE, Action.REFUSE, Action.UNDO_VACCINATION))
_AT_THE_DESK = frozenset((Action.CHECK_IN, Action.UNDO_CHECK_IN, Action.MARK_ABSENT, Action.UNDO_ABSENCE))


def _actions(status: AppointmentStatus, station: Station) -> frozenset[Action]:
    possible = {action for (before, action) in NEXT_STATUS if before is status}
    allowed = _AT_THE_DESK | _RECORDING if station.may_record else _AT_THE_DESK
    return frozenset(possible & allowed)


def _chosen(lots: Sequence[LotOnHand], product_id: int) -> int | None:
    """The lot used last, while there is some of it; a lot that stands alone; else nothing is chosen."""
    used = session.get(_REMEMBERED, {}).get(str(product_id))
    if any(lot.lot_id == used for lot in lots):
        return int(used)
    return lots[0].lot_id if len(lots) == 1 else None
