"""The programme and its rules as data: policy, products, dated schedules, priority groups and phases."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from vaccination.domain.faults import Faults
from vaccination.domain.rules import (
    GroupFacts,
    Policy,
    ProductFacts,
    ProgrammeFacts,
    ScheduleFacts,
    check_group,
    check_phase,
    check_policy,
    check_product,
    check_programme,
    schedule_faults,
)
from vaccination.domain.serving import ServingFacts, check_serving
from vaccination.errors import Conflict, NotFound
from vaccination.models.base import Base
from vaccination.models.programmes import EligibilityPhase, PriorityGroup, Product, Programme, Schedule
from vaccination.services import audit
from vaccination.services.region.seeds_published import promise_seed

Row = TypeVar("Row", bound=Base)


class RuleUnknown(NotFound):
    """There is no such programme, product, schedule, group or phase."""

    code = "rule_unknown"


class RuleCodeTaken(Conflict):
    """Another row has this code already."""

    code = "rule_code_taken"


class ProgrammeRuns(Conflict):
    """Another programme is active; only one can be."""

    code = "programme_runs"


def create_programme(
    session: Session, facts: ProgrammeFacts, policy: Policy | None = None, *, now: datetime,
    user_id: int | None = None,
) -> int:  # fmt: skip
    """A new, active programme; returns its id. Raises ProgrammeRuns while another is active."""
    if session.scalar(select(Programme.id).where(Programme.is_active)) is not None:
        raise ProgrammeRuns
    policy = policy or Policy()
    check_programme(facts)
    check_policy(policy)
    _refuse_taken(session, select(Programme.id).where(Programme.code == facts.code), None)
    programme = Programme(**asdict(facts), **asdict(policy))
    programme_id = _added(session, programme, "create_programme", now, user_id)
    promise_seed(session, programme_id)
    return programme_id


def change_programme(
    session: Session, programme_id: int, facts: ProgrammeFacts, *, now: datetime, user_id: int | None = None
) -> None:
    """Put the programme's names and dates right."""
    programme = _known(session, Programme, programme_id)
    check_programme(facts)
    _refuse_taken(session, select(Programme.id).where(Programme.code == facts.code), programme_id)
    _changed(session, programme, asdict(facts), "change_programme", now, user_id)


def set_policy(
    session: Session, programme_id: int, policy: Policy, *, now: datetime, user_id: int | None = None
) -> None:
    """New prices, for the plans that are started from now on."""
    programme = _known(session, Programme, programme_id)
    check_policy(policy)
    prices = asdict(policy)
    del prices["lottery_seed"]  # each run draws its own (services/region/seeds_published.py): nobody sets it
    _changed(session, programme, prices, "set_policy", now, user_id)


def set_serving(
    session: Session, programme_id: int, facts: ServingFacts, *, now: datetime, user_id: int | None = None
) -> None:
    """How people are served and told, from now on; what was promised before stands."""
    programme = _known(session, Programme, programme_id)
    check_serving(facts)
    row = asdict(facts) | {"reminder_days": sorted(facts.reminder_days, reverse=True)}
    _changed(session, programme, row, "set_serving", now, user_id)


def create_product(
    session: Session, facts: ProductFacts, *, now: datetime, user_id: int | None = None
) -> int:
    """A new product; returns its id."""
    check_product(facts)
    _refuse_taken(session, select(Product.id).where(Product.code == facts.code), None)
    return _added(session, Product(**asdict(facts)), "create_product", now, user_id)


def change_product(
    session: Session, product_id: int, facts: ProductFacts, *, now: datetime, user_id: int | None = None
) -> None:
    """Put a product right."""
    product = _known(session, Product, product_id)
    check_product(facts)
    _refuse_taken(session, select(Product.id).where(Product.code == facts.code), product_id)
    _changed(session, product, asdict(facts), "change_product", now, user_id)


def create_schedule(
    session: Session, programme_id: int, facts: ScheduleFacts, *, now: datetime, user_id: int | None = None
) -> int:
    """A new dated interval rule of the programme; returns its id."""
    _known(session, Programme, programme_id)
    _check_schedule(session, facts)
    _refuse_taken(session, _same_code(Schedule, programme_id, facts.code), None)
    schedule = Schedule(programme_id=programme_id, **_schedule_row(facts))
    return _added(session, schedule, "create_schedule", now, user_id)


