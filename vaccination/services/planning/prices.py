"""What was scarce in a plan: the worth of one more seat or dose, by place and time, from the plan's prices.

The prices are those that prove the plan's bound: a change gains at most its price times its amount, and about
that much while it is small. What whole vials and rounding make of it, a what-if tells (planning_what_if).
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np

from solver.contract import NONE, Bools, Floats, Ints, Plan, Problem, WhyUnplanned
from solver.measures import band_of, great_circle_km
from vaccination.services.planning.problem import Keys

LEAST_SHARE = 0.01
"""What is worth less than this share of the least urgent person is not kept."""
ALIKE = 0.99
"""Bands whose seats are worth nearly as much as the best band's are named together."""
MOST_ROWS = 2_000
LOOKED_AT = 20_000
"""So many of those left out are looked at, evenly spread; more are counted in proportion."""
_SCARCE = (
    WhyUnplanned.OUT_OF_DOSES,
    WhyUnplanned.OUT_OF_SEATS,
    WhyUnplanned.LOWER_PRIORITY,
    WhyUnplanned.HOUSEHOLD_TOGETHER,
)
Row = dict[str, Any]


def person_points(problem: Problem) -> dict[str, float]:
    """The points of one more person, by priority, without what waiting and travel cost."""
    policy = problem.policy
    return {
        str(rank): float(weight) * policy.reward
        for rank, weight in enumerate(policy.weights.tolist())
        if weight == weight
    }


def price_rows(problem: Problem, keys: Keys, plan: Plan) -> list[Row]:
    """Rows of `PlanPrice` without their run, the dearest first; none where the plan has no prices."""
    prices = plan.prices
    if prices is None or not len(problem.centres):
        return []
    points = [worth for worth in person_points(problem).values() if worth > 0]
    least = LEAST_SHARE * min(points, default=1.0)
    found = [*_seats(problem, prices.seats, least), *_doses(problem, prices.doses, least)]
    found.sort(key=lambda row: -row["price"])
    near = _LeftOutNear(problem, plan)
    return [_named(row, near, keys) for row in found[:MOST_ROWS]]


def _seats(problem: Problem, prices: Floats, least: float) -> Iterator[Row]:
    """Of each centre and week the day on which one more seat is worth most, and the bands where it is."""
    starts = _starts(problem, prices.shape[1])
    # A seat of a band relieves every set of bands with this band in it.
    worth = np.stack(
        [sum(prices[:, :, bands] for bands in range(8) if bands >> band & 1) for band in range(3)], axis=2
    )
    worth = np.where(starts > 0, worth, 0.0)
    best = worth.max(axis=2)
    week = (np.arange(best.shape[1]) + problem.policy.first_weekday) // 7
    for number in np.unique(week).tolist():
        days = np.flatnonzero(week == number)
        day_of = days[best[:, days].argmax(axis=1)]
        for centre in np.flatnonzero(best[np.arange(len(best)), day_of] >= least).tolist():
            day = int(day_of[centre])
            price = float(best[centre, day])
            alike = worth[centre, day] >= ALIKE * price
            bands = sum(1 << band for band in np.flatnonzero(alike).tolist())
            yield {
                "centre": centre, "product": None, "first": day, "last": day, "bands": bands,
                "places": int(starts[centre, day][alike].sum()), "price": price,
            }  # fmt: skip


def _starts(problem: Problem, days: int) -> Ints:
    """Centre × day × band: start times with seats."""
    slots = problem.slots
    starts = np.zeros((len(problem.centres), days, 3), dtype=np.int64)
    open_ = (slots.seats > 0) & (slots.day >= 0) & (slots.day < days)
    np.add.at(starts, (slots.centre[open_], slots.day[open_], band_of(slots.minute[open_])), 1)
    return starts


def _doses(problem: Problem, prices: Floats, least: float) -> Iterator[Row]:
    """Of each centre and product the runs of days on which one more dose may arrive and be worth the same.

    It can be used from its arrival to the last day of the other lots there, so it is worth the best of what
    follows, and never more by coming later.
    """
    lots = problem.lots
    for centre, product in np.argwhere(prices.max(axis=2, initial=0.0) >= least).tolist():
        here = np.flatnonzero((lots.centre == centre) & (lots.product == product) & (lots.doses > 0))
        worth = np.where(_begins(problem, here, prices[centre, product]), prices[centre, product], 0.0)
        worth = np.round(np.maximum.accumulate(worth[::-1])[::-1], 1)
        ends = np.flatnonzero(np.diff(worth, append=-1.0))
        firsts = np.append(0, ends[:-1] + 1)
        for first, last in zip(firsts.tolist(), ends.tolist(), strict=True):
            if worth[first] >= least:
                yield {
                    "centre": centre, "product": product, "first": first, "last": last, "bands": 0,
                    "places": 0, "price": float(worth[first]),
                }  # fmt: skip


def _begins(problem: Problem, lots: Ints, prices: Floats) -> Bools:
    """The days on which a run of days with the same lots, or with the same price, begins.

    A price is that of a dose which can be used on all days of such a run: one that comes in the middle may
    be too late for those who pay the price. Where there is no lot, a price says nothing.
    """
    days = np.arange(len(prices))[:, None]
    usable = (problem.lots.first_day[lots] <= days) & (days <= problem.lots.last_day[lots])
    same = (usable[1:] == usable[:-1]).all(axis=1) & (prices[1:] == prices[:-1])
    return np.append(True, ~same)[: len(prices)] & usable.any(axis=1)


class _LeftOutNear:
    """Of those left out for want of seats or doses: the priority of most in reach, and how many they are."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        left = np.flatnonzero((plan.schedule == NONE) & np.isin(plan.why_unplanned, _SCARCE))
        self.step = max(1, -(-len(left) // LOOKED_AT))
        self.problem, self.rows = problem, left[:: self.step]
        self._known: dict[tuple[int, int | None], tuple[int | None, int]] = {}

    def of(self, centre: int, product: int | None) -> tuple[int | None, int]:
        """The priority (None where nobody is near) and the people."""
        if (centre, product) not in self._known:
            self._known[centre, product] = self._count(centre, product)
        return self._known[centre, product]

    def _count(self, centre: int, product: int | None) -> tuple[int | None, int]:
        q, places, rows = self.problem.requests, self.problem.centres, self.rows
        if product is not None:
            rows = rows[q.products[rows] >> product & 1 == 1]
        km = great_circle_km(q.lat[rows], q.lon[rows], places.lat[centre], places.lon[centre])
        by_priority = np.bincount(q.priority[rows[km <= q.max_km[rows]]], minlength=1)
        most = int(by_priority.argmax())  # of two alike, the more urgent
        people = int(by_priority[most]) * self.step
        return (most, people) if people else (None, 0)


def _named(row: Row, near: _LeftOutNear, keys: Keys) -> Row:
    """Rows of tables turned into ids and dates."""
    product = row["product"]
    priority, people = near.of(row["centre"], product)
    return {
        "centre_id": keys.centre_ids[row["centre"]],
        "product_id": None if product is None else keys.product_ids[product],
        "first_day": keys.starts_on + timedelta(row["first"]),
        "last_day": keys.starts_on + timedelta(row["last"]),
        "bands": row["bands"],
        "places": row["places"],
        "price": round(row["price"], 3),
        "near_priority": priority,
        "near_people": people,
    }
