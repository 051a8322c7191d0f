"""What the planner is given and what it gives back: tables of numpy columns, and nothing else.

Row numbers are the only names. Whoever makes a `Problem` keeps the keys (which person is row 17) and
reads the `Plan` with them. A day is a whole number counted from the planning start, so a negative day is
history. A minute is counted from midnight, in local time. Every array is read-only from birth.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeAlias

import numpy as np

from solver.codes import NearestChange as NearestChange
from solver.codes import PlanStatus as PlanStatus
from solver.codes import WhyUnplanned as WhyUnplanned
from solver.frozen import Bools as Bools
from solver.frozen import Floats as Floats
from solver.frozen import Ints as Ints
from solver.frozen import Table, freeze

NONE = -1
"""The row number, product or slot of something that is not there."""
NEVER_BEFORE, NEVER_AFTER = -(10**6), 10**6
"""The ends of a range of days or ages that has none."""
ALWAYS = (1 << 21) - 1
"""Every half-day and evening of the week: the availability of who can always come."""
HOUSEHOLD_MINUTES = 30
"""All starts of a household's dose lie within so many minutes."""


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """The horizon and the prices that make one plan better than another."""

    days: int
    first_weekday: int
    """Weekday of day 0; Monday is 0."""
    weights: Floats
    """Weight by priority; index 0 is not used, a priority without weight is NaN."""
    reward: float
    delay_per_day: float
    km: float
    interval_per_day: float
    moved: float
    dropped: float
    wasted_dose: float
    lottery: int

    def __post_init__(self) -> None:
        freeze(self, {"weights": np.float64})
        # A whole number for a price would have every loop compiled for whole numbers.
        for price in ("reward", "delay_per_day", "km", "interval_per_day", "moved", "dropped", "wasted_dose"):
            object.__setattr__(self, price, float(getattr(self, price)))


@dataclass(frozen=True, slots=True, eq=False)
class Products(Table):
    """Vaccines."""

    doses_per_vial: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Schedules(Table):
    """The ways in which a person can be vaccinated: one or two doses, and the days between them."""

    first_product: Ints
    second_product: Ints
    """NONE where a single dose completes it."""
    min_age: Ints
    max_age: Ints
    min_days: Ints
    ideal_days: Ints
    max_days: Ints
    valid_from: Ints
    valid_to: Ints
    """First-dose days for which the row holds, inclusive."""


@dataclass(frozen=True, slots=True, eq=False)
class Centres(Table):
    """Vaccination centres, in degrees (WGS84)."""

    lat: Floats
    lon: Floats
    wheelchair: Bools


@dataclass(frozen=True, slots=True, eq=False)
class Slots(Table):
    """Start times with seats, sorted by centre, day and minute without repetition."""

    centre: Ints
    day: Ints
    minute: Ints
    seats: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Lots(Table):
    """Doses that lie at a centre and can be used from `first_day` to `last_day`, both inclusive."""

    centre: Ints
    product: Ints
    doses: Ints
    first_day: Ints
    last_day: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Requests(Table):
    """One row a person who asks to be vaccinated."""

    household: Ints
    """One number for all members of a household; NONE is alone."""
    age: Ints
    priority: Ints
    lat: Floats
    lon: Floats
    max_km: Floats
    second_lat: Floats
    second_lon: Floats
    """NaN where the second dose is sought from the same place as the first."""
    products: Ints  # bit p is set where product p is accepted
    first_product: Ints
    """The first dose already given elsewhere, else NONE."""
    first_day: Ints
    """The day on which it was given; 0 where there was none."""
    earliest: Ints
    availability: Ints
    """21 bits; bit 3 * weekday + band, bands being morning, afternoon and evening."""
    unavailable_at: Ints
    """Row r cannot come on `unavailable_days[unavailable_at[r] : unavailable_at[r + 1]]`."""
    unavailable_days: Ints
    wheelchair: Bools

    def __post_init__(self) -> None:
        ragged = {"unavailable_at", "unavailable_days"}
        kinds: dict[Any, type] = {Ints: np.int64, Floats: np.float64, Bools: np.bool_}
        freeze(self, {f.name: kinds[f.type] for f in fields(self) if f.name not in ragged})
        for name in ragged:
            freeze(self, {name: np.int64})
        at = self.unavailable_at
        if (
            len(at) != len(self) + 1
            or at[0] != 0
            or at[-1] != len(self.unavailable_days)
            or (np.diff(at) < 0).any()
        ):
            raise ValueError("Requests.unavailable_at does not cut unavailable_days into one piece a row")


