"""Deliveries from a CSV file."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from vaccination.domain import csv_table as cell
from vaccination.domain.csv_table import CsvRow, CsvTable
from vaccination.models.centres import Centre
from vaccination.models.programmes import Product
from vaccination.models.stock import Delivery, Lot
from vaccination.services.imports.tally import Author, Imported, faults_of
from vaccination.services.region.deliveries import AnnounceDelivery, announce_delivery

_COLUMN_OF = {"centre_id": "centre", "product_id": "product", "lot_number": "lot"}


def import_deliveries(session: Session, table: CsvTable, author: Author) -> Imported:
    """Announce the deliveries that are new. One that is there with the same doses is left as it is."""
    tally = Imported()
    centres = {code: row_id for code, row_id in session.execute(select(Centre.code, Centre.id))}
    products = {code: row_id for code, row_id in session.execute(select(Product.code, Product.id))}
    for row in table.rows:
        command = _delivery(row, centres, products)
        if row.is_faulty:
            continue
        if _is_there(session, command):
            tally.unchanged += 1
            continue
        with faults_of(row, _COLUMN_OF, "lot"):
            announce_delivery(session, command, now=author.now, user_id=author.user_id)
            tally.created += 1
    return tally


def _is_there(session: Session, command: AnnounceDelivery) -> bool:
    query = (
        select(Delivery.id)
        .join(Lot, Lot.id == Delivery.lot_id)
        .where(
            Delivery.centre_id == command.centre_id,
            Delivery.available_from == command.available_from,
            Delivery.doses == command.doses,
            Lot.product_id == command.product_id,
            Lot.number == command.lot_number,
            Lot.expires_on == command.expires_on,
        )
    )
    return session.scalar(query) is not None


def _delivery(row: CsvRow, centres: dict[str, int], products: dict[str, int]) -> AnnounceDelivery:
    epoch = cell.day("2000-01-01")
    return AnnounceDelivery(
        centre_id=row.required("centre", cell.one_of(centres, "unknown_centre"), 0),
        product_id=row.required("product", cell.one_of(products, "unknown_product"), 0),
        lot_number=row.required("lot", cell.text, "-"),
        expires_on=row.required("expires_on", cell.day, epoch),
        doses=row.required("doses", cell.whole, 0),
        available_from=row.required("available_from", cell.day, epoch),
        usable_to=row.optional("usable_to", cell.day),
    )
