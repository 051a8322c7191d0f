"""A second judge of the planning format, in plain Python over rows: it shares no code with `solver.checks`.

It reads the arrays of a problem, and says which rules a plan breaks and what the plan scores.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from solver.contract import Problem

Chosen = tuple[int, int, int]
"""Schedule, first slot and second slot of a request; -1 where there is none."""


@dataclass(frozen=True)
class Dose:
    request: int
    number: int
    schedule: int
    slot: int
    centre: int
    day: int
    minute: int
    product: int


def haversine(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    a, b, c, d = map(math.radians, (lat1, lon1, lat2, lon2))
    h = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    return 2 * 6371.0088 * math.asin(math.sqrt(h))


class Judge:
    """Rules and score of one problem."""

    def __init__(self, problem: Problem) -> None:
        self.p = problem
        self.foreign = [
            (int(t.centre[i]), int(t.product[i]), int(t.day[i]), int(t.minute[i]))
            for t in [problem.promised]
            for i in range(len(t))
            if t.request[i] == -1 and t.day[i] >= 0
        ]
        self.promises = [
            (int(t.request[i]), int(t.dose[i]), (int(t.centre[i]), int(t.day[i]), int(t.minute[i])), i)
            for t in [problem.promised]
            for i in range(len(t))
            if t.request[i] >= 0
        ]

    def doses(self, chosen: list[Chosen]) -> list[Dose]:
        z, s = self.p.slots, self.p.schedules
        found = []
        for request, (schedule, *slots) in enumerate(chosen):
            for number, slot in enumerate(slots, 1):
                if slot >= 0:
                    product = (
                        (s.first_product, s.second_product)[number - 1][schedule] if schedule >= 0 else -1
                    )
                    at = int(z.centre[slot]), int(z.day[slot]), int(z.minute[slot])
                    found.append(Dose(request, number, schedule, slot, *at, int(product)))
        return found

    def broken(self, chosen: list[Chosen]) -> set[str]:
        doses = self.doses(chosen)
        rules = set(self.seats(doses)) | set(self.stock(doses)) | set(self.households(chosen))
        for request, mine in enumerate(chosen):
            rules |= set(self.person(request, mine, [d for d in doses if d.request == request]))
        return rules | set(self.pins(chosen, doses))

    def seats(self, doses: list[Dose]) -> Iterator[str]:
        taken = Counter((d.centre, d.day, d.minute) for d in doses)
        taken.update((c, d, m) for c, _, d, m in self.foreign)
        z = self.p.slots
        seats = {(int(z.centre[i]), int(z.day[i]), int(z.minute[i])): int(z.seats[i]) for i in range(len(z))}
        if any(many > seats.get(key, 0) for key, many in taken.items()):
            yield "seats"

    def vials(self, doses: list[Dose]) -> dict[tuple[int, int, int], tuple[int, int]]:
        """Vials and wasted doses by centre, product and day."""
        used = Counter((d.centre, d.product, d.day) for d in doses)
        used.update((c, p, d) for c, p, d, _ in self.foreign)
        size = self.p.products.doses_per_vial
        return {key: (math.ceil(n / int(size[key[1]])), -n % int(size[key[1]])) for key, n in used.items()}

    def stock(self, doses: list[Dose]) -> Iterator[str]:
        """Each vial needs a vial of some lot on its day: a matching, found by augmenting paths."""
        lots = self.p.lots
        groups = defaultdict(list)
        for (centre, product, day), (vials, _) in self.vials(doses).items():
            groups[centre, product] += [day] * vials
        for (centre, product), days in groups.items():
            supply = [
                (int(lots.first_day[i]), int(lots.last_day[i]))
                for i in range(len(lots))
                if (lots.centre[i], lots.product[i]) == (centre, product)
                for _ in range(int(lots.doses[i]) // int(self.p.products.doses_per_vial[product]))
            ]
            owner: dict[int, int] = {}
            if not all(self._match(v, days, supply, owner, set()) for v in range(len(days))):
                yield "stock"

    def _match(
        self, v: int, days: list[int], supply: list[tuple[int, int]], owner: dict[int, int], seen: set[int]
    ) -> bool:
        for i, (low, high) in enumerate(supply):
            if low <= days[v] <= high and i not in seen:
                seen.add(i)
                if i not in owner or self._match(owner[i], days, supply, owner, seen):
                    owner[i] = v
                    return True
        return False

    def person(self, request: int, chosen: Chosen, doses: list[Dose]) -> Iterator[str]:
        if not self.whole(request, chosen[0], [d.number for d in doses]):
            yield "pair"
        elif chosen[0] >= 0:
            yield from self.course(request, chosen[0], doses)
            for dose in doses:
                yield from self.presence(request, dose)
            if len({d.centre for d in doses}) > 1 and math.isnan(self.p.requests.second_lat[request]):
                yield "two centres"

    def whole(self, request: int, schedule: int, numbers: list[int]) -> bool:
        """Whether these are just the doses that the schedule owes the person."""
        if schedule < 0:
            return not numbers
        pair = self.p.schedules.second_product[schedule] >= 0
        if self.p.requests.first_product[request] >= 0:
            return bool(pair) and numbers == [2]
        return numbers == ([1, 2] if pair else [1])

    def course(self, request: int, schedule: int, doses: list[Dose]) -> Iterator[str]:
        q, s = self.p.requests, self.p.schedules
        given = int(q.first_product[request])
        begins = int(q.first_day[request]) if given >= 0 else doses[0].day
        if s.second_product[schedule] >= 0:
            gap = doses[-1].day - begins
            if not s.min_days[schedule] <= gap <= s.max_days[schedule]:
                yield "interval"
        if not s.min_age[schedule] <= q.age[request] <= s.max_age[schedule]:
            yield "age"
        if not s.valid_from[schedule] <= begins <= s.valid_to[schedule]:
            yield "validity"
        if given >= 0 and s.first_product[schedule] != given:
            yield "first product"

    def presence(self, request: int, dose: Dose) -> Iterator[str]:
        q = self.p.requests
        if not 0 <= dose.day < self.p.policy.days:
            yield "horizon"
        if dose.day < q.earliest[request]:
            yield "earliest"
        band = 0 if dose.minute < 720 else 1 if dose.minute < 1020 else 2
        weekday = (self.p.policy.first_weekday + dose.day) % 7
        if not int(q.availability[request]) >> (3 * weekday + band) & 1:
            yield "availability"
        if dose.day in q.unavailable_days[q.unavailable_at[request] : q.unavailable_at[request + 1]]:
            yield "away"
        if self.km(request, dose) > q.max_km[request] + 1e-6:
            yield "reach"
        if q.wheelchair[request] and not self.p.centres.wheelchair[dose.centre]:
            yield "wheelchair"
        if not int(q.products[request]) >> dose.product & 1:
            yield "product"

    def km(self, request: int, dose: Dose) -> float:
        q, c = self.p.requests, self.p.centres
        other = dose.number == 2 and not math.isnan(q.second_lat[request])
        lat, lon = (q.second_lat, q.second_lon) if other else (q.lat, q.lon)
        return haversine(lat[request], lon[request], c.lat[dose.centre], c.lon[dose.centre])

    def households(self, chosen: list[Chosen]) -> Iterator[str]:
        z, members = self.p.slots, defaultdict(list)
        for request, household in enumerate(self.p.requests.household.tolist()):
            if household >= 0:
                members[household].append(chosen[request])
        for together in members.values():
            if len({schedule for schedule, _, _ in together}) > 1:
                yield "household"
            for slots in ([c[1] for c in together], [c[2] for c in together]):
                given = [slot for slot in slots if slot >= 0]
                if given and len(given) < len(slots):
                    yield "household"
                places = {(int(z.centre[i]), int(z.day[i])) for i in given}
                minutes = [int(z.minute[i]) for i in given]
                if len(places) > 1 or (minutes and max(minutes) - min(minutes) > 30):
                    yield "household"

    def pins(self, chosen: list[Chosen], doses: list[Dose]) -> Iterator[str]:
        at = {(d.request, d.number): (d.centre, d.day, d.minute, d.product) for d in doses}
        for request, number, place, row in self.promises:
            wanted = (*place, int(self.p.promised.product[row]))
            if self.p.promised.pinned[row] and place[1] >= 0 and at.get((request, number)) != wanted:
                yield "pinned"

    def score(self, chosen: list[Chosen]) -> float:
        p, q, s = self.p.policy, self.p.requests, self.p.schedules
        doses = self.doses(chosen)
        total = -p.wasted_dose * sum(waste for _, waste in self.vials(doses).values())
        for request, (schedule, _, _) in enumerate(chosen):
            if schedule < 0:
                continue
            mine = [d for d in doses if d.request == request]
            waited = mine[0].day - max(int(q.earliest[request]), 0)
            total += float(p.weights[q.priority[request]]) * (p.reward - p.delay_per_day * waited)
            total -= p.km * sum(self.km(request, d) for d in mine)
            if s.second_product[schedule] >= 0:
                begins = int(q.first_day[request]) if q.first_product[request] >= 0 else mine[0].day
                total -= p.interval_per_day * abs(mine[-1].day - begins - int(s.ideal_days[schedule]))
        at = {(d.request, d.number): (d.centre, d.day, d.minute) for d in doses}
        moved = sum(at.get((r, k), place) != place for r, k, place, _ in self.promises)
        dropped = len({r for r, *_ in self.promises if chosen[r][0] < 0})
        return total - p.moved * moved - p.dropped * dropped
