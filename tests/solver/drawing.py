"""Small problems drawn at random, with everything that the format knows.

Everything is close together, so that things happen: a week, two centres five kilometres apart, two products
in vials of one to three, intervals of a few days, lots that come late and expire early. Hypothesis chooses
the size and the features, and finds the least of them that make a test fail; a seeded dice does the rest, for
drawn one by one most problems would plan nobody at all.
"""

from dataclasses import dataclass, replace
from random import Random
from typing import Any

import numpy as np
from hypothesis import strategies as st

from solver.contract import ALWAYS, NEVER_AFTER, NEVER_BEFORE, NONE, Problem, Promised
from tests.solver.brute import alone
from tests.solver.instances import NOTHING, SINGLE_DOSE, Chosen, lot, problem, promise, slot
from tests.solver.judge import Judge

FEATURES = (
    "absences",
    "dated schedules",
    "expiry",
    "given first doses",
    "households",
    "movable",
    "outsiders",
    "pins",
    "prices",
    "products",
    "reach",
    "second places",
    "vials",
)
PLACES = [(0.0, 0.0, True), (0.05, 0.0, False)]
MINUTES = [540, 700, 719, 720, 1000, 1019, 1020]
DAYS = 7
MORNINGS = sum(1 << 3 * day for day in range(7))
WEEKS = [ALWAYS, ALWAYS, ALWAYS, ALWAYS ^ 0b111, ALWAYS ^ MORNINGS, MORNINGS | MORNINGS << 1]
Row = dict[str, Any]


@dataclass(frozen=True)
class Size:
    """How much of everything."""

    requests: int
    slots: int


