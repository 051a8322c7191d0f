"""Reads what staff announce."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time
from zoneinfo import ZoneInfo

from flask_babel import gettext, ngettext
from werkzeug.datastructures import MultiDict

from vaccination.domain.csv_table import BadCell, clock
from vaccination.domain.faults import InvalidFields
from vaccination.domain.same_day import MOST_DOSES
from vaccination.readmodels.same_day_sheet import DayOfCentre
from vaccination.services.same_day.calls import Announce, NothingToGive
from web.forms import Fields, InvalidForm
from web.sameday.words import FAULTS


def parse_announcement(form: "MultiDict[str, str]", day: DayOfCentre) -> Announce:
    """Vaccine, doses, and the hour by which the last person must be there, on the centre's clock."""
    fields = Fields(form)
    if not day.products:
        fields.fault("product_id", gettext("There is no vaccine at this centre today"))
        fields.check()
    product_id = fields.choice(
        "product_id", {key: int(key) for key in day.products}, gettext("Choose the vaccine")
    )
    doses = fields.whole("doses", gettext("Write how many doses are left"), least=1, most=MOST_DOSES)
    until = datetime.combine(day.day, _clock(fields), ZoneInfo(day.timezone))
    fields.check()
    return Announce(day.centre_id, product_id, doses, until)


@contextmanager
def beside_fields() -> Iterator[None]:
    """The domain's refusals beside the fields that they are about."""
    try:
        yield
    except InvalidFields as refusal:
        raise InvalidForm({fault.field: str(FAULTS[fault.code]) for fault in refusal.faults}) from refusal
    except NothingToGive as refusal:
        doses = int(str(refusal.detail["doses"]))
        sentence = ngettext(
            "Only %(num)s dose can be given today without taking one that is promised",
            "Only %(num)s doses can be given today without taking one that is promised",
            doses,
        )
        if not doses:
            sentence = gettext("All doses here are promised to people who have appointments")
        raise InvalidForm({"doses": sentence}) from refusal


def _clock(fields: Fields) -> time:
    missing = gettext("Write the hour, for example 18:00")
    typed = fields.text("until", missing, longest=8)
    try:
        return clock(typed)
    except BadCell:
        fields.fault("until", missing)
        return time()
