"""A household that stood together is proposed places together: one centre, one day, within half an hour.

All of them or none: where there is no such place, each is proposed one alone (`proposing.py`), and the agency
reads so beforehand.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from vaccination.domain.disruptions import answer_by
from vaccination.models.disruptions import Disruption, Replacement
from vaccination.models.requests import Request
from vaccination.queries.left import Left, read_left
from vaccination.queries.touched import Touched, in_parties, touched
from vaccination.services.appointments.booking import locked_requests
from vaccination.services.appointments.hold_rows import Held
from vaccination.services.appointments.hold_taking import How
from vaccination.services.appointments.holds import GONE
from vaccination.services.appointments.household_holds import hold_side_by_side
from vaccination.services.appointments.offers import Offer, centres_in_reach
from vaccination.services.appointments.seeking import Search, load_seeker
from vaccination.services.appointments.together import OfferForAll, offers_together
from vaccination.services.replacing.proposing import (
    best_offers,
    is_due,
    searches,
    tell_proposal,
    time_to_answer,
)
from vaccination.services.replacing.replacements import first_day


@dataclass(frozen=True, slots=True)
class Proposed:
    """What somebody touched would be proposed; `party`: how many of a household stood together with them.

    `is_together`: the places of all of these are side by side again.
    """

    touched: Touched
    offer: Offer | None
    party: int = 1
    is_together: bool = True


def propose_together(
    session: Session, disruption_id: int, party: Sequence[Touched], *, now: datetime
) -> list[Replacement]:
    """Keep places for all of a household and tell each, once; empty where there are none for all of them."""
    requests = {row.id: row for row in locked_requests(session, [one.request_id for one in party])}
    disruption = session.get_one(Disruption, disruption_id, populate_existing=True)
    if not all(is_due(session, disruption, requests[one.request_id], one, now=now) for one in party):
        return []
    kept = _keep(session, list(requests.values()), party, now)
    return [
        tell_proposal(session, disruption, one, held, now=now) for one, held in zip(party, kept, strict=False)
    ]


def preview(session: Session, disruption_id: int, *, now: datetime, most: int) -> list[Proposed]:
    """What the first people touched would be proposed if they alone were; keeps nothing, tells nobody."""
    disruption = session.get_one(Disruption, disruption_id)
    found: list[Proposed] = []
    for party in in_parties(touched(session, disruption, now=now)):
        if len(found) >= most:
            break
        found += _previewed(session, party, now)
    return found


def _previewed(session: Session, party: Sequence[Touched], now: datetime) -> list[Proposed]:
    requests = [session.get_one(Request, one.request_id) for one in party]
    size = len(party)
    if size > 1:
        for _, offer in _best(session, requests, party, now):
            return [Proposed(one, mine, size) for one, (_, mine) in zip(party, offer.members, strict=True)]
    found = []
    for one, request in zip(party, requests, strict=True):
        offers = best_offers(session, request, one, now=now)
        found.append(Proposed(one, offers[0] if offers else None, size, is_together=size == 1))
    return found


def _best(
    session: Session, requests: Sequence[Request], party: Sequence[Touched], now: datetime
) -> list[tuple[Search, OfferForAll]]:
    """What could be proposed to all of them: what moves fewest doses first, then the best."""
    numbers = party[0].numbers
    from_day = max(first_day(session, request, now) for request in requests)
    left: Left | None = None
    for search in searches(numbers, from_day):
        seekers = [load_seeker(session, one.request_id, search, now=now) for one in party]
        if left is None:
            near = centres_in_reach(session, seekers[0])
            left = read_left(session, max(one.days for one in seekers), now=now, centre_ids=near)
        exactly = [
            replace(one, needs=tuple(need for need in one.needs if need.numbers == numbers))
            for one in seekers
        ]
        for some in (exactly, seekers):
            if found := offers_together(session, some, now=now, left=left):
                return [(search, offer) for offer in found]
    return []


def _keep(
    session: Session, requests: Sequence[Request], party: Sequence[Touched], now: datetime
) -> list[Held]:
    """Holds side by side until the same moment, on the best places that are still there."""
    wait = max(time_to_answer(session, request) for request in requests)
    old = min(one.starts_at for one in party)
    for search, offer in _best(session, requests, party, now):
        new = min(dose.starts_at for _, mine in offer.members for dose in mine.doses)
        how = How(keep_for=answer_by(now, wait, old, new) - now, any_centre=True)
        try:
            with session.begin_nested():
                return hold_side_by_side(session, offer.choices, search, now=now, how=how)
        except GONE:
            continue
    return []
