"""What was scarce in a run: prices of seats and doses by place and time, and the what-ifs that were asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from vaccination.domain.planning import LIVE_WHAT_IF, WhatIfKind, WhatIfStatus
from vaccination.models.accounts import User
from vaccination.models.centres import Centre
from vaccination.models.planning import PlanPrice, PlanWhatIf
from vaccination.models.programmes import Product
from vaccination.readmodels.centre_load import monday_of
from vaccination.readmodels.plan_summary import RunView

USUAL_DOSES, USUAL_SEATS = 100, 1
"""What is offered beside a price: a delivery, and one more vaccinator's line."""


@dataclass(frozen=True, slots=True)
class Gain:
    """What an amount at a price comes to, at most: points, and about so many people of a priority."""

    points: float
    people: float
    priority: int | None
    """None: nobody near was left out, so it makes appointments earlier or nearer."""
    is_all: bool = False
    """Whether there are no more of this priority in reach who were left out."""


@dataclass(frozen=True, slots=True)
class Price:
    """The worth of one more seat at a start, or of one more dose that arrives in these days."""

    price_id: int
    centre_id: int
    centre: str
    product: str
    """Empty: a seat."""
    first_day: date
    last_day: date
    bands: int
    places: int
    price: float
    near_priority: int | None
    near_people: int

    @property
    def kind(self) -> WhatIfKind:
        return WhatIfKind.DOSES if self.product else WhatIfKind.SEATS

    @property
    def usual(self) -> int:
        """Doses, or seats a start."""
        return USUAL_DOSES if self.product else USUAL_SEATS

    def changed(self, amount: int) -> int:
        """Doses, or seats in all."""
        return amount if self.product else amount * self.places


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A change of a run's problem, and what solving it again said."""

    what_if_id: int
    kind: WhatIfKind
    status: WhatIfStatus
    centre: str
    product: str
    day: date
    bands: int
    amount: int
    price: float
    changed: int | None
    asked_by: str
    asked_at: datetime
    progress: Sequence[Sequence[Any]]
    failure: str
    planned_before: int | None
    planned_after: int | None
    score_before: float | None
    score_after: float | None
    bound_before: float | None
    bound_after: float | None

    @property
    def is_live(self) -> bool:
        return self.status in LIVE_WHAT_IF

    @property
    def seconds(self) -> float:
        """How long the planner has thought."""
        return float(self.progress[-1][0]) if self.progress else 0.0

    @property
    def phase(self) -> str:
        return str(self.progress[-1][1]) if self.progress else ""

    @property
    def promised(self) -> float:
        """Points by the price."""
        return self.price * (self.changed or 0)

    @property
    def points(self) -> float:
        """Points by solving again."""
        return (self.score_after or 0.0) - (self.score_before or 0.0)

    @property
    def bound_points(self) -> float | None:
        """By how much the proof moved."""
        if self.bound_before is None or self.bound_after is None:
            return None
        return self.bound_after - self.bound_before

    @property
    def people(self) -> int:
        return (self.planned_after or 0) - (self.planned_before or 0)

    @property
    def gap_after(self) -> float | None:
        if not self.bound_after or self.score_after is None:
            return None
        return (self.bound_after - self.score_after) / abs(self.bound_after)


@dataclass(frozen=True, slots=True)
class Grid:
    """Prices by centre and week, the dearest centre first; 0 where there is none."""

    product: str
    mondays: tuple[date, ...]
    rows: tuple[tuple[str, tuple[float, ...]], ...]


