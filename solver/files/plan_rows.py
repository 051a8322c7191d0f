"""The rows of a plan's files: who comes when and where, who does not and why, and what is scarce."""

from collections.abc import Callable, Iterator

import numpy as np

from solver.contract import NONE, Floats, NearestChange, Plan, PlanPrices, Problem, WhyUnplanned
from solver.files.csv_out import Dates, clock, quoted
from solver.files.folder import Keys
from solver.files.reasons import amount_text, code_of, sentence_of

PLAN = "request dose centre product schedule date start"
UNPLANNED = "request code change amount sentence"
PRICES = "kind centre product date bands price"
BANDS = ("morning", "afternoon", "evening")
LEAST_PRICE = 1e-6
"""Smaller prices are the optimiser's rounding."""
LINES_AT_ONCE = 1 << 16


class _Memo(dict[int, str]):
    """Texts by number, each made once: a plan of a million requests repeats its places and times."""

    def __init__(self, text_of: Callable[[int], str]) -> None:
        self.text_of = text_of

    def __missing__(self, number: int) -> str:
        self[number] = text = self.text_of(number)
        return text


def plan_lines(problem: Problem, keys: Keys, plan: Plan) -> Iterator[str]:
    """The lines of `plan.csv` below its header, some thousands in one piece; by request, then by dose."""
    slots = problem.slots
    rows = np.flatnonzero(plan.schedule != NONE)
    both = np.stack([plan.first_slot[rows], plan.second_slot[rows]], axis=1).ravel()
    given = np.flatnonzero(both != NONE)
    slot, who, dose = both[given], rows[given // 2], given % 2
    place = (slots.centre[slot] * len(problem.schedules) + plan.schedule[who]) * 2 + dose
    moment = slots.day[slot] * (24 * 60) + slots.minute[slot]
    requests, places, moments = quoted(keys.requests), _places(problem, keys), _moments(keys)
    for at in range(0, len(slot), LINES_AT_ONCE):
        piece = slice(at, at + LINES_AT_ONCE)
        cells = zip(
            map(requests.__getitem__, who[piece].tolist()),
            map(places.__getitem__, place[piece].tolist()),
            map(moments.__getitem__, moment[piece].tolist()),
            strict=True,
        )
        yield "".join(map("".join, cells))


def _places(problem: Problem, keys: Keys) -> _Memo:
    """Dose, centre, product and schedule, each after a comma."""
    s, many = problem.schedules, len(problem.schedules)
    centres, products, schedules = quoted(keys.centres), quoted(keys.products), quoted(keys.schedules)

    def text_of(place: int) -> str:
        rest, dose = divmod(place, 2)
        centre, schedule = divmod(rest, many)
        product = (s.first_product, s.second_product)[dose][schedule]
        return f",{dose + 1},{centres[centre]},{products[product]},{schedules[schedule]}"

    return _Memo(text_of)


def _moments(keys: Keys) -> _Memo:
    """Date and start, each after a comma, and the end of the line."""
    dates = Dates(keys.start)

    def text_of(moment: int) -> str:
        day, minute = divmod(moment, 24 * 60)
        return f",{dates[day]},{clock(minute)}\n"

    return _Memo(text_of)


def unplanned_rows(keys: Keys, plan: Plan) -> Iterator[tuple[str, str, str, str, str]]:
    """Each request without a place, with the reason and the nearest change that would have helped."""
    rows = np.flatnonzero((plan.schedule == NONE) & (plan.why_unplanned != WhyUnplanned.PLANNED))
    looked = len(plan.nearest_change) > 0
    changes = plan.nearest_change[rows] if looked else np.zeros_like(rows)
    amounts = plan.nearest_amount[rows] if looked else np.zeros(len(rows))
    columns = rows.tolist(), plan.why_unplanned[rows].tolist(), changes.tolist(), amounts.tolist()
    for row, code, number, amount in zip(*columns, strict=True):
        why, change = WhyUnplanned(code), NearestChange(number)
        told = code_of(change), amount_text(change, amount), sentence_of(why, change, amount)
        yield keys.requests[row], code_of(why), *told


def price_rows(keys: Keys, prices: PlanPrices) -> Iterator[tuple[str, str, str, str, str, str]]:
    """What one more seat or dose would add, where it would add anything."""
    dates = Dates(keys.start)
    for centre, day, bands in _dear(prices.seats):
        names = "|".join(name for band, name in enumerate(BANDS) if bands >> band & 1)
        price = f"{prices.seats[centre, day, bands]:.6g}"
        yield "seat", keys.centres[centre], "", dates[day], names, price
    for centre, product, day in _dear(prices.doses):
        price = f"{prices.doses[centre, product, day]:.6g}"
        yield "dose", keys.centres[centre], keys.products[product], dates[day], "", price


def _dear(prices: Floats) -> list[list[int]]:
    found: list[list[int]] = np.argwhere(prices > LEAST_PRICE).tolist()
    return found
