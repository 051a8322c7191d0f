"""Products, schedules and priority groups from CSV files."""

from collections import defaultdict
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from vaccination.domain import csv_table as cell
from vaccination.domain.csv_table import CsvRow, CsvTable
from vaccination.domain.rules import GroupFacts, ProductFacts, ScheduleFacts
from vaccination.models.programmes import EligibilityPhase, PriorityGroup, Product, Programme, Schedule
from vaccination.services.imports.tally import Author, Imported, faults_of
from vaccination.services.region.programmes import (
    RuleUnknown,
    add_phase,
    change_priority_group,
    change_product,
    change_schedule,
    create_priority_group,
    create_product,
    create_schedule,
    remove_phase,
)

Phase = tuple[date, date | None]


def import_products(session: Session, table: CsvTable, author: Author) -> Imported:
    """Make the products that are new and change those that differ, by their code."""
    tally = Imported()
    known = {product.code: product for product in session.scalars(select(Product))}
    for row in _once(table, "product"):
        shelf_days = row.optional("shelf_days", cell.whole)
        facts = ProductFacts(
            code=row.required("product", cell.text, ""),
            name=row.required("name", cell.text, "-"),
            doses_per_vial=row.required("doses_per_vial", cell.whole, 1),
            shelf_days=30 if shelf_days is None else shelf_days,
        )
        if row.is_faulty:
            continue
        with faults_of(row, {"code": "product"}, "product"):
            there = known.get(facts.code)
            if there is None:
                create_product(session, facts, now=author.now, user_id=author.user_id)
                tally.created += 1
            else:
                if differs := _differs(there, facts):
                    change_product(session, there.id, facts, now=author.now, user_id=author.user_id)
                tally.count_change(differs)
    return tally


def import_schedules(session: Session, table: CsvTable, author: Author) -> Imported:
    """Make the active programme's schedules that are new and change those that differ, by their code."""
    tally = Imported()
    programme_id = _active(session)
    products = {code: row_id for code, row_id in session.execute(select(Product.code, Product.id))}
    rows = session.scalars(select(Schedule).where(Schedule.programme_id == programme_id))
    known = {schedule.code: schedule for schedule in rows}
    columns = {"code": "schedule", "first_product_id": "first_product", "second_product_id": "second_product"}
    for row in _once(table, "schedule"):
        facts = _schedule(row, products)
        if row.is_faulty:
            continue
        with faults_of(row, columns, "schedule"):
            there = known.get(facts.code)
            if there is None:
                create_schedule(session, programme_id, facts, now=author.now, user_id=author.user_id)
                tally.created += 1
            else:
                if differs := _differs(there, facts):
                    change_schedule(session, there.id, facts, now=author.now, user_id=author.user_id)
                tally.count_change(differs)
    return tally


def _schedule(row: CsvRow, products: dict[str, int]) -> ScheduleFacts:
    product = cell.one_of(products, "unknown_product")
    return ScheduleFacts(
        code=row.required("schedule", cell.text, ""),
        first_product_id=row.required("first_product", product, 0),
        second_product_id=row.optional("second_product", product),
        min_age=row.optional("min_age", cell.whole),
        max_age=row.optional("max_age", cell.whole),
        min_days=row.optional("min_days", cell.whole),
        ideal_days=row.optional("ideal_days", cell.whole),
        max_days=row.optional("max_days", cell.whole),
        valid_from=row.optional("valid_from", cell.day),
        valid_to=row.optional("valid_to", cell.day),
    )


def import_priority_groups(session: Session, table: CsvTable, author: Author) -> Imported:
    """Make or change the active programme's groups. Each row is a group with a phase; a group may have
    several rows, which then differ in their phase only, and its phases become those of the file.
    """
    tally = Imported()
    programme_id = _active(session)
    rows = session.scalars(select(PriorityGroup).where(PriorityGroup.programme_id == programme_id))
    known = {group.code: group for group in rows}
    for facts, row, phases in _groups(table):
        with faults_of(row, {"code": "group"}, "group"):
            there = known.get(facts.code)
            if there is None:
                group_id = create_priority_group(
                    session, programme_id, facts, now=author.now, user_id=author.user_id
                )
                tally.created += 1
                _replace_phases(session, group_id, phases, author)
            else:
                # a file says the names in French and English; the others stay as they are
                facts = replace(facts, names=dict(there.names))
                if differs := _differs(there, facts):
                    change_priority_group(session, there.id, facts, now=author.now, user_id=author.user_id)
                moved = _replace_phases(session, there.id, phases, author)
                tally.count_change(differs or moved)
    return tally


def _groups(table: CsvTable) -> list[tuple[GroupFacts, CsvRow, set[Phase]]]:
    """Rows joined by group; rows of a group that contradict each other are faults."""
    first: dict[str, tuple[GroupFacts, CsvRow]] = {}
    phases: dict[str, set[Phase]] = defaultdict(set)
    for row in table.rows:
        facts = _group(row)
        phase = row.optional("starts_on", cell.day), row.optional("ends_on", cell.day)
        if phase[0] is None and phase[1] is not None:
            row.fault("starts_on", "missing")
        if not row.is_faulty and first.setdefault(facts.code, (facts, row))[0] != facts:
            row.fault("group", "contradicts_above")
        if phase[0] is not None:
            phases[facts.code].add((phase[0], phase[1]))
    return [(facts, row, phases[code]) for code, (facts, row) in first.items()]


def _group(row: CsvRow) -> GroupFacts:
    return GroupFacts(
        code=row.required("group", cell.text, ""),
        name_fr=row.required("name_fr", cell.text, "-"),
        name_en=row.required("name_en", cell.text, "-"),
        rank=row.required("rank", cell.whole, 1),
        min_age=row.optional("min_age", cell.whole),
        max_age=row.optional("max_age", cell.whole),
        needs_declaration=row.optional("needs_declaration", cell.truth) or False,
    )


def _replace_phases(session: Session, group_id: int, phases: set[Phase], author: Author) -> bool:
    """Give the group these phases; whether anything had to change. A file without dates changes none."""
    rows = session.scalars(select(EligibilityPhase).where(EligibilityPhase.priority_group_id == group_id))
    there = {(phase.starts_on, phase.ends_on): phase for phase in rows}
    if not phases or set(there) == phases:
        return False
    for dates, phase in there.items():
        if dates not in phases:
            remove_phase(session, phase.id, now=author.now, user_id=author.user_id)
    for starts_on, ends_on in sorted(phases - set(there), key=str):
        add_phase(session, group_id, starts_on, ends_on, now=author.now, user_id=author.user_id)
    return True


def _once(table: CsvTable, column: str) -> list[CsvRow]:
    """The rows, with a fault where a code stands a second time."""
    seen: set[str] = set()
    for row in table.rows:
        code = row.text(column)
        if code and code in seen:
            row.fault(column, "stands_twice")
        seen.add(code)
    return table.rows


def _active(session: Session) -> int:
    found = session.scalar(select(Programme.id).where(Programme.is_active))
    if found is None:
        raise RuleUnknown(kind="Programme")
    return found


def _differs(there: Any, facts: Any) -> bool:
    return any(getattr(there, name) != value for name, value in asdict(facts).items())