def change_schedule(
    session: Session, schedule_id: int, facts: ScheduleFacts, *, now: datetime, user_id: int | None = None
) -> None:
    """Put a rule right. Appointments made under it stand; plans from now on follow the new rule."""
    schedule = _known(session, Schedule, schedule_id)
    _check_schedule(session, facts)
    _refuse_taken(session, _same_code(Schedule, schedule.programme_id, facts.code), schedule_id)
    _changed(session, schedule, _schedule_row(facts), "change_schedule", now, user_id)


def create_priority_group(
    session: Session, programme_id: int, facts: GroupFacts, *, now: datetime, user_id: int | None = None
) -> int:
    """A new group of the programme, without a phase yet; returns its id."""
    _known(session, Programme, programme_id)
    check_group(facts)
    _refuse_taken(session, _same_code(PriorityGroup, programme_id, facts.code), None)
    group = PriorityGroup(programme_id=programme_id, **asdict(facts))
    return _added(session, group, "create_priority_group", now, user_id)


def change_priority_group(
    session: Session, group_id: int, facts: GroupFacts, *, now: datetime, user_id: int | None = None
) -> None:
    """Put a group right; requests keep the rank they were given."""
    group = _known(session, PriorityGroup, group_id)
    check_group(facts)
    _refuse_taken(session, _same_code(PriorityGroup, group.programme_id, facts.code), group_id)
    _changed(session, group, asdict(facts), "change_priority_group", now, user_id)


def add_phase(
    session: Session, group_id: int, starts_on: date, ends_on: date | None = None, *, now: datetime,
    user_id: int | None = None,
) -> int:  # fmt: skip
    """From when (to when) a group's requests take part in plans; returns the phase's id."""
    _known(session, PriorityGroup, group_id)
    check_phase(starts_on, ends_on)
    phase = EligibilityPhase(priority_group_id=group_id, starts_on=starts_on, ends_on=ends_on)
    return _added(session, phase, "add_phase", now, user_id)


def change_phase(
    session: Session, phase_id: int, starts_on: date, ends_on: date | None, *, now: datetime,
    user_id: int | None = None,
) -> None:  # fmt: skip
    """New dates for a phase."""
    phase = _known(session, EligibilityPhase, phase_id)
    check_phase(starts_on, ends_on)
    _changed(session, phase, {"starts_on": starts_on, "ends_on": ends_on}, "change_phase", now, user_id)


def remove_phase(session: Session, phase_id: int, *, now: datetime, user_id: int | None = None) -> None:
    """Take a phase away: requests of its group no longer take part because of it."""
    phase = _known(session, EligibilityPhase, phase_id)
    session.delete(phase)
    subject = f"priority_group:{phase.priority_group_id}"
    audit.record(session, "remove_phase", subject, now=now, user_id=user_id)


def _known(session: Session, kind: type[Row], row_id: int) -> Row:
    row = session.get(kind, row_id)
    if row is None:
        raise RuleUnknown(kind=kind.__name__, id=row_id)
    return row


def _added(session: Session, row: Any, action: str, now: datetime, user_id: int | None) -> int:
    session.add(row)
    session.flush()
    audit.record(session, action, f"{row.__tablename__}:{row.id}", now=now, user_id=user_id)
    return int(row.id)


def _changed(
    session: Session, row: Any, values: dict[str, Any], action: str, now: datetime, user_id: int | None
) -> None:
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    session.flush()
    facts = {"changed": sorted(changed)}
    audit.record(session, action, f"{row.__tablename__}:{row.id}", now=now, user_id=user_id, facts=facts)


def _refuse_taken(session: Session, holders: Any, own_id: int | None) -> None:
    holder = session.scalar(holders)
    if holder is not None and holder != own_id:
        raise RuleCodeTaken


def _same_code(kind: type[Schedule] | type[PriorityGroup], programme_id: int, code: str) -> Any:
    return select(kind.id).where(kind.programme_id == programme_id, kind.code == code)


def _schedule_row(facts: ScheduleFacts) -> dict[str, Any]:
    doses = 1 if facts.second_product_id is None else 2
    row = asdict(facts) | {"doses": doses}
    return row if doses == 2 else row | dict.fromkeys(("min_days", "ideal_days", "max_days"))


def _check_schedule(session: Session, facts: ScheduleFacts) -> None:
    faults = Faults()
    faults.found += schedule_faults(facts)
    known = set(session.scalars(select(Product.id)))
    for name in ("first_product_id", "second_product_id"):
        chosen = getattr(facts, name)
        faults.add_if(chosen is not None and chosen not in known, name, "unknown_product")
    faults.check()
