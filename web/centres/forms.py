"""Forms of the centres' pages, read into commands."""

from datetime import date, time, timedelta

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from vaccination.domain.csv_table import BadCell, clock, decimal
from vaccination.domain.slots import OpeningHours
from vaccination.readmodels.centre_sheet import CentreFacts
from vaccination.services.region.centres import OpenCentre
from web.forms import Fields, FilledForm, filled

SPARE_ROWS = 3
MOST_RUNS = 60
_COLUMNS = ("weekday", "opens", "closes", "stations", "minutes_per_dose", "slot_minutes")
Typed = MultiDict[str, str]


def parse_centre(form: Typed) -> OpenCentre:
    """A centre's facts."""
    fields = Fields(form)
    command = OpenCentre(
        code=fields.text("code", gettext("Give the centre a short code"), longest=40),
        name=fields.text("name", gettext("Write the centre's name")),
        street=fields.text("street"),
        postcode=fields.text("postcode", longest=10),
        town=fields.text("town"),
        phone=fields.text("phone", longest=40),
        lat=_degrees(fields, "lat", gettext("Write the latitude, for example 47.9029")),
        lon=_degrees(fields, "lon", gettext("Write the longitude, for example 1.9093")),
        wheelchair=fields.ticked("wheelchair"),
        timezone=fields.text("timezone") or "Europe/Paris",
    )
    fields.check()
    return command


def filled_centre(facts: CentreFacts) -> FilledForm:
    """The form with what is stored."""
    return filled(
        code=facts.code, name=facts.name, street=facts.street, postcode=facts.postcode, town=facts.town,
        phone=facts.phone, lat=facts.lat, lon=facts.lon, wheelchair=facts.wheelchair, timezone=facts.timezone,
    )  # fmt: skip


def parse_hours(form: Typed) -> list[OpeningHours]:
    """The week as typed: rows without times are left out. Field names are those of the rows."""
    fields = Fields(form)
    runs = []
    for row in _typed_rows(form):
        runs.append(
            OpeningHours(
                weekday=fields.whole(f"{row}.weekday", gettext("Choose the weekday"), most=6),
                opens=_clock(fields, f"{row}.opens", gettext("Write the opening time, for example 09:00")),
                closes=_clock(fields, f"{row}.closes", gettext("Write the closing time, for example 18:00")),
                stations=fields.whole(
                    f"{row}.stations", gettext("Write how many stations"), least=1, most=500
                ),
                minutes_per_dose=fields.whole(
                    f"{row}.minutes_per_dose", gettext("Write the minutes a dose takes"), least=1, most=120
                ),
                slot_minutes=fields.whole(
                    f"{row}.slot_minutes", gettext("Write the length of a slot"), least=1, most=240
                ),
            )
        )
    fields.check()
    return runs


def row_names(form: Typed) -> dict[str, str]:
    """The domain numbers runs without gaps; the form's rows may have gaps."""
    return {
        f"{number}.{column}": f"{row}.{column}"
        for number, row in enumerate(_typed_rows(form))
        for column in _COLUMNS
    }


def filled_hours(week: tuple[OpeningHours, ...]) -> FilledForm:
    """The editor with the hours as they are."""
    values: dict[str, object] = {}
    for row, run in enumerate(week):
        values |= {
            f"{row}.weekday": run.weekday,
            f"{row}.opens": f"{run.opens:%H:%M}",
            f"{row}.closes": f"{run.closes:%H:%M}",
            f"{row}.stations": run.stations,
            f"{row}.minutes_per_dose": run.minutes_per_dose,
            f"{row}.slot_minutes": run.slot_minutes,
        }
    return filled(**values, follow=True)


def row_count(form: FilledForm) -> int:
    """Rows to show: those with something in them, and some to spare."""
    used = [row for row in range(MOST_RUNS) if form.value(f"{row}.opens") or form.value(f"{row}.closes")]
    return min(MOST_RUNS, (used[-1] + 1 if used else 5) + SPARE_ROWS)


def parse_seats(form: Typed) -> int:
    """Seats of each slot of a session."""
    fields = Fields(form)
    seats = fields.whole("seats", gettext("Write how many seats each slot has"), most=1000)
    fields.check()
    return seats


def parse_span(form: Typed, today: date) -> tuple[date, date]:
    """From today, so many weeks."""
    fields = Fields(form)
    weeks = fields.whole("weeks", gettext("Write for how many weeks"), least=1, most=52)
    fields.check()
    return today, today + timedelta(7 * weeks - 1)


def parse_run(form: Typed, weekday: int) -> OpeningHours:
    """An extra session of a day."""
    fields = Fields(form)
    run = OpeningHours(
        weekday=weekday,
        opens=_clock(fields, "opens", gettext("Write the opening time, for example 09:00")),
        closes=_clock(fields, "closes", gettext("Write the closing time, for example 18:00")),
        stations=fields.whole("stations", gettext("Write how many stations"), least=1, most=500),
        minutes_per_dose=fields.whole(
            "minutes_per_dose", gettext("Write the minutes a dose takes"), least=1, most=120
        ),
        slot_minutes=fields.whole("slot_minutes", gettext("Write the length of a slot"), least=1, most=240),
    )
    fields.check()
    return run


def _typed_rows(form: Typed) -> list[int]:
    return [row for row in range(MOST_RUNS) if form.get(f"{row}.opens") or form.get(f"{row}.closes")]


def _clock(fields: Fields, name: str, missing: str) -> time:
    typed = fields.raw(name).replace("h", ":").replace(" ", "")
    try:
        if typed:
            return clock(typed + "00" if typed.endswith(":") else typed)
    except BadCell:
        pass
    fields.fault(name, missing)
    return time()


def _degrees(fields: Fields, name: str, missing: str) -> float:
    try:
        return decimal(fields.raw(name))
    except BadCell:
        fields.fault(name, missing)
        return 0.0
