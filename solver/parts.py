"""A region taken apart where nobody links its centres, and the parts' plans put together again.

Two centres are linked where somebody reaches both, or comes to one first and then to the other. What is not
linked, by any chain of people, shares neither a seat nor a dose nor a person: the parts can be planned by
different machines, and the best plan of all is the best plans of each. Scores and bounds add up.
"""

from dataclasses import dataclass, fields, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from solver.contract import (
    NONE,
    Bools,
    Floats,
    Ints,
    Plan,
    PlanPrices,
    PlanStatus,
    Problem,
    Requests,
)
from solver.frozen import Table
from solver.loops.reach import reach
from solver.measures import great_circle_km
from solver.objective import place_of
from solver.pins import REACH_TOLERANCE_KM

CHUNK = 100_000
"""So many people are asked for their centres at once; more would only need more memory."""
Rows = TypeVar("Rows", bound=Table)


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A problem of its own, and which rows of the whole it has."""

    problem: Problem
    requests: Ints
    centres: Ints
    slots: Ints


def split(problem: Problem, at_most: int | None = None) -> list[Part]:
    """The parts of a problem, the one with most requests first; small ones bundled into at most so many."""
    centre, request = _components(problem)
    size = np.bincount(request, minlength=int(centre.max(initial=0)) + 1)
    # A centre to which nobody comes has nothing to be planned: it goes with the largest part.
    bundle = np.full(len(size), int(size.argmax()))
    load: dict[int, int] = {}
    for label in np.argsort(-size, kind="stable").tolist():
        if size[label]:
            full = at_most is not None and len(load) >= at_most
            bundle[label] = min(load, key=lambda other: load[other]) if full else label
            load[int(bundle[label])] = load.get(int(bundle[label]), 0) + int(size[label])
    if len(load) < 2:
        everything = (np.arange(len(t)) for t in (problem.requests, problem.centres, problem.slots))
        return [Part(problem, *everything)]
    labels = sorted(load, key=lambda label: -load[label])
    return [_part(problem, bundle[centre] == label, bundle[request] == label) for label in labels]


def join(problem: Problem, parts: list[Part], plans: list[Plan]) -> Plan:
    """The parts' plans as one plan of the whole; what is proven of each is proven of all."""
    n = len(problem.requests)
    schedule, first, second, why, change = (np.full(n, NONE) for _ in range(5))
    amount = np.zeros(n)
    advised = all(len(plan.nearest_change) == len(plan.schedule) for plan in plans)
    for part, plan in zip(parts, plans, strict=True):
        slots = np.append(part.slots, NONE)
        schedule[part.requests], why[part.requests] = plan.schedule, plan.why_unplanned
        first[part.requests], second[part.requests] = slots[plan.first_slot], slots[plan.second_slot]
        if advised:
            change[part.requests], amount[part.requests] = plan.nearest_change, plan.nearest_amount
    terms = {name: sum(plan.terms[name] for plan in plans) for name in plans[0].terms}
    phases = {name for plan in plans for name in plan.seconds}
    return Plan(
        schedule,
        first,
        second,
        why,
        terms,
        score=sum(plan.score for plan in plans),
        bound=sum(plan.bound for plan in plans),
        status=_status([plan.status for plan in plans]),
        engine="+".join(sorted({plan.engine for plan in plans})),
        notes=_notes(plans),
        seconds={name: max(plan.seconds.get(name, 0.0) for plan in plans) for name in sorted(phases)},
        peak_memory_mb=max(plan.peak_memory_mb for plan in plans),
        prices=_prices(problem, parts, plans),
        nearest_change=change if advised else change[:0],
        nearest_amount=amount if advised else amount[:0],
    )


def _components(problem: Problem) -> tuple[Ints, Ints]:
    """A number for each centre and for each request: the same where they are linked."""
    centres, p = len(problem.centres), problem.promised
    home = np.zeros(len(problem.requests), dtype=np.int64)
    if not centres:
        return np.zeros(0, dtype=np.int64), home
    links = [np.zeros((2, 0), dtype=np.int64)]
    for low in range(0, len(home), CHUNK):
        rows = np.arange(low, min(low + CHUNK, len(home)))
        home[rows], owner, centre = _visits(problem, rows)
        links.append(_distinct(home[owner], centre, centres))
    ours = p.request != NONE
    links.append(_distinct(home[p.request[ours]], p.centre[ours], centres))
    label = _joined(centres, np.concatenate(links, axis=1))
    return label, label[home]


def _visits(problem: Problem, rows: Ints) -> tuple[Ints, Ints, NDArray[np.int32]]:
    """One centre of each of these requests, and every centre that any of them reaches for any dose.

    Who reaches none counts to the nearest: no plan depends on it, but the reason why not does.
    """
    begun = problem.requests.first_product[rows] != NONE
    elsewhere = ~np.isnan(problem.requests.second_lat[rows])
    owner, centre = _reached(problem, rows, begun)
    far = np.flatnonzero(elsewhere & ~begun)
    owner_2, centre_2 = _reached(problem, rows[far], np.ones(len(far), dtype=np.bool_))
    owner, centre = np.concatenate([owner, owner_2]), np.concatenate([centre, centre_2])
    some = np.full(len(problem.requests), NONE)
    some[owner[::-1]] = centre[::-1]
    home = some[rows]
    lost = np.flatnonzero(home == NONE)
    home[lost] = _nearest(problem, rows[lost], begun[lost])
    return home, owner, centre


