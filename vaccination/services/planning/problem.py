"""A region as a planning problem: column selects turned into arrays, ids kept aside (ADR 0024)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from solver.contract import (
    NEVER_AFTER,
    NEVER_BEFORE,
    NONE,
    Centres,
    Floats,
    Ints,
    Policy,
    Problem,
    Products,
    Schedules,
)
from vaccination.domain.planning import LeftOut
from vaccination.errors import NotFound
from vaccination.models.centres import Centre
from vaccination.models.planning import PlanRun
from vaccination.models.programmes import Product, Programme, Schedule
from vaccination.queries.supply import Shelf
from vaccination.services.planning.people import load_requests
from vaccination.services.planning.supply import Horizon, load_offer
from vaccination.services.telling.letter_batches import letters_read_from


class NoSuchRun(NotFound):
    """There is no such plan run."""

    code = "no_such_run"


class NoSuchProgramme(NotFound):
    """There is no such programme."""

    code = "no_such_programme"


@dataclass(frozen=True, slots=True, eq=False)
class Keys:
    """The ids behind the row numbers of a problem. They stay with us; the planner never sees them."""

    starts_on: date
    product_ids: Sequence[int]
    schedule_ids: Sequence[int]
    centre_ids: Sequence[int]
    slot_ids: Ints
    lot_ids: Sequence[int]
    request_ids: Ints
    promised_requests: Sequence[int]
    left_out: Mapping[int, LeftOut]
    short: tuple[Shelf, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """What is planned: a programme's waiting requests over some days."""

    programme_id: int
    starts_on: date
    days: int
    lottery_seed: int


def load_problem(session: Session, run_id: int, *, now: datetime) -> tuple[Problem, Keys]:
    """The problem of a run as the store has it at this moment; call it inside a snapshot."""
    run = session.execute(
        select(PlanRun.programme_id, PlanRun.starts_on, PlanRun.days, PlanRun.lottery_seed).where(
            PlanRun.id == run_id
        )
    ).one_or_none()
    if run is None:
        raise NoSuchRun
    return load_scope(session, Scope(*run), now=now)


def load_scope(session: Session, scope: Scope, *, now: datetime) -> tuple[Problem, Keys]:
    """The problem of a programme over these days."""
    programme = session.get(Programme, scope.programme_id)
    if programme is None:
        raise NoSuchProgramme
    horizon, products, centres = _places(session, scope)
    schedules, schedule_ids = _schedules(session, scope.programme_id, horizon)
    offer = load_offer(session, horizon, now)
    letters_from = letters_read_from(session, scope.programme_id, today=now.date())
    asking = load_requests(session, scope.programme_id, horizon, letters_from)
    problem = Problem(
        policy=_policy(programme, scope),
        products=products,
        schedules=schedules,
        centres=centres,
        slots=offer.slots,
        lots=offer.lots,
        requests=asking.requests,
        promised=offer.promised,
    )
    return problem, Keys(
        starts_on=scope.starts_on,
        product_ids=list(horizon.product_rows),
        schedule_ids=schedule_ids,
        centre_ids=list(horizon.centre_rows),
        slot_ids=np.array(offer.slot_ids, dtype=np.int64),
        lot_ids=offer.lot_ids,
        request_ids=np.array(asking.request_ids, dtype=np.int64),
        promised_requests=offer.promised_requests,
        left_out=asking.left_out,
        short=offer.short,
    )


def _places(session: Session, scope: Scope) -> tuple[Horizon, Products, Centres]:
    """All products and centres, also closed ones: people may hold appointments there."""
    products = session.execute(select(Product.id, Product.doses_per_vial).order_by(Product.id)).all()
    centres = session.execute(
        select(Centre.id, Centre.lat, Centre.lon, Centre.wheelchair).order_by(Centre.id)
    ).all()
    horizon = Horizon(
        starts_on=scope.starts_on,
        days=scope.days,
        centre_rows={centre.id: row for row, centre in enumerate(centres)},
        product_rows={product.id: row for row, product in enumerate(products)},
        doses_per_vial={product.id: product.doses_per_vial for product in products},
    )
    table = Centres(
        lat=np.array([centre.lat for centre in centres]),
        lon=np.array([centre.lon for centre in centres]),
        wheelchair=np.array([centre.wheelchair for centre in centres]),
    )
    return horizon, Products(np.array([product.doses_per_vial for product in products])), table


def _policy(programme: Programme, scope: Scope) -> Policy:
    weights: Floats = np.full(10, np.nan)
    for rank, weight in programme.weights.items():
        weights[int(rank)] = weight
    return Policy(
        days=scope.days,
        first_weekday=scope.starts_on.weekday(),
        weights=weights,
        reward=programme.reward,
        delay_per_day=programme.delay_per_day,
        km=programme.km,
        interval_per_day=programme.interval_per_day,
        moved=programme.moved,
        dropped=programme.dropped,
        wasted_dose=programme.wasted_dose,
        lottery=scope.lottery_seed,
    )


def _schedules(session: Session, programme_id: int, horizon: Horizon) -> tuple[Schedules, list[int]]:
    rows = session.scalars(
        select(Schedule)
        .where(Schedule.programme_id == programme_id, Schedule.only_if_enough.is_(False))
        .order_by(Schedule.id)
    ).all()

    def day(on: date | None, otherwise: int) -> int:
        return otherwise if on is None else horizon.day(on)

    def column(values: Sequence[Any]) -> Ints:
        return np.array(values, dtype=np.int64)

    table = Schedules(
        first_product=column([horizon.product_rows[s.first_product_id] for s in rows]),
        second_product=column([horizon.product_rows.get(s.second_product_id or 0, NONE) for s in rows]),
        min_age=column([NEVER_BEFORE if s.min_age is None else s.min_age for s in rows]),
        max_age=column([NEVER_AFTER if s.max_age is None else s.max_age for s in rows]),
        min_days=column([s.min_days or 0 for s in rows]),
        ideal_days=column([s.ideal_days or 0 for s in rows]),
        max_days=column([s.max_days or 0 for s in rows]),
        valid_from=column([day(s.valid_from, NEVER_BEFORE) for s in rows]),
        valid_to=column([day(s.valid_to, NEVER_AFTER) for s in rows]),
    )
    return table, [s.id for s in rows]
