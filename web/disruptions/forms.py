"""Reads what has happened from the agency's form."""

from datetime import date

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from vaccination.domain.disruptions import DisruptionKind
from vaccination.services.replacing.disruptions import Prepare
from web.forms import Fields

_KINDS = {kind.value: kind for kind in DisruptionKind}


def parse_prepare(form: "MultiDict[str, str]", today: date) -> Prepare:
    """The hidden fields of a line of causes; a closed centre is closed from today on."""
    fields = Fields(form)
    kind = fields.choice("kind", _KINDS, gettext("Choose what has happened"))
    day = _day(fields)
    by_lot, by_rule = kind is DisruptionKind.LOT_WITHDRAWN, kind is DisruptionKind.RULE_CHANGED
    command = Prepare(
        kind,
        centre_id=None if by_lot or by_rule else fields.optional_whole("centre_id"),
        day=today if kind is DisruptionKind.CENTRE_CLOSED else day,
        product_id=fields.optional_whole("product_id") if kind is DisruptionKind.DELIVERY_CUT else None,
        lot_id=fields.optional_whole("lot_id") if by_lot else None,
        schedule_id=fields.whole("schedule_id", gettext("Choose what has happened")) if by_rule else None,
    )
    fields.check()
    return command


def _day(fields: Fields) -> date | None:
    typed = fields.raw("day")
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        fields.fault("day", gettext("This date does not exist: check the day, the month and the year"))
        return None
