"""One solve: its clock, the best plan so far, and what is proven."""

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from solver.contract import (
    NONE,
    Fault,
    Ints,
    OnProgress,
    Params,
    Plan,
    PlanPrices,
    PlanStatus,
    Problem,
    ProblemRefused,
    Progress,
)
from solver.explaining.explain import Explained
from solver.objective import terms_of
from solver.prices import Prices

OPTIMAL = 1e-6
Slots = tuple[Ints, Ints, Ints]
"""Schedule, first slot and second slot of every request."""


def ignore(progress: Progress) -> None:
    """Nobody listens."""


def memory_mb() -> float:
    """The most memory that this process has had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@dataclass
class Run:
    """What the engines share: they offer plans and prove bounds until time ends."""

    problem: Problem
    params: Params
    on_progress: OnProgress = ignore
    started: float = field(default_factory=time.monotonic)
    seconds: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    bound: float = np.inf
    score: float = -np.inf
    slots: Slots | None = None
    explained: Explained | None = None
    """Reasons and nearest changes, for the best plan."""
    proof: Prices | None = None
    """What seats and doses cost: the prices that prove the bound, or finer ones learnt after them."""
    engine: str = "baseline"
    why_not: str = ""
    """Why a small problem is not proven optimal, if it is not in the end."""
    is_full: bool = False
    """Memory has ended."""

    def __post_init__(self) -> None:
        p = self.problem.promised
        self._held = np.unique(p.request[p.pinned & (p.day >= 0) & (p.request != NONE)])

    def deadline(self, share: float) -> float:
        """The moment (monotonic clock) at which that share of the time limit is over."""
        return self.started + self.params.time_limit_s * share

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Count the seconds of a phase, and tell when it has ended."""
        begun = time.monotonic()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.monotonic() - begun
            self.tell(name)

    def tell(self, phase: str) -> None:
        """A word to whoever listens. Raises MemoryError where more is in use than the caller allows."""
        elapsed = time.monotonic() - self.started
        self.on_progress(Progress(phase, self.score, self.bound, elapsed))
        if self.slots is not None and not self.is_full and memory_mb() > self.params.memory_mb:
            self.is_full = True
            raise MemoryError(f"more than {self.params.memory_mb} MB")

    def prove(self, bound: float) -> None:
        """No plan scores more than this."""
        if bound < self.bound:
            self.bound = bound
            self.tell("relaxation")

    @property
    def proven(self) -> bool:
        """Whether the best plan is known to be optimal."""
        return self.bound - self.score <= OPTIMAL * max(1.0, abs(self.bound))

    def offer(self, slots: Slots, engine: str) -> bool:
        """Keep the plan if it is the best so far and leaves nobody out who must be planned."""
        if (slots[0][self._held] == NONE).any():
            return False
        score = sum(terms_of(self.problem, *slots).values())
        # Among equals the race's plan gives way: who asked first plays no part.
        even = self.engine == "baseline" != engine and score >= self.score - OPTIMAL
        if score <= self.score and not even:
            return False
        self.slots, self.score, self.engine = slots, score, engine
        return True

    def refuse(self, hopeless: Ints) -> ProblemRefused:
        """These requests' pinned appointments (all, if none is named) cannot be completed to a plan."""
        p = self.problem.promised
        who = hopeless if len(hopeless) else self._held
        rows = np.flatnonzero(p.pinned & (p.day >= 0) & np.isin(p.request, who))
        words = "cannot be kept together with the other dose, the household or the other pinned appointments"
        return ProblemRefused([Fault("promised", int(row), "start", "unkept", words) for row in rows])

    def assemble(self, wanted: str = "") -> Plan:
        """The best plan, with what is known of it."""
        if self.slots is None:
            raise self.refuse(np.zeros(0, dtype=np.int64))
        terms = terms_of(self.problem, *self.slots)
        score = sum(terms.values())
        bound = max(self.bound, score)
        self.bound, self.score = bound, score
        status = PlanStatus.OPTIMAL if self.proven else PlanStatus.FEASIBLE
        if self.why_not and status is not PlanStatus.OPTIMAL:
            self.notes.append(f"not proven optimal: {self.why_not}")
        if self.engine == "baseline" != wanted and status is not PlanStatus.OPTIMAL:
            status = PlanStatus.FALLBACK
            self.notes.append("no better plan than first come, first served was found in time")
        if self.explained is None:
            raise AssertionError("the plan has not been explained")
        told = self.explained
        self.seconds["total"] = time.monotonic() - self.started
        prices = PlanPrices(self.proof.seats, self.proof.doses) if self.proof else None
        return Plan(
            *self.slots, told.why, terms, score, bound, status, self.engine, tuple(self.notes), self.seconds,
            memory_mb(), prices, told.change, told.amount,
        )  # fmt: skip
