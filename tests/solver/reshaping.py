"""The same problem with its rows in another order, or with fewer of them."""

from dataclasses import fields, replace
from typing import Any

import numpy as np

from solver.contract import NONE, Ints, Problem, Requests, Slots


def picked(of: Requests, rows: Ints) -> Requests:
    """These requests, in this order."""
    ragged = ("unavailable_at", "unavailable_days")
    columns = {f.name: getattr(of, f.name)[rows] for f in fields(of) if f.name not in ragged}
    away = [of.unavailable_days[of.unavailable_at[r] : of.unavailable_at[r + 1]] for r in rows]
    at = np.cumsum([0, *map(len, away)])
    return Requests(**columns, unavailable_at=at, unavailable_days=np.concatenate([*away, np.zeros(0)]))


def _rows(table: Any, rows: Ints, **columns: Any) -> Any:
    """A table's rows in this order, some columns given anew."""
    return type(table)(**{f.name: getattr(table, f.name)[rows] for f in fields(table)} | columns)


def _new_numbers(order: Ints) -> Ints:
    """New row by old row; none stays none."""
    back = np.argsort(order)
    return np.append(back, NONE)


def reordered(of: Problem, order: Ints) -> Problem:
    """Its requests in another order."""
    promised = _rows(
        of.promised, np.arange(len(of.promised)), request=_new_numbers(order)[of.promised.request]
    )
    return replace(of, requests=picked(of.requests, order), promised=promised)


def without(of: Problem, rows: list[int]) -> Problem:
    """All requests but these, and no promise to them."""
    left = np.setdiff1d(np.arange(len(of.requests)), rows)
    number = np.full(len(of.requests) + 1, NONE)
    number[left] = np.arange(len(left))
    p = of.promised
    kept = np.flatnonzero(~np.isin(p.request, rows))
    promised = _rows(p, kept, request=number[p.request[kept]])
    return replace(of, requests=picked(of.requests, left), promised=promised)


def renumbered(of: Problem, random: np.random.Generator) -> Problem:
    """Every table in another order, every reference following, every household with another number."""
    orders = {
        name: random.permutation(len(getattr(of, name)))
        for name in ("products", "schedules", "centres", "lots", "requests", "promised")
    }
    product, centre = _new_numbers(orders["products"]), _new_numbers(orders["centres"])
    of = reordered(of, orders["requests"])
    q, s, lots, p, z = of.requests, of.schedules, of.lots, of.promised, of.slots
    accepted = sum((q.products >> old & 1) << product[old] for old in range(len(of.products)))
    home = np.where(q.household == NONE, NONE, 1000 - 3 * q.household)
    at = orders["lots"]
    held = orders["promised"]
    return replace(
        of,
        products=_rows(of.products, orders["products"]),
        centres=_rows(of.centres, orders["centres"]),
        schedules=_rows(
            s,
            orders["schedules"],
            first_product=product[s.first_product][orders["schedules"]],
            second_product=product[s.second_product][orders["schedules"]],
        ),
        lots=_rows(lots, at, centre=centre[lots.centre][at], product=product[lots.product][at]),
        promised=_rows(p, held, centre=centre[p.centre][held], product=product[p.product][held]),
        requests=replace(q, household=home, products=accepted, first_product=product[q.first_product]),
        slots=_sorted(z, centre[z.centre]),
    )


def _sorted(z: Slots, centre: Ints) -> Slots:
    order = np.lexsort((z.minute, z.day, centre))
    return Slots(centre[order], z.day[order], z.minute[order], z.seats[order])
