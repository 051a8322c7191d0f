"""Forms and pages that offers and changes share: what is offered, which one was pressed, holding it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import current_app, request

from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.domain.serving import ChangedDoses, HoldPurpose
from vaccination.errors import Conflict
from vaccination.queries.left import Left
from vaccination.security.secrets import new_session_token
from vaccination.services.appointments.choosing import Choice
from vaccination.services.appointments.hold_taking import How
from vaccination.services.appointments.holds import hold
from vaccination.services.appointments.offers import Offer, five
from vaccination.services.appointments.together import OfferForAll

_MOST_SEEN = 200
_PURPOSES = {purpose.value for purpose in HoldPurpose}


class NoSuchOffer(Conflict):
    """What was pressed is no offer."""

    code = "no_such_offer"


@dataclass(frozen=True, slots=True)
class Shown:
    """The offers of a page; `seen` names those that were on it and on the pages before."""

    offers: tuple[Offer, ...] | tuple[OfferForAll, ...]
    seen: str
    is_first: bool
    form_uid: str


def code_of(choice: Choice) -> str:
    """An offer as the value of a button."""
    return ".".join([choice.purpose.value, str(choice.schedule_id), *map(str, choice.slot_ids)])


def choice_of(text: str) -> Choice:
    """The offer that was pressed; NoSuchOffer."""
    purpose, *numbers = text.split(".")
    if purpose not in _PURPOSES or not 2 <= len(numbers) <= 3 or not all(is_number(n) for n in numbers):
        raise NoSuchOffer
    schedule_id, *slot_ids = map(int, numbers)
    return Choice(HoldPurpose(purpose), schedule_id, tuple(slot_ids))


def shown(request_id: int, changed: ChangedDoses | None = None) -> Shown:
    """What to offer now, after what was seen already. Reads only."""
    seen = seen_before()
    kept = kept_left()
    with snapshot() as session:
        offers = five(session, request_id, now=now(), after=seen, changed=changed, left=kept)
    firsts = [offer.doses[0].slot_id for offer in offers]
    return Shown(offers, seen_after(seen, firsts), not seen, new_session_token())


def seen_before() -> list[int]:
    """First slots of the offers on the pages before, out of the address."""
    return [int(n) for n in request.args.get("seen", "").split("-") if is_number(n)][-_MOST_SEEN:]


def seen_after(seen: Sequence[int], firsts: Sequence[int]) -> str:
    """The same with the first slots of these offers, for the address of the next page."""
    return "-".join(map(str, [*seen, *firsts]))


def hold_pressed(request_id: int) -> None:
    """Hold the offer whose button was pressed; raises one of GONE where somebody was quicker."""
    choice = choice_of(request.form.get("offer", ""))
    uid = request.form.get("form_uid", "")[:40]
    # Two buttons of one page are two wishes, the same one twice is one.
    how = How(form_uid=f"{uid}.{choice.slot_ids[0]}"[:64] if uid else None)
    with transaction() as session:
        hold(session, request_id, choice, now=now(), how=how)


def minutes_left(until: datetime, moment: datetime) -> int:
    """Whole minutes, rounded up: a person who has 20 seconds left has a minute."""
    return max(0, -int((moment - until).total_seconds() // 60))


def kept_left() -> Left | None:
    """What this process keeps of what is left, if it keeps anything."""
    kept = current_app.extensions.get("kept_left")
    return kept.get() if kept is not None else None


def is_number(text: str) -> bool:
    """Whether it can be the number of a row."""
    return text.isascii() and text.isdigit() and len(text) <= 9
