"""A second judge of the planning format, in plain Python over rows: it shares no code with `solver`.

It reads the arrays of a problem as the document reads the files, and says which rules a plan breaks and what
the plan scores, term by term. Its rules bear the names that `solver.checks` gives to its breaches.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from solver.contract import Problem
from tests.solver.instances import Chosen

TOLERANCE = 1e-6
Vials = dict[tuple[int, int, int], tuple[int, int]]
"""Vials opened and doses wasted, by centre, product and day."""


@dataclass(frozen=True)
class Dose:
    """One planned dose; the product is None where the schedule owes no such dose."""

    request: int
    number: int
    centre: int
    day: int
    minute: int
    product: int | None


@dataclass(frozen=True)
class Promise:
    """One row of the appointments."""

    request: int
    number: int
    place: tuple[int, int, int]
    product: int
    pinned: bool


def haversine(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    a, b, c, d = map(math.radians, (lat1, lon1, lat2, lon2))
    h = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    return 2 * 6371.0088 * math.asin(math.sqrt(h))


class Judge:
    """Rules and score of one problem."""

    def __init__(self, problem: Problem) -> None:
        self.p, t, z = problem, problem.promised, problem.slots
        rows = zip(
            t.request.tolist(),
            t.dose.tolist(),
            zip(t.centre.tolist(), t.day.tolist(), t.minute.tolist(), strict=True),
            t.product.tolist(),
            t.pinned.tolist(),
            strict=True,
        )
        promises = [Promise(*row) for row in rows]
        self.foreign = [a for a in promises if a.request == -1 and a.place[1] >= 0]
        self.promises = [a for a in promises if a.request >= 0]
        self.slots = list(zip(z.centre.tolist(), z.day.tolist(), z.minute.tolist(), strict=True))
        self.seats = dict(zip(self.slots, z.seats.tolist(), strict=True))

    # What a plan gives

    def doses(self, chosen: list[Chosen]) -> list[Dose]:
        return [dose for request, mine in enumerate(chosen) for dose in self.doses_of(request, mine)]

    def doses_of(self, request: int, chosen: Chosen) -> list[Dose]:
        products = self.products(chosen[0])
        return [
            Dose(request, number, *self.slots[slot], products[number - 1])
            for number, slot in enumerate(chosen[1:], 1)
            if slot >= 0
        ]

    def products(self, schedule: int) -> tuple[int | None, int | None]:
        if schedule < 0:
            return None, None
        s = self.p.schedules
        first, second = int(s.first_product[schedule]), int(s.second_product[schedule])
        return first, second if second >= 0 else None

    def vials(self, doses: list[Dose]) -> Vials:
        """A vial opened on a day is used up on that day: doses are rounded up to whole vials."""
        used = Counter((d.centre, d.product, d.day) for d in doses if d.product is not None)
        used.update((a.place[0], a.product, a.place[1]) for a in self.foreign)
        size = self.p.products.doses_per_vial.tolist()
        return {key: (-(-n // size[key[1]]), -n % size[key[1]]) for key, n in used.items()}

    def draws(self, vials: Vials) -> tuple[list[tuple[int, int, int]], bool]:
        """Day by day from the lot that expires first: (lot, day, vials), and whether that was enough."""
        lots, size = self.p.lots, self.p.products.doses_per_vial
        left = [int(lots.doses[i]) // int(size[lots.product[i]]) for i in range(len(lots))]
        first_expired = sorted(range(len(lots)), key=lambda i: (lots.last_day[i], lots.first_day[i], i))
        drawn, enough = [], True
        for (centre, product, day), (need, _) in sorted(vials.items(), key=lambda use: use[0][2]):
            for i in first_expired:
                here = (lots.centre[i], lots.product[i]) == (centre, product)
                take = min(need, left[i]) if here and lots.first_day[i] <= day <= lots.last_day[i] else 0
                if take:
                    left[i] -= take
                    need -= take
                    drawn.append((i, day, take))
            enough &= need == 0
        return drawn, enough

    # The rules

    def broken(self, chosen: list[Chosen]) -> set[str]:
        doses = self.doses(chosen)
        rules = set(self.capacity(doses)) | set(self.stock(doses)) | set(self.households(chosen))
        for request, mine in enumerate(chosen):
            rules |= set(self.person(request, mine))
        return rules | set(self.pins(chosen))

    def claims(self, chosen: list[Chosen], score: float, bound: float) -> Iterator[str]:
        """What a plan says of itself."""
        mine = self.score(chosen)
        slack = TOLERANCE * max(1.0, abs(mine))
        if abs(score - mine) > slack:
            yield "score"
        if bound < mine - slack:
            yield "bound"

    def capacity(self, doses: list[Dose]) -> Iterator[str]:
        taken = Counter((d.centre, d.day, d.minute) for d in doses)
        taken.update(a.place for a in self.foreign)
        if any(many > self.seats.get(place, 0) for place, many in taken.items()):
            yield "capacity"

    def stock(self, doses: list[Dose]) -> Iterator[str]:
        if not self.draws(self.vials(doses))[1]:
            yield "stock"

    def person(self, request: int, chosen: Chosen) -> Iterator[str]:
        """All that can be said of one person without looking at others."""
        doses, schedule = self.doses_of(request, chosen), chosen[0]
        q, s = self.p.requests, self.p.schedules
        if not self.whole(request, schedule, [d.number for d in doses]):
            yield "pair"
        elif schedule >= 0:
            yield from self.course(request, schedule, doses)
        if schedule >= 0 and not s.min_age[schedule] <= q.age[request] <= s.max_age[schedule]:
            yield "age"
        for dose in doses:
            yield from self.presence(request, dose)
        if len({d.centre for d in doses}) > 1 and math.isnan(q.second_lat[request]):
            yield "same_centre"

    def whole(self, request: int, schedule: int, numbers: list[int]) -> bool:
        """Whether these are just the doses that the schedule owes the person."""
        if schedule < 0:
            return not numbers
        pair = self.products(schedule)[1] is not None
        if self.p.requests.first_product[request] >= 0:
            return pair and numbers == [2]
        return numbers == ([1, 2] if pair else [1])

    def course(self, request: int, schedule: int, doses: list[Dose]) -> Iterator[str]:
        q, s = self.p.requests, self.p.schedules
        given, begins = int(q.first_product[request]), self.begins(request, doses)
        if self.products(schedule)[1] is not None:
            gap = doses[-1].day - begins
            if not s.min_days[schedule] <= gap <= s.max_days[schedule]:
                yield "interval"
        if not s.valid_from[schedule] <= begins <= s.valid_to[schedule]:
            yield "validity"
        if given >= 0 and s.first_product[schedule] != given:
            yield "first_product"

    def begins(self, request: int, doses: list[Dose]) -> int:
        """Day of the first dose, whoever gave it."""
        q = self.p.requests
        return int(q.first_day[request]) if q.first_product[request] >= 0 else doses[0].day

    def presence(self, request: int, dose: Dose) -> Iterator[str]:
        q = self.p.requests
        if not 0 <= dose.day < self.p.policy.days:
            yield "horizon"
        if dose.day < q.earliest[request]:
            yield "earliest"
        band = 0 if dose.minute < 12 * 60 else 1 if dose.minute < 17 * 60 else 2
        weekday = (self.p.policy.first_weekday + dose.day) % 7
        if not int(q.availability[request]) >> (3 * weekday + band) & 1:
            yield "availability"
        if dose.day in q.unavailable_days[q.unavailable_at[request] : q.unavailable_at[request + 1]]:
            yield "unavailable_date"
        if self.km(request, dose) > q.max_km[request] + TOLERANCE:
            yield "reach"
        if q.wheelchair[request] and not self.p.centres.wheelchair[dose.centre]:
            yield "wheelchair"
        if dose.product is not None and not int(q.products[request]) >> dose.product & 1:
            yield "product"

    def km(self, request: int, dose: Dose) -> float:
        q, c = self.p.requests, self.p.centres
        other = dose.number == 2 and not math.isnan(q.second_lat[request])
        lat, lon = (q.second_lat, q.second_lon) if other else (q.lat, q.lon)
        return haversine(lat[request], lon[request], c.lat[dose.centre], c.lon[dose.centre])

    def households(self, chosen: list[Chosen]) -> Iterator[str]:
        together = defaultdict(list)
        for request, household in enumerate(self.p.requests.household.tolist()):
            if household >= 0:
                together[household].append(chosen[request])
        if not all(self.side_by_side(members) for members in together.values()):
            yield "household"

    def side_by_side(self, members: list[Chosen]) -> bool:
        """All or none, on one schedule, at one centre and day a dose, starts within half an hour."""
        if len({schedule for schedule, _, _ in members}) > 1:
            return False
        for slots in ([first for _, first, _ in members], [second for _, _, second in members]):
            given = [self.slots[slot] for slot in slots if slot >= 0]
            minutes = [minute for _, _, minute in given]
            if given and len(given) < len(slots):
                return False
            if len({place[:2] for place in given}) > 1 or (given and max(minutes) - min(minutes) > 30):
                return False
        return True

    def pins(self, chosen: list[Chosen]) -> Iterator[str]:
        at = {(d.request, d.number): (d.centre, d.day, d.minute, d.product) for d in self.doses(chosen)}
        for a in self.promises:
            history = a.place[1] < 0
            if a.pinned and not history and at.get((a.request, a.number)) != (*a.place, a.product):
                yield "pinned"

    # The score

    def score(self, chosen: list[Chosen]) -> float:
        return sum(self.terms(chosen).values())

    def terms(self, chosen: list[Chosen]) -> dict[str, float]:
        total: Counter[str] = Counter()
        for request, mine in enumerate(chosen):
            total.update(self.earned(request, mine))
        wasted = sum(waste for _, waste in self.vials(self.doses(chosen)).values())
        total["wasted"] = -self.p.policy.wasted_dose * wasted
        names = ("reward", "delay", "km", "interval", "moved", "dropped", "wasted")
        return {name: float(total[name]) for name in names}

    def earned(self, request: int, chosen: Chosen) -> dict[str, float]:
        """What one request adds to each term but the waste, which people share."""
        p, q = self.p.policy, self.p.requests
        held = {a.number: a.place for a in self.promises if a.request == request}
        if chosen[0] < 0:
            return {"dropped": -p.dropped if held else 0.0}
        doses = self.doses_of(request, chosen)
        weight = float(p.weights[q.priority[request]])
        waited = doses[0].day - max(int(q.earliest[request]), 0) if doses else 0
        off = 0
        if self.products(chosen[0])[1] is not None and doses:
            off = abs(
                doses[-1].day - self.begins(request, doses) - int(self.p.schedules.ideal_days[chosen[0]])
            )
        moved = sum(d.number in held and held[d.number] != (d.centre, d.day, d.minute) for d in doses)
        return {
            "reward": weight * p.reward,
            "delay": -weight * p.delay_per_day * waited,
            "km": -p.km * sum(self.km(request, d) for d in doses),
            "interval": -p.interval_per_day * off,
            "moved": -p.moved * moved,
        }
