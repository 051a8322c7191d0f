"""What is stored, as rows of the files that can be taken in again: exported and imported, nothing changes."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from vaccination.domain.file_kinds import WEEKDAYS, FileKind, columns
from vaccination.models.centres import Centre, WeeklyHours
from vaccination.models.programmes import EligibilityPhase, PriorityGroup, Product, Programme, Schedule
from vaccination.models.stock import Delivery, Lot

Rows = list[tuple[Any, ...]]


def load(session: Session, kind: FileKind) -> tuple[tuple[str, ...], Rows]:
    """Header and rows of a file."""
    return columns(kind), _ROWS[kind](session)


def _centres(session: Session) -> Rows:
    return [
        (c.code, c.name, c.lat, c.lon, c.street, c.postcode, c.town, c.phone, int(c.wheelchair), c.timezone)
        for c in session.scalars(select(Centre).order_by(Centre.code))
    ]


def _hours(session: Session) -> Rows:
    query = (
        select(Centre.code, WeeklyHours)
        .join(Centre, Centre.id == WeeklyHours.centre_id)
        .order_by(Centre.code, WeeklyHours.weekday, WeeklyHours.opens)
    )
    return [
        (
            code, WEEKDAYS[h.weekday], f"{h.opens:%H:%M}", f"{h.closes:%H:%M}", h.stations,
            h.minutes_per_dose, h.slot_minutes,
        )
        for code, h in session.execute(query)
    ]  # fmt: skip


def _deliveries(session: Session) -> Rows:
    query = (
        select(
            Centre.code, Product.code, Lot.number, Lot.expires_on, Delivery.doses, Delivery.available_from,
            Delivery.usable_to,
        )
        .join(Lot, Lot.id == Delivery.lot_id)
        .join(Product, Product.id == Lot.product_id)
        .join(Centre, Centre.id == Delivery.centre_id)
        .order_by(Delivery.available_from, Centre.code, Lot.number)
    )  # fmt: skip
    return [tuple(row) for row in session.execute(query)]


def _products(session: Session) -> Rows:
    query = select(Product.code, Product.name, Product.doses_per_vial, Product.shelf_days)
    return [tuple(row) for row in session.execute(query.order_by(Product.code))]


def _schedules(session: Session) -> Rows:
    first, second = aliased(Product), aliased(Product)
    query = (
        select(
            Schedule.code, first.code, second.code, Schedule.min_age, Schedule.max_age, Schedule.min_days,
            Schedule.ideal_days, Schedule.max_days, Schedule.valid_from, Schedule.valid_to,
        )
        .join(Programme, Programme.id == Schedule.programme_id)
        .join(first, first.id == Schedule.first_product_id)
        .outerjoin(second, second.id == Schedule.second_product_id)
        .where(Programme.is_active)
        .order_by(Schedule.code)
    )  # fmt: skip
    return [tuple(row) for row in session.execute(query)]


def _priority_groups(session: Session) -> Rows:
    query = (
        select(PriorityGroup, EligibilityPhase.starts_on, EligibilityPhase.ends_on)
        .join(Programme, Programme.id == PriorityGroup.programme_id)
        .outerjoin(EligibilityPhase, EligibilityPhase.priority_group_id == PriorityGroup.id)
        .where(Programme.is_active)
        .order_by(PriorityGroup.rank, PriorityGroup.code, EligibilityPhase.starts_on)
    )
    return [
        (
            g.code, g.name_fr, g.name_en, g.rank, g.min_age, g.max_age, int(g.needs_declaration), starts_on,
            ends_on,
        )
        for g, starts_on, ends_on in session.execute(query)
    ]  # fmt: skip


_ROWS: dict[FileKind, Callable[[Session], Rows]] = {
    FileKind.CENTRES: _centres,
    FileKind.HOURS: _hours,
    FileKind.DELIVERIES: _deliveries,
    FileKind.PRODUCTS: _products,
    FileKind.SCHEDULES: _schedules,
    FileKind.PRIORITY_GROUPS: _priority_groups,
}
