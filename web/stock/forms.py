"""Forms of the stock pages, read into commands."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext, lazy_gettext
from werkzeug.datastructures import MultiDict

from vaccination.domain.stock import DeliveryStatus, MovementKind
from vaccination.services.region.stock import AnnounceDelivery
from web.forms import Fields

Typed = MultiDict[str, str]
MOST = 10_000_000

MOVEMENTS = {
    MovementKind.RECEIVED: lazy_gettext("received"),
    MovementKind.ALLOTTED: lazy_gettext("moved between centres"),
    MovementKind.USED: lazy_gettext("used"),
    MovementKind.WASTED: lazy_gettext("wasted"),
    MovementKind.EXPIRED: lazy_gettext("expired"),
    MovementKind.CORRECTED: lazy_gettext("corrected"),
}
DELIVERIES = {
    DeliveryStatus.ANNOUNCED: (lazy_gettext("announced"), "info"),
    DeliveryStatus.RECEIVED: (lazy_gettext("arrived"), "ok"),
    DeliveryStatus.CANCELLED: (lazy_gettext("cancelled"), "plain"),
}


@dataclass(frozen=True, slots=True)
class WriteOff:
    """Doses that are gone, and why."""

    kind: MovementKind
    doses: int
    note: str


def parse_delivery(form: Typed, centres: dict[int, str], products: dict[int, str]) -> AnnounceDelivery:
    """A delivery to announce."""
    fields = Fields(form)
    command = AnnounceDelivery(
        centre_id=fields.choice("centre_id", _ids(centres), gettext("Choose the centre")),
        product_id=fields.choice("product_id", _ids(products), gettext("Choose the vaccine")),
        lot_number=fields.text("lot_number", gettext("Write the lot number, as on the box"), longest=40),
        expires_on=fields.day("expires_on", gettext("Write the expiry day, as on the box")),
        doses=fields.whole("doses", gettext("Write how many doses"), least=1, most=MOST),
        available_from=fields.day("available_from", gettext("Write the first day of use")),
        usable_to=fields.optional_day("usable_to"),
    )
    fields.check()
    return command


def parse_doses(form: Typed) -> int:
    """Doses that arrived."""
    fields = Fields(form)
    doses = fields.whole("doses", gettext("Write how many doses"), least=1, most=MOST)
    fields.check()
    return doses


def parse_write_off(form: Typed) -> WriteOff:
    """Doses that are gone."""
    fields = Fields(form)
    kinds = {kind.value: kind for kind in (MovementKind.WASTED, MovementKind.EXPIRED)}
    command = WriteOff(
        kind=fields.choice("kind", kinds, gettext("Say what became of them")),
        doses=fields.whole("doses", gettext("Write how many doses"), least=1, most=MOST),
        note=fields.text("note"),
    )
    fields.check()
    return command


def parse_count(form: Typed) -> tuple[int, str]:
    """What somebody counted, and why it differs."""
    fields = Fields(form)
    counted = fields.whole("counted", gettext("Write how many doses you counted"), most=MOST)
    note = fields.text("reason", gettext("Say why the number differs"))
    fields.check()
    return counted, note


def parse_allotment(form: Typed, centres: dict[int, str]) -> tuple[int, int]:
    """To which centre, how many."""
    fields = Fields(form)
    to_centre = fields.choice("to_centre_id", _ids(centres), gettext("Choose the centre"))
    doses = fields.whole("moved", gettext("Write how many doses"), least=1, most=MOST)
    fields.check()
    return to_centre, doses


def blank_day(day: date) -> dict[str, object]:
    """A day's three fields for `available_from`."""
    return {
        "available_from_day": day.day,
        "available_from_month": day.month,
        "available_from_year": day.year,
    }


def _ids(named: dict[int, str]) -> dict[str, int]:
    # never empty, for a stand-in is taken from it when the choice is wrong
    return {str(row_id): row_id for row_id in named} or {"": 0}
