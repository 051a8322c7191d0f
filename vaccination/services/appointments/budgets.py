"""Dose budgets: how many doses of a product a centre may promise on a day, set from the lots."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from vaccination.domain.fridge import Fridge
from vaccination.models.centres import Centre, DoseBudget
from vaccination.models.programmes import Product
from vaccination.queries.columns import Columns
from vaccination.queries.supply import Shelf, local_today, promised_doses, supplies
from vaccination.services.appointments.admission import Room
from vaccination.services.appointments.booking_rows import BudgetKey


@dataclass(frozen=True, slots=True)
class Shelves:
    """Centres' products, their budgets locked until the transaction ends: nobody else promises from them."""

    fridges: Mapping[Shelf, Fridge]
    budgets: Mapping[BudgetKey, Columns]
    today: date

    def room(self, free_seats: Mapping[int, int]) -> Room:
        """A fresh count to admit people against."""
        fridges = {
            shelf: Fridge(f.lots, f.doses_per_vial, f.today, Counter(f.promised))
            for shelf, f in self.fridges.items()
        }
        return Room(Counter(free_seats), fridges)


def lock_shelves(
    session: Session, shelves: Collection[Shelf], now: datetime, also: Collection[int] = ()
) -> Shelves:
    """Lock the centres and the budgets of these shelves, then read what lies there and what is promised.

    The centre is locked because a day that nobody was promised yet has no budget to lock. `also`: budgets
    of other shelves that the caller will change, locked in their place in the order.
    """
    today = local_today(session, now)
    centre_ids, product_ids = {shelf[0] for shelf in shelves}, {shelf[1] for shelf in shelves}
    budgets = _lock(session, centre_ids, product_ids, today, also)
    lots = supplies(session, today, centre_ids)
    promised = promised_doses(session, today, centre_ids)
    vials = {
        product_id: doses
        for product_id, doses in session.execute(
            select(Product.id, Product.doses_per_vial).where(Product.id.in_(product_ids))
        )
    }
    return Shelves(
        fridges={
            shelf: Fridge(lots.get(shelf, []), vials[shelf[1]], today, Counter(promised.get(shelf, {})))
            for shelf in shelves
        },
        budgets={(b.centre_id, b.product_id, b.day): b for b in budgets if b.day >= today},
        today=today,
    )


def _lock(
    session: Session, centre_ids: Collection[int], product_ids: Collection[int], today: date,
    also: Collection[int],
) -> Sequence[Columns]:  # fmt: skip
    """Lock the centres, then the budgets by id; returns the budgets."""
    session.execute(
        select(Centre.id).where(Centre.id.in_(centre_ids)).order_by(Centre.id).with_for_update(key_share=True)
    )
    budgets: Sequence[Columns] = session.execute(
        select(
            DoseBudget.id, DoseBudget.centre_id, DoseBudget.product_id, DoseBudget.day,
            DoseBudget.doses, DoseBudget.taken,
        )
        .where(
            (
                DoseBudget.centre_id.in_(centre_ids)
                & DoseBudget.product_id.in_(product_ids)
                & (DoseBudget.day >= today)
            )
            | DoseBudget.id.in_(also)
        )
        .order_by(DoseBudget.id)
        .with_for_update(key_share=True)
    ).all()  # fmt: skip
    return budgets


def write_budgets(session: Session, shelves: Shelves, room: Room) -> dict[BudgetKey, int]:
    """Set every budget of the shelves to the vials that its day opens; returns the budgets' ids.

    A budget that is larger than its promises would let a direct booking promise a dose that lies nowhere.
    """
    wanted = {
        (*shelf, day): fridge.doses_to_promise(day)
        for shelf, fridge in room.fridges.items()
        for day in fridge.promised
        if day >= shelves.today
    }
    changed = [
        {"id": budget.id, "doses": max(wanted.get(key, 0), budget.taken)}
        for key, budget in shelves.budgets.items()
        if key[:2] in room.fridges and budget.doses != max(wanted.get(key, 0), budget.taken)
    ]
    if changed:
        session.execute(update(DoseBudget), changed)
    ids = {key: budget.id for key, budget in shelves.budgets.items()}
    missing = [key for key in wanted if key not in ids]
    if missing:
        made = session.execute(
            insert(DoseBudget).returning(
                DoseBudget.id, DoseBudget.centre_id, DoseBudget.product_id, DoseBudget.day
            ),
            [{"centre_id": c, "product_id": p, "day": d, "doses": wanted[c, p, d]} for c, p, d in missing],
        )
        ids |= {(row.centre_id, row.product_id, row.day): row.id for row in made}
    return ids
