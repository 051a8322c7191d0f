"""Who wishes something else by now than when the plan was made: their proposal is not booked.

Asked after the requests are locked, as whoever changes wishes locks them: either the plan sees the newer
wish, or the wish finds the request planned.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import Select, insert, select
from sqlalchemy.orm import Session

from vaccination.domain.planning import LeftOut
from vaccination.domain.requests import RequestStatus
from vaccination.domain.schedules import interval_holds, may_begin_on
from vaccination.domain.wish_fit import suits
from vaccination.models.planning import Unplanned
from vaccination.models.programmes import Schedule
from vaccination.models.requests import Request, request_product
from vaccination.queries.columns import Columns
from vaccination.services.appointments.seeking import wishes_of
from vaccination.services.planning.wishes import changing_requests

_AT_ONCE = 1000


def otherwise_by_now(
    session: Session, proposals: Sequence[Columns], takers: Mapping[int, RequestStatus], starts_on: date
) -> set[int]:
    """Those takers whose proposal is not what they wish, or what the rules allow, at this moment."""
    waiting = sorted(i for i, status in takers.items() if status is RequestStatus.WAITING)
    wanted: dict[int, Any] = {}
    for some in (waiting[at : at + _AT_ONCE] for at in range(0, len(waiting), _AT_ONCE)):
        wanted |= {row.id: row for row in session.execute(_wishes().where(Request.id.in_(some)))}
    accepted = _accepted(session, waiting)
    changing = takers.keys() - set(waiting)
    for one in changing_requests(session, starts_on, request_ids=changing) if changing else ():
        wanted[one.id], accepted[one.id] = one, set(one.product_ids)
    rules = {row.id: row for row in session.scalars(select(Schedule))}
    return {
        request_id
        for request_id, group in groupby(proposals, key=lambda dose: dose.request_id)
        if request_id in takers
        and not _suits(wanted.get(request_id), accepted[request_id], list(group), rules)
    }


def tell_why(
    session: Session, run_id: int, changed: Collection[int], takers: Mapping[int, RequestStatus]
) -> None:
    """The reason why those who wait have no place by this run."""
    rows = [
        {"plan_run_id": run_id, "request_id": request_id, "reason": LeftOut.WISHES_CHANGED.value}
        for request_id in sorted(changed)
        if takers[request_id] is RequestStatus.WAITING
    ]
    if rows:
        session.execute(insert(Unplanned), rows)


def _wishes() -> Select[*tuple[Any, ...]]:
    return select(
        Request.id, Request.lat, Request.lon, Request.max_km, Request.second_lat, Request.second_lon,
        Request.first_product_id, Request.first_given_on, Request.earliest, Request.availability,
        Request.unavailable, Request.wheelchair,
    ).where(Request.one_dose_enough.is_(False))  # fmt: skip


def _accepted(session: Session, request_ids: Sequence[int]) -> dict[int, set[int]]:
    """Accepted products of each; none means all."""
    found: dict[int, set[int]] = defaultdict(set)
    for start in range(0, len(request_ids), _AT_ONCE):
        rows = session.execute(
            select(request_product.c.request_id, request_product.c.product_id).where(
                request_product.c.request_id.in_(request_ids[start : start + _AT_ONCE])
            )
        )
        for request_id, product_id in rows:
            found[request_id].add(product_id)
    return found


def _suits(
    row: Any, accepted: Collection[int], doses: Sequence[Columns], rules: Mapping[int, Schedule]
) -> bool:
    if row is None:
        return False
    products_suit = not accepted or {dose.product_id for dose in doses} <= set(accepted)
    return (
        products_suit and suits(wishes_of(row), doses) and _is_owed(row, doses, rules[doses[0].schedule_id])
    )


def _is_owed(row: Any, doses: Sequence[Columns], schedule: Schedule) -> bool:
    """Whether these are the doses that the person owes, at the interval that the schedule has now."""
    numbers = [dose.dose_number for dose in doses]
    if row.first_product_id is None:
        owed = list(range(1, schedule.doses + 1))
        first_on = doses[0].day
        starts_well = may_begin_on(schedule, first_on)
    else:
        owed, first_on = [2], row.first_given_on
        starts_well = schedule.first_product_id == row.first_product_id
    if numbers != owed or not starts_well:
        return False
    days = (doses[-1].day - first_on).days
    return schedule.doses == 1 or interval_holds(schedule, days)
