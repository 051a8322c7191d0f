"""The rule in force, for everybody: groups, phases, weights, intervals, and the draws of the plans."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Row, select
from sqlalchemy.orm import Session, aliased

from vaccination.domain.fair import REVEALED, Draw
from vaccination.domain.languages import name_in
from vaccination.domain.planning import RunStatus
from vaccination.domain.serving import Serving
from vaccination.models.planning import PlanRun
from vaccination.models.programmes import EligibilityPhase, PriorityGroup, Product, Programme, Schedule

SHOWN_DRAWS = 15


@dataclass(frozen=True, slots=True)
class Phase:
    """From when to when a group takes part."""

    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class RankedGroup:
    """A group with its rank, and how much a place for one of it counts in a plan."""

    names: Mapping[str, str]
    rank: int
    weight: float
    min_age: int | None
    max_age: int | None
    needs_declaration: bool
    phases: tuple[Phase, ...]

    def name(self, locale: str) -> str:
        return name_in(locale, **self.names)

    def is_called(self, today: date) -> bool:
        """Whether its turn runs today."""
        return any(p.starts_on <= today <= (p.ends_on or today) for p in self.phases)


@dataclass(frozen=True, slots=True)
class IntervalRule:
    """One way to be vaccinated."""

    first: str
    second: str  # empty: one dose is enough
    min_age: int | None
    max_age: int | None
    min_days: int
    ideal_days: int
    max_days: int
    valid_from: date | None
    valid_to: date | None
    only_if_enough: bool


@dataclass(frozen=True, slots=True)
class RunDraw:
    """The draw of a run. Seed and salt are told once nothing can be changed by it."""

    run_id: int
    asked_at: datetime
    status: RunStatus
    digest: str
    revealed: Draw | None


@dataclass(frozen=True, slots=True)
class FairPage:
    """Everything that is public about who gets a place."""

    programme_names: Mapping[str, str]
    serving: Serving
    prices: Mapping[str, float]
    next_digest: str
    groups: tuple[RankedGroup, ...]
    intervals: tuple[IntervalRule, ...]
    draws: tuple[RunDraw, ...]

    @property
    def example(self) -> Draw | None:
        """The latest draw that everybody can check."""
        told = (draw.revealed for draw in self.draws)
        return next((draw for draw in told if draw is not None and draw.digest), None)


def load(session: Session) -> FairPage | None:
    """The page of the active programme, if there is one."""
    programme = session.scalar(select(Programme).where(Programme.is_active))
    if programme is None:
        return None
    return FairPage(
        programme_names={**programme.names, "fr": programme.name_fr, "en": programme.name_en},
        serving=programme.serving,
        prices={
            name: getattr(programme, name)
            for name in ("reward", "delay_per_day", "km", "interval_per_day", "wasted_dose")
        },
        next_digest=programme.seed_digest,
        groups=_groups(session, programme),
        intervals=_intervals(session, programme.id),
        draws=draws(session, SHOWN_DRAWS),
    )


def draws(session: Session, at_most: int | None = None) -> tuple[RunDraw, ...]:
    """The draws of the active programme, the latest first: of every run, also of those thrown away."""
    rows = session.execute(
        select(
            PlanRun.id, PlanRun.asked_at, PlanRun.status, PlanRun.lottery_seed, PlanRun.seed_salt,
            PlanRun.seed_digest,
        )
        .join(Programme, Programme.id == PlanRun.programme_id)
        .where(Programme.is_active)
        .order_by(PlanRun.id.desc())
        .limit(at_most)
    )  # fmt: skip
    return tuple(_draw(row) for row in rows)


def _draw(row: Row[int, datetime, RunStatus, int, str, str]) -> RunDraw:
    told = Draw(row.lottery_seed, row.seed_salt, row.seed_digest) if row.status in REVEALED else None
    return RunDraw(row.id, row.asked_at, row.status, row.seed_digest, told)


def _groups(session: Session, programme: Programme) -> tuple[RankedGroup, ...]:
    phases: dict[int, list[Phase]] = {}
    for phase in session.scalars(select(EligibilityPhase).order_by(EligibilityPhase.starts_on)):
        phases.setdefault(phase.priority_group_id, []).append(Phase(phase.starts_on, phase.ends_on))
    rows = session.scalars(
        select(PriorityGroup)
        .where(PriorityGroup.programme_id == programme.id)
        .order_by(PriorityGroup.rank, PriorityGroup.code)
    )
    return tuple(
        RankedGroup(
            {**group.names, "fr": group.name_fr, "en": group.name_en}, group.rank,
            programme.weights.get(str(group.rank), 0.0), group.min_age, group.max_age,
            group.needs_declaration, tuple(phases.get(group.id, ())),
        )
        for group in rows
    )  # fmt: skip


def _intervals(session: Session, programme_id: int) -> tuple[IntervalRule, ...]:
    second = aliased(Product)
    rows = session.execute(
        select(Schedule, Product.name.label("first"), second.name.label("second"))
        .join(Product, Product.id == Schedule.first_product_id)
        .outerjoin(second, second.id == Schedule.second_product_id)
        .where(Schedule.programme_id == programme_id)
        .order_by(Product.name, Schedule.valid_from, Schedule.code)
    )
    return tuple(
        IntervalRule(
            row.first, row.second or "", rule.min_age, rule.max_age, rule.min_days or 0,
            rule.ideal_days or 0, rule.max_days or 0, rule.valid_from, rule.valid_to, rule.only_if_enough,
        )
        for row in rows
        for rule in (row.Schedule,)
    )  # fmt: skip