def problems(requests: int = 4, slots: int = 12, without: tuple[str, ...] = ()) -> st.SearchStrategy[Problem]:
    """Whole problems of at most so many requests and slots; `without` names features that are left out."""
    wanted = [feature for feature in FEATURES if feature not in without]
    return st.builds(
        drawn_problem,
        st.integers(0, 2**32 - 1),
        st.builds(Size, st.integers(1, requests), st.integers(slots // 2, slots))
        | st.just(Size(requests, slots)),
        st.frozensets(st.sampled_from(wanted)) | st.just(frozenset(wanted)),
    )


def people(at_most: int) -> st.SearchStrategy[list[Row]]:
    """Requests with every feature that a request has."""

    def rows(seed: int, many: int) -> list[Row]:
        return _people(Random(seed), frozenset(FEATURES), many)

    return st.builds(rows, st.integers(0, 2**32 - 1), st.integers(1, at_most))


def drawn_problem(seed: int, size: Size, features: frozenset[str]) -> Problem:
    """One problem; a pinned appointment may make it one that is refused."""
    dice = Random(seed)
    vials = dice.choice([(1, 2), (2, 3), (3, 1)]) if "vials" in features else (1, 1)
    of = problem(
        requests=_people(dice, features, size.requests),
        slots=_slots(dice, size.slots, features),
        lots=_lots(dice, size.requests, vials, features),
        schedules=_schedules(dice, features),
        centres=PLACES,
        vials=vials,
        **(_prices(dice) if "prices" in features else {"days": DAYS}),
    )
    held = _outsiders(dice, of) if "outsiders" in features else []
    held += _promises(dice, of, features)
    columns = zip(*held, strict=True) if held else [[] for _ in range(7)]
    return replace(of, promised=Promised(*map(np.array, columns)))


def _schedules(dice: Random, features: frozenset[str]) -> list[Row]:
    """A pair of the first product is always among them."""
    ways = [(0, 0)]
    if "products" in features:
        ways += dice.sample([(0, 1), (1, 0), (1, 1), (0, NONE), (1, NONE), (0, 0)], 2)
    rows = []
    for first, second in ways:
        low = dice.randint(1, 2)
        row: Row = {"first_product": first, "second_product": second, "min_days": low}
        row |= {"max_days": low + dice.randint(1, 3), "ideal_days": low + dice.randint(0, 2)}
        if "dated schedules" in features and dice.random() < 0.4:
            row["valid_from"] = dice.choice([NEVER_BEFORE, NEVER_BEFORE, 1, 2])
            row["valid_to"] = dice.choice([NEVER_AFTER, NEVER_AFTER, 3, 2])
            row["min_age"] = dice.choice([NEVER_BEFORE, NEVER_BEFORE, 50])
            row["max_age"] = dice.choice([NEVER_AFTER, NEVER_AFTER, 60])
        rows.append(row | (SINGLE_DOSE if second == NONE else {}))
    return rows


def _people(dice: Random, features: frozenset[str], many: int) -> list[Row]:
    rows: list[Row] = []
    while len(rows) < many:
        rows += _household(dice, features, many - len(rows), len(rows))
    return rows


def _household(dice: Random, features: frozenset[str], at_most: int, number: int) -> list[Row]:
    """One person, or some who live together."""
    row: Row = {"lat": dice.choice([0.0, 0.0, 0.02])}
    if "absences" in features:
        row["availability"] = dice.choice(WEEKS)
        row["earliest"] = dice.choice([0, 0, 0, 1, -4])
        row["unavailable"] = dice.choice([(), (), (), (0,), (3, 4), (-1, 2, 30)])
    if "reach" in features:
        row |= {"lat": dice.choice([0.0, 0.02, 0.02, 0.05]), "max_km": dice.choice([10.0, 10.0, 10.0, 3.0])}
    if "products" in features:
        row["products"] = dice.choice([None, None, (0,), (0,), (1,)])
    if "given first doses" in features and dice.random() < 0.3:
        row |= {"first_product": dice.randint(0, 1), "first_day": -dice.randint(0, 2)}
    if "second places" in features and dice.random() < 0.3:
        row |= {"second_lat": dice.choice([0.0, 0.05, 0.1]), "second_lon": 0.0}
    size = min(dice.choice([1, 1, 1, 1, 2, 3]), at_most) if "households" in features else 1
    if size > 1 or ("households" in features and dice.random() < 0.1):
        row["household"] = 7 + number
    return [row | _own(dice, features) for _ in range(size)]


def _own(dice: Random, features: frozenset[str]) -> Row:
    """What is anyone's own, even in a household."""
    return {
        "age": dice.choice([30, 55, 70]),
        "priority": dice.choice([1, 2, 3, 5]),
        "wheelchair": "reach" in features and dice.random() < 0.15,
    }


def _slots(dice: Random, many: int, features: frozenset[str]) -> list[tuple[int, int, int, int]]:
    """Most days of the first centre, some of the second; with dated things also outside the horizon."""
    days = [*range(DAYS), *((-1, DAYS, DAYS + 1) if "expiry" in features else ())]
    centres = [0, 0, 0, 1] if "reach" in features or "second places" in features else [0]
    found: dict[tuple[int, int, int], int] = {}
    while len(found) < many:
        day, minute, centre = dice.choice(days), dice.choice(MINUTES), dice.choice(centres)
        for step in dice.choice([(0,), (0, 10), (0, 30), (0, 31)]):
            seats = dice.choice([1, 2, 3, 4]) if dice.random() < 0.95 else 0
            found.setdefault((day, minute + step, centre), seats)
    return [slot(day, minute, seats, centre) for (day, minute, centre), seats in found.items()]


def _lots(
    dice: Random, people: int, vials: tuple[int, ...], features: frozenset[str]
) -> list[tuple[int, int, int, int, int]]:
    """Between nothing and enough."""
    found = []
    for centre in (0, 1):
        for product in (0, 1):
            for _ in range(dice.choice([1, 2, 2]) if (centre, product) == (0, 0) else dice.choice([0, 1])):
                low, high = 0, 400
                if "expiry" in features:
                    low = dice.choice([0, 0, -2, 1, 3])
                    high = max(low, dice.choice([400, 6, 5, 4, 2]))
                doses = vials[product] * dice.randint(1, max(1, people))
                found.append(lot(doses, low, high, product, centre))
    return found


def _prices(dice: Random) -> Row:
    return {
        "delay_per_day": dice.choice([0.5, 0, 10]),
        "km": dice.choice([0.2, 0, 7]),
        "interval_per_day": dice.choice([0.3, 0, 20]),
        "moved": dice.choice([20, 0, 1]),
        "dropped": dice.choice([200, 0, 5000]),
        "wasted_dose": dice.choice([1, 0, 30, 900]),
        "lottery": dice.randint(0, 3),
        "first_weekday": dice.choice([0, 3, 6]),
        "days": dice.choice([DAYS, DAYS - 1]),
    }


def _outsiders(dice: Random, of: Problem) -> list[Any]:
    """Somebody else holds a seat, and a dose that is there for it; somebody else's is history."""
    z, lots = of.slots, of.lots
    pairs = [
        promise(
            NONE,
            1,
            int(z.day[s]),
            minute=int(z.minute[s]),
            pinned=True,
            centre=int(z.centre[s]),
            product=int(lots.product[i]),
        )
        for s in range(len(z))
        for i in range(len(lots))
        if z.seats[s]
        and z.day[s] >= 0
        and z.centre[s] == lots.centre[i]
        and lots.first_day[i] <= z.day[s] <= lots.last_day[i]
    ]
    history = promise(NONE, 1, -3, pinned=dice.random() < 0.5)
    return [*dice.sample(pairs, min(len(pairs), 1)), history]


def _promises(dice: Random, of: Problem, features: frozenset[str]) -> list[Any]:
    """Mostly what the person could have had when it was promised; now and then what nobody can keep."""
    judge, found = Judge(of), []
    for request in range(len(of.requests)):
        pinned = "pins" in features and dice.random() < 0.15
        if not pinned and ("movable" not in features or dice.random() < 0.6):
            continue
        doses = judge.doses_of(request, _promised(dice, of, list(alone(judge, request))))
        for dose in doses[: dice.randint(1, 2)]:
            late = 0 if pinned or dice.random() < 0.8 else 1
            place = {"minute": dose.minute, "centre": dose.centre, "product": dose.product or 0}
            found.append(promise(request, dose.number, dose.day + late, pinned=pinned, **place))
    return found


def _promised(dice: Random, of: Problem, possible: list[Chosen]) -> Chosen:
    if possible and dice.random() < 0.95:
        return dice.choice(possible)
    if dice.random() < 0.3:
        return dice.randrange(len(of.schedules)), dice.randrange(len(of.slots)), NONE
    return NOTHING
