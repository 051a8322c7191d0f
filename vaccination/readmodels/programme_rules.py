"""The programme's rules on one page: products, dated schedules, priority groups with phases, policy."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from vaccination.domain.requests import RequestStatus
from vaccination.domain.rules import GroupFacts, Policy, ProductFacts, ProgrammeFacts, ScheduleFacts
from vaccination.domain.serving import ServingFacts
from vaccination.errors import NotFound
from vaccination.models.programmes import EligibilityPhase, PriorityGroup, Product, Programme, Schedule
from vaccination.models.requests import Request


class NoSuchRule(NotFound):
    """There is no such product, schedule, group or phase."""

    code = "no_such_rule"


@dataclass(frozen=True, slots=True)
class PhaseRow:
    """When a group takes part in plans."""

    phase_id: int
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A priority group, its phases and how many of it wait."""

    group_id: int
    facts: GroupFacts
    phases: tuple[PhaseRow, ...]
    waiting: int


@dataclass(frozen=True, slots=True)
class ProgrammeRules:
    """Everything on the page; no programme, no id."""

    programme_id: int | None
    facts: ProgrammeFacts | None
    policy: Policy
    products: dict[int, ProductFacts]
    schedules: dict[int, ScheduleFacts]
    groups: tuple[GroupRow, ...]
    serving: ServingFacts = ServingFacts()

    def group(self, group_id: int) -> GroupRow:
        """A group by its id."""
        for row in self.groups:
            if row.group_id == group_id:
                return row
        raise NoSuchRule

    def schedule(self, schedule_id: int) -> ScheduleFacts:
        """A schedule by its id."""
        if schedule_id not in self.schedules:
            raise NoSuchRule
        return self.schedules[schedule_id]

    def product(self, product_id: int) -> ProductFacts:
        """A product by its id."""
        if product_id not in self.products:
            raise NoSuchRule
        return self.products[product_id]


def load(session: Session) -> ProgrammeRules:
    """The rules of the active programme, and all products."""
    programme = session.scalar(select(Programme).where(Programme.is_active))
    rows = session.scalars(select(Product).order_by(Product.name))
    products = {p.id: ProductFacts(p.code, p.name, p.doses_per_vial, p.shelf_days) for p in rows}
    if programme is None:
        return ProgrammeRules(None, None, Policy(), products, {}, ())
    return ProgrammeRules(
        programme.id,
        ProgrammeFacts(
            programme.code,
            programme.name_fr,
            programme.name_en,
            programme.starts_on,
            programme.horizon_days,
            dict(programme.names),
        ),
        _policy(programme),
        products,
        _schedules(session, programme.id),
        _groups(session, programme.id),
        _serving(programme),
    )


def _policy(p: Programme) -> Policy:
    return Policy(
        dict(p.weights), p.reward, p.delay_per_day, p.km, p.interval_per_day, p.moved, p.dropped,
        p.wasted_dose, p.lottery_seed,
    )  # fmt: skip


def _serving(p: Programme) -> ServingFacts:
    values = {name: getattr(p, name) for name in ServingFacts.__dataclass_fields__}
    return ServingFacts(**values | {"reminder_days": tuple(p.reminder_days)})


def _schedules(session: Session, programme_id: int) -> dict[int, ScheduleFacts]:
    rows = session.scalars(
        select(Schedule)
        .where(Schedule.programme_id == programme_id)
        .order_by(Schedule.first_product_id, Schedule.valid_from, Schedule.code)
    )
    return {
        s.id: ScheduleFacts(
            s.code, s.first_product_id, s.second_product_id, s.min_age, s.max_age, s.min_days, s.ideal_days,
            s.max_days, s.valid_from, s.valid_to,
        )
        for s in rows
    }  # fmt: skip


def _groups(session: Session, programme_id: int) -> tuple[GroupRow, ...]:
    phases: dict[int, list[PhaseRow]] = defaultdict(list)
    for phase in session.scalars(select(EligibilityPhase).order_by(EligibilityPhase.starts_on)):
        phases[phase.priority_group_id].append(PhaseRow(phase.id, phase.starts_on, phase.ends_on))
    counted = session.execute(
        select(Request.priority_group_id, func.count())
        .where(Request.programme_id == programme_id, Request.status == RequestStatus.WAITING)
        .group_by(Request.priority_group_id)
    )
    waiting = {group_id: count for group_id, count in counted}
    rows = session.scalars(
        select(PriorityGroup)
        .where(PriorityGroup.programme_id == programme_id)
        .order_by(PriorityGroup.rank, PriorityGroup.code)
    )
    return tuple(
        GroupRow(
            g.id,
            _group_facts(g),
            tuple(phases[g.id]),
            waiting.get(g.id, 0),
        )
        for g in rows
    )


def _group_facts(g: PriorityGroup) -> GroupFacts:
    return GroupFacts(
        g.code, g.name_fr, g.name_en, g.rank, g.min_age, g.max_age, g.needs_declaration, dict(g.names)
    )