@dataclass(frozen=True, slots=True)
class Scarcity:
    """All prices of a run, the dearest first, and its what-ifs, the newest first."""

    prices: tuple[Price, ...]
    what_ifs: tuple[WhatIf, ...]
    person_points: Mapping[str, float]

    @property
    def live(self) -> WhatIf | None:
        """The what-if under way: one at a time."""
        return next((asked for asked in self.what_ifs if asked.is_live), None)

    def gain(self, price: Price, amount: int) -> Gain:
        """At most this; the more the amount, the more too high."""
        points = price.price * price.changed(amount)
        worth = self.person_points.get(str(price.near_priority), 0.0)
        if price.near_priority is None or not worth:
            return Gain(points, 0.0, None)
        people = min(points / worth, price.near_people)
        return Gain(points, people, price.near_priority, people == price.near_people)

    def best_doses(self, most: int) -> list[Price]:
        """Of each centre and product the dearest, which may come latest."""
        return _first_of_each([p for p in self.prices if p.product], most)

    def best_seats(self, most: int) -> list[Price]:
        """Of each centre the day on which one more line is worth most."""
        seats = [p for p in self.prices if not p.product]
        return _first_of_each(sorted(seats, key=lambda p: -p.price * p.places), most)

    def products(self) -> list[str]:
        """Names of what has prices; the dearest first."""
        return list(dict.fromkeys(p.product for p in self.prices if p.product))


def load(session: Session, run: RunView) -> Scarcity:
    """Prices and what-ifs of a run."""
    columns = (
        PlanPrice.id, PlanPrice.centre_id, Centre.name, func.coalesce(Product.name, ""), PlanPrice.first_day,
        PlanPrice.last_day, PlanPrice.bands, PlanPrice.places, PlanPrice.price, PlanPrice.near_priority,
        PlanPrice.near_people,
    )  # fmt: skip
    rows = session.execute(
        select(*columns)
        .join(Centre, Centre.id == PlanPrice.centre_id)
        .outerjoin(Product, Product.id == PlanPrice.product_id)
        .where(PlanPrice.plan_run_id == run.run_id)
        .order_by(PlanPrice.price.desc(), PlanPrice.last_day.desc(), PlanPrice.id)
    )
    prices = tuple(Price(*row) for row in rows)
    return Scarcity(prices, _what_ifs(session, run.run_id), run.summary.get("person_points", {}))


def grid(prices: Sequence[Price], run: RunView, weeks: int) -> Grid:
    """Prices of one thing as a table: of a dose that arrives when the week begins, of a seat in the week."""
    first = monday_of(run.starts_on)
    shown = min(weeks, (run.last_day - first).days // 7 + 1)
    mondays = tuple(first + timedelta(7 * n) for n in range(shown))
    cells: dict[str, list[float]] = {}
    for price in prices:
        row = cells.setdefault(price.centre, [0.0] * len(mondays))
        for n, monday in enumerate(mondays):
            begins = max(monday, run.starts_on)
            day = begins if price.product else min(max(price.first_day, begins), monday + timedelta(6))
            if price.first_day <= day <= price.last_day:
                row[n] = max(row[n], price.price)
    rows = sorted(((name, tuple(row)) for name, row in cells.items()), key=lambda row: (-max(row[1]), row[0]))
    return Grid(prices[0].product if prices else "", mondays, tuple(rows))


def _first_of_each(prices: Sequence[Price], most: int) -> list[Price]:
    found: dict[tuple[int, str], Price] = {}
    for price in prices:
        found.setdefault((price.centre_id, price.product), price)
    return list(found.values())[:most]


def _what_ifs(session: Session, run_id: int) -> tuple[WhatIf, ...]:
    w = PlanWhatIf
    columns = (
        w.id, w.kind, w.status, Centre.name, func.coalesce(Product.name, ""), w.day, w.bands, w.amount,
        w.price, w.changed, func.coalesce(User.display_name, ""), w.asked_at, w.progress, w.failure,
        w.planned_before, w.planned_after, w.score_before, w.score_after, w.bound_before, w.bound_after,
    )  # fmt: skip
    rows = session.execute(
        select(*columns)
        .join(Centre, Centre.id == w.centre_id)
        .outerjoin(Product, Product.id == w.product_id)
        .outerjoin(User, User.id == w.asked_by)
        .where(w.plan_run_id == run_id)
        .order_by(w.id.desc())
    )
    return tuple(WhatIf(*row) for row in rows)
