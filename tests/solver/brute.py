"""The best plan of a tiny problem, by trying every one that could still be better."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from solver.contract import NONE, Problem
from tests.solver.instances import NOTHING, Chosen
from tests.solver.judge import Dose, Judge

ROUNDING = 1e-9
MOST_STEPS = 4_000


class TooLarge(Exception):
    """The search would take longer than a test may."""


@dataclass(frozen=True)
class Share:
    """What the members of a household, or one person, may have, and what it earns them."""

    chosen: dict[int, Chosen]
    worth: float
    doses: list[Dose]


def best_score(problem: Problem) -> float | None:
    """The highest score of a plan that keeps all rules; None where no plan keeps the pinned appointments.

    Raises TooLarge.
    """
    best = best_plan(problem)
    return None if best is None else Judge(problem).score(best)


def best_plan(problem: Problem) -> list[Chosen] | None:
    """A plan with the highest score."""
    search = _Search(problem)
    search.run(0, [], 0.0)
    if search.best is None:
        return None
    taken = {request: mine for share in search.best for request, mine in share.chosen.items()}
    best = [taken[request] for request in range(len(problem.requests))]
    assert not search.judge.broken(best)
    return best


class _Search:
    """Depth first over units; a branch ends where seats, vials or the hope of more run out."""

    def __init__(self, problem: Problem) -> None:
        self.judge = Judge(problem)
        self.units = sorted((_shares(self.judge, members) for members in _units(problem)), key=_spread)
        hope = [max((share.worth for share in unit), default=0.0) for unit in self.units]
        self.hope = [sum(hope[i:]) for i in range(len(hope) + 1)]
        self.free = Counter(self.judge.seats)
        self.free.subtract(a.place for a in self.judge.foreign)
        self.in_stock: dict[frozenset[tuple[tuple[int, int | None, int], int]], bool] = {}
        self.best: list[Share] | None = None
        self.most = float("-inf")
        self.steps = 0

    def run(self, at: int, taken: list[Share], worth: float) -> None:
        if worth + self.hope[at] <= self.most + ROUNDING or not self._possible(taken):
            return
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise TooLarge
        if at == len(self.units):
            self._offer(taken, worth)
            return
        for share in self.units[at]:
            places = [(dose.centre, dose.day, dose.minute) for dose in share.doses]
            self.free.subtract(places)
            self.run(at + 1, [*taken, share], worth + share.worth)
            self.free.update(places)

    def _possible(self, taken: list[Share]) -> bool:
        """Seats and vials are there; who takes more of them cannot mend what lacks."""
        doses = [dose for share in taken for dose in share.doses]
        if min(self.free.values(), default=0) < 0:
            return False
        used = frozenset(Counter((d.centre, d.product, d.day) for d in doses).items())
        if used not in self.in_stock:
            self.in_stock[used] = not any(self.judge.stock(doses))
        return self.in_stock[used]

    def _offer(self, taken: list[Share], worth: float) -> None:
        doses = [dose for share in taken for dose in share.doses]
        wasted = sum(waste for _, waste in self.judge.vials(doses).values())
        score = worth - self.judge.p.policy.wasted_dose * wasted
        if score > self.most and not any(self.judge.capacity(doses)):
            self.best, self.most = taken, score


def _spread(unit: list[Share]) -> tuple[bool, float]:
    """Whoever has no choice goes first, so that hopeless pins are found at once; then who can win most."""
    return len(unit) > 1, -(unit[0].worth - unit[-1].worth) if unit else 0.0


def _units(problem: Problem) -> list[list[int]]:
    together = defaultdict(list)
    for request, household in enumerate(problem.requests.household.tolist()):
        together[("household", household) if household >= 0 else ("alone", request)].append(request)
    return list(together.values())


def _shares(judge: Judge, members: list[int]) -> list[Share]:
    """The best first; of those that take the same seats and doses, only the best.

    A unit with a pinned appointment has only what keeps it.
    """
    nothing = dict.fromkeys(members, NOTHING)
    found: dict[frozenset[tuple[object, int]], Share] = {}
    for chosen in [nothing, *together(judge, members)]:
        doses = [dose for request, mine in chosen.items() for dose in judge.doses_of(request, mine)]
        if _keeps_pins(judge, members, doses):
            worth = sum(sum(judge.earned(request, mine).values()) for request, mine in chosen.items())
            share = Share(chosen, worth, doses)
            uses = frozenset(Counter((d.centre, d.day, d.minute, d.product) for d in doses).items())
            found[uses] = max(found.get(uses, share), share, key=lambda share: share.worth)
    return sorted(found.values(), key=lambda share: -share.worth)


def _keeps_pins(judge: Judge, members: list[int], doses: list[Dose]) -> bool:
    given = Counter((d.request, d.number, (d.centre, d.day, d.minute), d.product) for d in doses)
    return all(
        given[a.request, a.number, a.place, a.product]
        for a in judge.promises
        if a.pinned and a.request in members and a.place[1] >= 0
    )


def together(judge: Judge, members: list[int]) -> Iterator[dict[int, Chosen]]:
    """Choices of all members on one schedule, at one centre and day a dose, side by side."""
    by_days: list[dict[tuple[object, ...], list[Chosen]]] = []
    for request in members:
        mine = defaultdict(list)
        for chosen in alone(judge, request):
            mine[chosen[0], *(judge.slots[slot][:2] if slot >= 0 else None for slot in chosen[1:])].append(
                chosen
            )
        by_days.append(mine)
    for key in by_days[0]:
        for all_of in product(*(mine.get(key, []) for mine in by_days)):
            if len(members) == 1 or judge.side_by_side(list(all_of)):
                yield dict(zip(members, all_of, strict=True))


def alone(judge: Judge, request: int) -> Iterator[Chosen]:
    """What this request could have if it were alone in the world."""
    for schedule in range(len(judge.p.schedules)):
        firsts, seconds = (list(_present(judge, request, schedule, number)) for number in (1, 2))
        for first, second in product(firsts, seconds):
            if not any(judge.person(request, (schedule, first, second))):
                yield schedule, first, second


def _present(judge: Judge, request: int, schedule: int, number: int) -> Iterator[int]:
    """Slots at which the person could be for this dose; NONE, too."""
    yield NONE
    for slot in range(len(judge.slots)):
        chosen = (schedule, slot, NONE) if number == 1 else (schedule, NONE, slot)
        (dose,) = judge.doses_of(request, chosen)
        if not any(judge.presence(request, dose)):
            yield slot
