"""The requests that a plan may serve, as columns without a name.

The birth date is the only personal field that is read, here and nowhere else of planning; it leaves this
module as an age. Whoever is left out beforehand is told why.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from solver.contract import NONE, Requests
from vaccination.domain.ages import age_on
from vaccination.domain.planning import LeftOut
from vaccination.domain.requests import ContactBy, RequestStatus
from vaccination.domain.serving import HoldStatus
from vaccination.models.people import Person
from vaccination.models.programmes import EligibilityPhase, PriorityGroup
from vaccination.models.requests import Request, request_product
from vaccination.models.serving import Hold
from vaccination.queries.columns import Columns
from vaccination.services.planning.supply import Horizon
from vaccination.services.planning.wishes import changing_requests


@dataclass(frozen=True, slots=True, eq=False)
class Asking:
    """The requests of a plan, their ids, and those that stay outside with the reason."""

    requests: Requests
    request_ids: Sequence[int]
    left_out: Mapping[int, LeftOut]


def load_requests(session: Session, programme_id: int, horizon: Horizon, letters_from: date) -> Asking:
    """Waiting requests whose group takes part on the planning start, households whole; open changes.

    Not those to whom one dose is enough, and not those who hold places at this moment. `letters_from` is the
    first day for a household of which somebody is told by letter.
    """
    changing = changing_requests(session, horizon.starts_on, programme_id=programme_id)
    rows: list[Any] = [*_waiting(session, programme_id), *changing]
    accepted = _accepted(session, programme_id, horizon.product_rows)
    accepted |= {one.id: _bits(one.product_ids, horizon.product_rows) for one in changing}
    closed = _closed_groups(session, programme_id, horizon.starts_on)
    left_out = _left_out(rows, accepted, closed)
    kept = [row for row in rows if row.id not in left_out]
    return Asking(_table(kept, accepted, horizon, letters_from), [row.id for row in kept], left_out)


def _waiting(session: Session, programme_id: int) -> Sequence[Columns]:
    rows: Sequence[Columns] = session.execute(
        select(
            Request.id, Request.household_id, Person.birth_date, Request.priority, Request.priority_group_id,
            Request.lat, Request.lon, Request.max_km, Request.second_lat, Request.second_lon,
            Request.first_product_id, Request.first_given_on, Request.earliest, Request.availability,
            Request.unavailable, Request.wheelchair, Request.contact_by, Request.by_phone,
        )
        .join(Person, Person.id == Request.person_id)
        .where(Request.programme_id == programme_id, Request.status == RequestStatus.WAITING)
        .where(Person.erased_at.is_(None), Request.one_dose_enough.is_(False))
        .where(Request.id.not_in(select(Hold.request_id).where(Hold.status == HoldStatus.HELD)))
        .order_by(Request.id)
    ).all()  # fmt: skip
    return rows


def _accepted(session: Session, programme_id: int, product_rows: Mapping[int, int]) -> dict[int, int]:
    """Accepted products of each request that names any, as bits."""
    rows = session.execute(
        select(request_product.c.request_id, request_product.c.product_id)
        .join(Request, Request.id == request_product.c.request_id)
        .where(Request.programme_id == programme_id, Request.status == RequestStatus.WAITING)
    )
    accepted: dict[int, int] = defaultdict(int)
    for request_id, product_id in rows:
        accepted[request_id] |= 1 << product_rows[product_id]
    return dict(accepted)


def _bits(product_ids: Sequence[int], product_rows: Mapping[int, int]) -> int:
    found = 0
    for product_id in product_ids:
        found |= 1 << product_rows[product_id]
    return found


def _closed_groups(session: Session, programme_id: int, on: date) -> set[int]:
    """Priority groups without an open phase on that day."""
    still_open = or_(EligibilityPhase.ends_on.is_(None), EligibilityPhase.ends_on >= on)
    opened = select(EligibilityPhase.priority_group_id).where(EligibilityPhase.starts_on <= on, still_open)
    groups = select(PriorityGroup.id).where(
        PriorityGroup.programme_id == programme_id, PriorityGroup.id.not_in(opened)
    )
    return set(session.scalars(groups))


def _left_out(rows: Sequence[Columns], accepted: Mapping[int, int], closed: set[int]) -> dict[int, LeftOut]:
    """A household comes whole or not at all, so one member's reason is everybody's."""
    left_out: dict[int, LeftOut] = {}
    households: dict[int, list[Columns]] = defaultdict(list)
    for row in rows:
        if row.household_id is not None:
            households[row.household_id].append(row)
        elif row.priority_group_id in closed:
            left_out[row.id] = LeftOut.PHASE_NOT_OPEN
    for members in households.values():
        if any(member.priority_group_id in closed for member in members):
            left_out |= {member.id: LeftOut.PHASE_NOT_OPEN for member in members}
        elif len({_shared_wishes(member, accepted) for member in members}) > 1:
            left_out |= {member.id: LeftOut.HOUSEHOLD_DIFFERS for member in members}
    return left_out


def _shared_wishes(row: Columns, accepted: Mapping[int, int]) -> tuple[object, ...]:
    """All in which the members of a household must agree."""
    return (
        row.lat, row.lon, row.max_km, row.second_lat, row.second_lon,
        row.first_product_id, row.first_given_on, row.earliest, row.availability,
        tuple(sorted(row.unavailable)), accepted.get(row.id),
    )  # fmt: skip


def _table(
    rows: Sequence[Columns], accepted: Mapping[int, int], horizon: Horizon, letters_from: date
) -> Requests:
    everything = (1 << len(horizon.product_rows)) - 1
    away = [_days_away(row.unavailable, horizon) for row in rows]
    start = horizon.starts_on
    earliest = _earliest(rows, letters_from)
    return Requests(
        household=np.array([NONE if row.household_id is None else row.household_id for row in rows]),
        age=np.array([age_on(row.birth_date, start) for row in rows]),
        priority=np.array([row.priority for row in rows]),
        lat=np.array([row.lat for row in rows]),
        lon=np.array([row.lon for row in rows]),
        max_km=np.array([row.max_km for row in rows]),
        second_lat=np.array([np.nan if row.second_lat is None else row.second_lat for row in rows]),
        second_lon=np.array([np.nan if row.second_lon is None else row.second_lon for row in rows]),
        products=np.array([accepted.get(row.id, everything) for row in rows]),
        first_product=np.array([horizon.product_rows.get(row.first_product_id, NONE) for row in rows]),
        first_day=np.array([horizon.day(row.first_given_on) if row.first_given_on else 0 for row in rows]),
        earliest=np.array([max(0, horizon.day(day)) if day else 0 for day in earliest]),
        availability=np.array([int(row.availability[::-1], 2) for row in rows]),
        unavailable_at=np.concatenate([[0], np.cumsum([len(days) for days in away], dtype=np.int64)]),
        unavailable_days=np.array([day for days in away for day in days]),
        wheelchair=np.array([row.wheelchair for row in rows]),
    )


def _earliest(rows: Sequence[Columns], letters_from: date) -> list[date | None]:
    """The first day of each: who waits for a letter must have had it, and the household comes with them."""
    by_letter = [row.contact_by is ContactBy.LETTER and not row.by_phone for row in rows]
    slow = {row.household_id for row, waits in zip(rows, by_letter, strict=True) if waits} - {None}
    return [
        max(row.earliest or letters_from, letters_from) if waits or row.household_id in slow else row.earliest
        for row, waits in zip(rows, by_letter, strict=True)
    ]


def _days_away(unavailable: Sequence[str], horizon: Horizon) -> list[int]:
    days = {horizon.day(date.fromisoformat(text)) for text in unavailable}
    return sorted(day for day in days if 0 <= day < horizon.days)
