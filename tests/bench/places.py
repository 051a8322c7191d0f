"""How many pairs a second take their two seats and two doses on PostgreSQL, a transaction each."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from tests.bench.figures import Figure
from tests.builders import TODAY, make_budget, make_centre, make_product, make_slots
from vaccination.db import transaction
from vaccination.services.appointments.places import Places, take

_PAIRS = 2000
_CENTRES = 10


def measure() -> Iterator[Figure]:
    """One booking after the other, then four at a time on the same rows."""
    wanted = _wanted()
    for workers in (1, 4):
        started = time.perf_counter()
        with ThreadPoolExecutor(workers) as pool:
            assert sum(pool.map(_take, wanted)) == _PAIRS
        rate = _PAIRS / (time.perf_counter() - started)
        yield Figure(f"pairs a second, {workers} at a time", rate, "1/s")


def _take(places: Places) -> bool:
    with transaction() as session:
        take(session, places)
    return True


def _wanted() -> list[Places]:
    """Two days at ten centres with room for all."""
    with transaction() as session:
        product = make_product(session)
        pairs = []
        for _ in range(_CENTRES):
            centre = make_centre(session)
            days = (TODAY, TODAY + timedelta(28))
            slots = [make_slots(session, centre, day, slots=40, seats=1000) for day in days]
            budgets = [make_budget(session, centre, product, day, doses=4 * _PAIRS).id for day in days]
            pairs += [
                Places({first.id: 1, second.id: 1}, dict.fromkeys(budgets, 1))
                for first, second in zip(*slots, strict=True)
            ]
    return [pairs[number % len(pairs)] for number in range(_PAIRS)]
