"""What lies in the fridges and what is promised from them, by centre and product."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from vaccination.domain.appointment import NEEDS_A_DOSE
from vaccination.domain.drawing import Supply
from vaccination.domain.serving import LIVE_HOLD
from vaccination.domain.stock import DeliveryStatus
from vaccination.models.appointments import Appointment
from vaccination.models.centres import Centre, DoseBudget
from vaccination.models.serving import Hold
from vaccination.models.stock import Delivery, Lot, StockMovement

Shelf: TypeAlias = tuple[int, int]
"""A centre and a product."""


def local_today(session: Session, now: datetime) -> date:
    """The earliest local date among the centres: what somewhere is still today is not yet history."""
    zones = session.scalars(select(Centre.timezone).distinct())
    return min((now.astimezone(ZoneInfo(zone)).date() for zone in zones), default=now.date())


def supplies(
    session: Session, today: date, centre_ids: Collection[int] | None = None
) -> dict[Shelf, list[Supply]]:
    """Usable doses from `today` on: what the ledger holds of received deliveries, and announced ones."""
    on_hand = _on_hand(session, centre_ids)
    found: dict[Shelf, list[Supply]] = defaultdict(list)
    for row in _deliveries(session, today, centre_ids):
        doses = row.doses
        if row.status is DeliveryStatus.RECEIVED:
            # What is gone was taken from the delivery that expires first, so the rest lies in the later ones.
            doses = min(doses, on_hand.get((row.centre_id, row.lot_id), 0))
            on_hand[row.centre_id, row.lot_id] = on_hand.get((row.centre_id, row.lot_id), 0) - doses
        if doses > 0:
            last = min(row.usable_to, row.expires_on)
            supply = Supply(row.lot_id, doses, row.available_from, last)
            found[row.centre_id, row.product_id].append(supply)
    return dict(found)


def _on_hand(session: Session, centre_ids: Collection[int] | None) -> dict[tuple[int, int], int]:
    query = select(StockMovement.centre_id, StockMovement.lot_id, func.sum(StockMovement.doses)).group_by(
        StockMovement.centre_id, StockMovement.lot_id
    )
    if centre_ids is not None:
        query = query.where(StockMovement.centre_id.in_(centre_ids))
    return {(centre, lot): int(doses) for centre, lot, doses in session.execute(query)}


def _deliveries(
    session: Session, today: date, centre_ids: Collection[int] | None
) -> list[Row[*tuple[object, ...]]]:
    query = (
        select(
            Delivery.centre_id, Delivery.lot_id, Delivery.doses, Delivery.available_from, Delivery.usable_to,
            Delivery.status, Lot.product_id, Lot.expires_on,
        )
        .join(Lot, Lot.id == Delivery.lot_id)
        .where(
            Delivery.status.in_((DeliveryStatus.ANNOUNCED, DeliveryStatus.RECEIVED)),
            Delivery.usable_to >= today, Lot.expires_on >= today, Lot.is_quarantined.is_(False),
        )
        .order_by(Delivery.usable_to.desc(), Delivery.id)
    )  # fmt: skip
    if centre_ids is not None:
        query = query.where(Delivery.centre_id.in_(centre_ids))
    return list(session.execute(query))


def promised_doses(
    session: Session, today: date, centre_ids: Collection[int] | None = None
) -> dict[Shelf, dict[date, int]]:
    """Doses that standing appointments still need and live holds keep, by day from `today` on."""
    query = (
        select(Appointment.centre_id, Appointment.product_id, Appointment.day, func.count())
        .where(Appointment.status.in_(NEEDS_A_DOSE), Appointment.day >= today)
        .group_by(Appointment.centre_id, Appointment.product_id, Appointment.day)
    )
    if centre_ids is not None:
        query = query.where(Appointment.centre_id.in_(centre_ids))
    found = held_doses(session, today, centre_ids)
    for centre, product, day, doses in session.execute(query):
        days = found.setdefault((centre, product), {})
        days[day] = days.get(day, 0) + doses
    return found


def held_doses(
    session: Session, today: date, centre_ids: Collection[int] | None = None
) -> dict[Shelf, dict[date, int]]:
    """Doses that live holds keep, by day from `today` on; one past its time is live until it is swept."""
    found: dict[Shelf, dict[date, int]] = {}
    for column in (Hold.first_budget_id, Hold.second_budget_id):
        query = (
            select(DoseBudget.centre_id, DoseBudget.product_id, DoseBudget.day, func.count())
            .join(Hold, column == DoseBudget.id)
            .where(Hold.status.in_(LIVE_HOLD), DoseBudget.day >= today)
            .group_by(DoseBudget.centre_id, DoseBudget.product_id, DoseBudget.day)
        )
        if centre_ids is not None:
            query = query.where(DoseBudget.centre_id.in_(centre_ids))
        for centre, product, day, doses in session.execute(query):
            days = found.setdefault((centre, product), {})
            days[day] = days.get(day, 0) + doses
    return found