@dataclass(frozen=True, slots=True, eq=False)
class Promised(Table):
    """Appointments that people already hold, or that belong to people outside this problem."""

    request: Ints
    """NONE for somebody who is not in the problem: then it is pinned, and uses its seat and its dose."""
    dose: Ints
    centre: Ints
    product: Ints
    day: Ints
    minute: Ints
    pinned: Bools


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Everything that the planner may know."""

    policy: Policy
    products: Products
    schedules: Schedules
    centres: Centres
    slots: Slots
    lots: Lots
    requests: Requests
    promised: Promised


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a problem: table, row, column, and the reason as a code and in words."""

    table: str
    row: int
    column: str
    code: str
    words: str


class ProblemRefused(ValueError):
    """The problem contradicts itself; nothing has been planned. Holds every fault found."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(f"{f.table}[{f.row}].{f.column}: {f.words}" for f in faults[:20]))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Params:
    """What the caller allows: time, cores, memory; and the seed that makes a run repeatable."""

    time_limit_s: float = 60.0
    seed: int = 0
    workers: int = 1
    memory_mb: int = 4096
    engine: str = "auto"
    """`small` or `large` on purpose; `auto` goes by the number of persons and households."""


@dataclass(frozen=True, slots=True, eq=False)
class PlanPrices:
    """What one more seat or dose would add to the score, by the relaxation's dual values.

    Exact for small changes of the relaxation; what whole vials and rounding make of it, a re-solve tells.
    """

    seats: Floats
    """Centre × day × set of bands (0 to 7): one more seat in some band of the set."""
    doses: Floats
    """Centre × product × day: one more dose that can be used on that day."""

    def __post_init__(self) -> None:
        for name in ("seats", "doses"):
            column = np.array(getattr(self, name), dtype=np.float64)
            column.setflags(write=False)
            object.__setattr__(self, name, column)


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """For each request a schedule and a slot a dose, or the reason why not."""

    schedule: Ints
    """NONE where the request is not planned."""
    first_slot: Ints
    second_slot: Ints
    """Row of `Slots`; NONE where the plan gives no such dose."""
    why_unplanned: Ints
    """A `WhyUnplanned` a request."""
    terms: Mapping[str, float]
    """The score, split by what earned or cost it; costs are negative."""
    score: float
    bound: float
    """No plan that keeps the rules can score more than this."""
    status: PlanStatus
    engine: str
    notes: tuple[str, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    """Wall time by phase; `total` is all of it."""
    peak_memory_mb: float = 0.0
    prices: PlanPrices | None = None
    """The prices that prove the bound; None where a plan was made without any."""
    nearest_change: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """A `NearestChange` a request; empty where nobody has looked."""
    nearest_amount: Floats = field(default_factory=lambda: np.zeros(0))
    """How much of it; 0 where it has no amount."""

    def __post_init__(self) -> None:
        freeze(self, dict.fromkeys(("schedule", "first_slot", "second_slot", "why_unplanned"), np.int64))
        freeze(self, {"nearest_change": np.int64, "nearest_amount": np.float64})

    @property
    def gap(self) -> float:
        """How much better, at most, the best plan could be, as a share of the bound."""
        return (self.bound - self.score) / abs(self.bound) if self.bound else 0.0


@dataclass(frozen=True, slots=True)
class Progress:
    """A word from a running solve."""

    phase: str
    score: float
    bound: float
    seconds: float


OnProgress: TypeAlias = Callable[[Progress], None]