def _place(problem: Problem, rows: Ints, second: Bools) -> tuple[Floats, Floats]:
    first, other = place_of(problem, rows, False), place_of(problem, rows, True)
    return np.where(second, other[0], first[0]), np.where(second, other[1], first[1])


def _reached(problem: Problem, rows: Ints, second: Bools) -> tuple[Ints, NDArray[np.int32]]:
    """Pairs of request and centre that are near enough."""
    c, q = problem.centres, problem.requests
    asked = (
        np.radians(np.stack(_place(problem, rows, second))),
        np.radians(np.stack([c.lat, c.lon])),
        q.max_km[rows] + REACH_TOLERANCE_KM,
        q.wheelchair[rows],
        c.wheelchair,
    )
    at = np.zeros(len(rows) + 1, dtype=np.int64)
    reach(*asked, at, np.zeros(0, dtype=np.int32), np.zeros(0))
    centre = np.zeros(at[-1], dtype=np.int32)
    if at[-1]:
        reach(*asked, at, centre, np.zeros(at[-1]))
    return np.repeat(rows, np.diff(at)), centre


def _nearest(problem: Problem, rows: Ints, second: Bools) -> Ints:
    c, (lat, lon) = problem.centres, _place(problem, rows, second)
    return np.asarray(great_circle_km(lat[:, None], lon[:, None], c.lat, c.lon).argmin(axis=1))


def _distinct(a: Ints, b: NDArray[np.signedinteger], centres: int) -> Ints:
    """Links between different centres, each once."""
    return np.stack(np.divmod(np.unique(a[a != b] * centres + b[a != b]), centres))


def _joined(centres: int, links: Ints) -> Ints:
    """The lowest centre that each is linked with, by any chain."""
    label = np.arange(centres)
    while True:
        lowest = label.copy()
        for one, other in (links, links[::-1]):
            np.minimum.at(lowest, label[one], label[other])
        lowest = lowest[lowest]
        if (lowest[label] == label).all():
            return label
        label = lowest[label]


def _part(problem: Problem, here: Bools, ours: Bools) -> Part:
    centres, requests = np.flatnonzero(here), np.flatnonzero(ours)
    new_centre, new_request = (np.cumsum(some) - 1 for some in (here, ours))
    slots = np.flatnonzero(here[problem.slots.centre])
    tables = {}
    for name in ("slots", "lots", "promised"):
        table: Table = getattr(problem, name)
        kept = _taken(table, np.flatnonzero(here[table.centre]))  # type: ignore[attr-defined]
        tables[name] = replace(kept, centre=new_centre[kept.centre])  # type: ignore[type-var, attr-defined]
    who = tables["promised"].request  # type: ignore[attr-defined]
    tables["promised"] = replace(
        tables["promised"], request=np.where(who == NONE, NONE, np.append(new_request, NONE)[who])
    )  # type: ignore[type-var]
    cut = replace(
        problem,
        centres=_taken(problem.centres, centres),
        requests=_some_requests(problem.requests, requests),
        **tables,  # type: ignore[arg-type]
    )
    return Part(cut, requests, centres, slots)


def _taken(table: Rows, rows: Ints) -> Rows:
    return type(table)(**{f.name: getattr(table, f.name)[rows] for f in fields(table)})  # type: ignore[arg-type]


def _some_requests(q: Requests, rows: Ints) -> Requests:
    many = np.diff(q.unavailable_at)[rows]
    at = np.concatenate([[0], np.cumsum(many)])
    days = q.unavailable_days[np.arange(at[-1]) + np.repeat(q.unavailable_at[rows] - at[:-1], many)]
    whole = {f.name: getattr(q, f.name) for f in fields(q)}
    return Requests(
        **{name: column[rows] for name, column in whole.items() if not name.startswith("unavailable_")},
        unavailable_at=at,
        unavailable_days=days,
    )


def _status(of_parts: list[PlanStatus]) -> PlanStatus:
    """Optimal where all are; a last resort only where nothing better was found anywhere."""
    if all(status is PlanStatus.OPTIMAL for status in of_parts):
        return PlanStatus.OPTIMAL
    return PlanStatus.FEASIBLE if PlanStatus.FEASIBLE in of_parts else PlanStatus.FALLBACK


def _notes(plans: list[Plan]) -> tuple[str, ...]:
    """Each note once, and of how many parts it is true."""
    notes = [note for plan in plans for note in plan.notes]
    told = [f"{note} (in {notes.count(note)} of {len(plans)} parts)" for note in dict.fromkeys(notes)]
    return (f"planned in {len(plans)} parts that share nobody", *told)


def _prices(problem: Problem, parts: list[Part], plans: list[Plan]) -> PlanPrices | None:
    """The parts' prices, where every part has some."""
    shape = len(problem.centres), problem.policy.days
    seats, doses = np.zeros((*shape, 8)), np.zeros((shape[0], len(problem.products), shape[1]))
    for part, plan in zip(parts, plans, strict=True):
        if plan.prices is None:
            return None
        seats[part.centres], doses[part.centres] = plan.prices.seats, plan.prices.doses
    return PlanPrices(seats, doses)
