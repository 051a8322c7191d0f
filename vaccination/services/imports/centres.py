"""Centres and their weekly hours from CSV files."""

from collections import defaultdict
from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from vaccination.domain import csv_table as cell
from vaccination.domain.csv_table import BadCell, CsvRow, CsvTable
from vaccination.domain.faults import InvalidFields
from vaccination.domain.file_kinds import JOURS, WEEKDAYS
from vaccination.domain.slots import DEFAULT_SLOT_MINUTES, OpeningHours
from vaccination.models.centres import Centre
from vaccination.services.imports.tally import Author, Imported, faults_of
from vaccination.services.region.centres import (
    OpenCentre,
    change_centre,
    check_week,
    open_centre,
    set_weekly_hours,
    weekly_hours,
)

_WEEKDAY = {name: day for names in (WEEKDAYS, JOURS) for day, name in enumerate(names)} | {
    str(number): number - 1 for number in range(1, 8)
}


def import_centres(session: Session, table: CsvTable, author: Author) -> Imported:
    """Open the centres that are new and change those that differ, by their code."""
    tally = Imported()
    known = {centre.code: centre for centre in session.scalars(select(Centre))}
    seen: set[str] = set()
    for row in table.rows:
        command = _centre(row)
        if command.code in seen:
            row.fault("centre", "stands_twice")
        seen.add(command.code)
        if not row.is_faulty:
            with faults_of(row, {"code": "centre"}, "centre"):
                _keep_centre(session, command, known.get(command.code), tally, author)
    return tally


def _keep_centre(
    session: Session, command: OpenCentre, there: Centre | None, tally: Imported, author: Author
) -> None:
    now, user_id = author.now, author.user_id
    if there is None:
        open_centre(session, command, now=now, user_id=user_id)
        tally.created += 1
        return
    differs = any(getattr(there, name) != value for name, value in asdict(command).items())
    if differs:
        change_centre(session, there.id, command, now=now, user_id=user_id)
    tally.count_change(differs)


def _centre(row: CsvRow) -> OpenCentre:
    return OpenCentre(
        code=row.required("centre", cell.text, ""),
        name=row.required("name", cell.text, "-"),
        lat=row.required("lat", cell.decimal, 0.0),
        lon=row.required("lon", cell.decimal, 0.0),
        street=row.optional("street", cell.text) or "",
        postcode=row.optional("postcode", cell.text) or "",
        town=row.optional("town", cell.text) or "",
        phone=row.optional("phone", cell.text) or "",
        wheelchair=row.optional("wheelchair", cell.truth) is not False,
        timezone=row.optional("timezone", cell.text) or "Europe/Paris",
    )


def import_hours(session: Session, table: CsvTable, author: Author) -> Imported:
    """Replace the weekly hours of every centre that the file names; other centres keep theirs."""
    tally = Imported()
    known = {code: centre_id for code, centre_id in session.execute(select(Centre.code, Centre.id))}
    rows_of: dict[int, list[tuple[CsvRow, OpeningHours]]] = defaultdict(list)
    for row in table.rows:
        centre_id = row.required("centre", cell.one_of(known, "unknown_centre"), 0)
        rows_of[centre_id].append((row, _run(row)))
    for centre_id, runs in rows_of.items():
        if not any(row.is_faulty for row, _ in runs) and _week_holds(runs):
            week = sorted((run for _, run in runs), key=lambda run: (run.weekday, run.opens))
            differs = weekly_hours(session, centre_id) != week
            if differs:
                set_weekly_hours(session, centre_id, week, now=author.now, user_id=author.user_id)
            tally.count_change(differs)
    return tally


def _week_holds(runs: list[tuple[CsvRow, OpeningHours]]) -> bool:
    """Whether a centre's runs go together; where not, each fault goes to the line of its run."""
    try:
        check_week([run for _, run in runs])
    except InvalidFields as refusal:
        for fault in refusal.faults:
            number, name = fault.field.split(".")
            runs[int(number)][0].fault(name, fault.code, fault.facts)
        return False
    return True


def _run(row: CsvRow) -> OpeningHours:
    midnight = cell.clock("00:00")
    slot_minutes = row.optional("slot_minutes", cell.whole)
    return OpeningHours(
        weekday=row.required("weekday", _weekday, 0),
        opens=row.required("opens", cell.clock, midnight),
        closes=row.required("closes", cell.clock, midnight),
        stations=row.required("stations", cell.whole, 1),
        minutes_per_dose=row.required("minutes_per_dose", cell.whole, 1),
        slot_minutes=DEFAULT_SLOT_MINUTES if slot_minutes is None else slot_minutes,
    )


def _weekday(text: str) -> int:
    """Monday, lundi or 1 … Sunday, dimanche or 7."""
    if text.lower() not in _WEEKDAY:
        raise BadCell("not_a_weekday")
    return _WEEKDAY[text.lower()]
