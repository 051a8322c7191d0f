"""Centres: open one, change it, set its weekly hours, and make its clinic sessions with their slots."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import available_timezones

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from vaccination.domain.faults import Faults
from vaccination.domain.slots import OpeningHours, days_between, overlapping, slot_starts
from vaccination.errors import Conflict, Invalid, NotFound
from vaccination.models.centres import Centre, ClinicSession, Slot, WeeklyHours
from vaccination.services import audit

LONGEST_SPAN_DAYS = 400


class CentreUnknown(NotFound):
    """There is no such centre."""

    code = "centre_unknown"


class CodeTaken(Conflict):
    """Something else has this code already; `detail['code']` is the code."""

    code = "code_taken"


class BadSpan(Invalid):
    """The last day lies before the first, or the span is longer than a programme can be."""

    code = "bad_span"


@dataclass(frozen=True, slots=True)
class OpenCentre:
    """What a centre is: a short code, its name, where it lies and which clock hangs on its wall."""

    code: str
    name: str
    lat: float
    lon: float
    street: str = ""
    postcode: str = ""
    town: str = ""
    phone: str = ""
    wheelchair: bool = True
    timezone: str = "Europe/Paris"


@dataclass(frozen=True, slots=True)
class SessionsMade:
    """How many clinic sessions and slots were made; none when all were there."""

    sessions: int
    slots: int


def centre_of(session: Session, centre_id: int) -> Centre:
    """The centre; raises CentreUnknown."""
    centre = session.get(Centre, centre_id)
    if centre is None:
        raise CentreUnknown(centre_id=centre_id)
    return centre


def open_centre(session: Session, command: OpenCentre, *, now: datetime, user_id: int | None = None) -> int:
    """A new centre; returns its id. Raises InvalidFields or CodeTaken."""
    _check_centre(command)
    _refuse_taken_code(session, command.code, None)
    centre = Centre(**asdict(command))
    session.add(centre)
    session.flush()
    audit.record(session, "open_centre", f"centre:{centre.id}", now=now, user_id=user_id, centre_id=centre.id)
    return centre.id


def change_centre(
    session: Session, centre_id: int, command: OpenCentre, *, now: datetime, user_id: int | None = None
) -> None:
    """Put the centre's facts right. The clock may change only while it has no session."""
    centre = centre_of(session, centre_id)
    _check_centre(command)
    _refuse_taken_code(session, command.code, centre_id)
    if command.timezone != centre.timezone and _has_sessions(session, centre_id):
        faults = Faults()
        faults.add("timezone", "has_sessions")
        faults.check()
    changed = {name: value for name, value in asdict(command).items() if getattr(centre, name) != value}
    for name, value in changed.items():
        setattr(centre, name, value)
    facts = {"changed": sorted(changed)}
    audit.record(
        session, "change_centre", f"centre:{centre_id}", now=now, user_id=user_id, centre_id=centre_id,
        facts=facts,
    )  # fmt: skip


def set_centre_open(
    session: Session, centre_id: int, is_open: bool, *, now: datetime, user_id: int | None = None
) -> None:
    """A closed centre takes no part in new plans; appointments there stand until they are moved."""
    centre_of(session, centre_id).is_open = is_open
    action = "reopen_centre" if is_open else "close_centre"
    audit.record(session, action, f"centre:{centre_id}", now=now, user_id=user_id, centre_id=centre_id)


def set_weekly_hours(
    session: Session, centre_id: int, week: list[OpeningHours], *, now: datetime, user_id: int | None = None
) -> None:
    """Replace the centre's weekly hours. Sessions made before stay as they are; see `renew_sessions`."""
    centre_of(session, centre_id)
    check_week(week)
    session.execute(delete(WeeklyHours).where(WeeklyHours.centre_id == centre_id))
    if week:
        session.execute(insert(WeeklyHours), [{"centre_id": centre_id, **asdict(run)} for run in week])
    facts = {"runs": len(week), "seats_a_week": sum(run.seats_a_day for run in week)}
    audit.record(
        session, "set_weekly_hours", f"centre:{centre_id}", now=now, user_id=user_id, centre_id=centre_id,
        facts=facts,
    )  # fmt: skip


def weekly_hours(session: Session, centre_id: int) -> list[OpeningHours]:
    """The centre's hours, Monday first."""
    rows = session.scalars(
        select(WeeklyHours)
        .where(WeeklyHours.centre_id == centre_id)
        .order_by(WeeklyHours.weekday, WeeklyHours.opens)
    )
    return [
        OpeningHours(r.weekday, r.opens, r.closes, r.stations, r.minutes_per_dose, r.slot_minutes)
        for r in rows
    ]


def make_sessions(
    session: Session, centre_id: int, first_day: date, last_day: date, *, now: datetime,
    user_id: int | None = None,
) -> SessionsMade:  # fmt: skip
    """Make the sessions and slots of the weekly hours for days that have none yet.

    A day that has a session, open or closed, is left alone, so this may run every night and twice at once.
    """
    if not 0 <= (last_day - first_day).days < LONGEST_SPAN_DAYS:
        raise BadSpan(first_day=first_day, last_day=last_day)
    centre = centre_of(session, centre_id)
    hours = weekly_hours(session, centre_id)
    made = select(ClinicSession.day).where(
        ClinicSession.centre_id == centre_id, ClinicSession.day.between(first_day, last_day)
    )
    done = set(session.scalars(made))
    wanted = [
        (day, run)
        for day in days_between(first_day, last_day)
        for run in hours
        if run.weekday == day.weekday() and day not in done
    ]
    result = insert_sessions(session, centre, wanted)
    if result.sessions:
        facts = {"sessions": result.sessions, "first_day": str(first_day), "last_day": str(last_day)}
        audit.record(
            session, "make_sessions", f"centre:{centre_id}", now=now, user_id=user_id, centre_id=centre_id,
            facts=facts,
        )  # fmt: skip
    return result


def insert_sessions(
    session: Session, centre: Centre, wanted: list[tuple[date, OpeningHours]]
) -> SessionsMade:
    """Insert sessions that are known not to be there, with all their slots, in two statements."""
    if not wanted:
        return SessionsMade(0, 0)
    ids = session.scalars(
        insert(ClinicSession).returning(ClinicSession.id, sort_by_parameter_order=True),
        [_session_row(centre.id, day, run) for day, run in wanted],
    )
    slots = [
        row
        for clinic_id, (day, run) in zip(ids, wanted, strict=True)
        for row in slot_rows(centre, clinic_id, day, run)
    ]
    if slots:
        session.execute(insert(Slot), slots)
    return SessionsMade(len(wanted), len(slots))


def slot_rows(centre: Centre, clinic_id: int, day: date, run: OpeningHours) -> list[dict[str, Any]]:
    """The slots of a session, as rows to insert."""
    return [
        {
            "clinic_session_id": clinic_id,
            "centre_id": centre.id,
            "day": day,
            "minute": start.minute,
            "starts_at": start.starts_at,
            "seats": run.seats,
            "taken": 0,
        }
        for start in slot_starts(day, run, centre.timezone)
    ]


def _session_row(centre_id: int, day: date, run: OpeningHours) -> dict[str, Any]:
    return {
        "centre_id": centre_id,
        "day": day,
        "opens": run.opens,
        "closes": run.closes,
        "slot_minutes": run.slot_minutes,
        "seats": run.seats,
        "is_open": True,
    }


def check_week(week: list[OpeningHours]) -> None:
    """Raise InvalidFields naming run and field, such as `2.closes`, for hours that cannot be."""
    faults = Faults()
    for number, run in enumerate(week):
        faults.between(f"{number}.weekday", run.weekday, 0, 6)
        faults.between(f"{number}.stations", run.stations, 1, 500)
        faults.between(f"{number}.minutes_per_dose", run.minutes_per_dose, 1, 120)
        faults.between(f"{number}.slot_minutes", run.slot_minutes, 1, 240)
        faults.add_if(run.opens >= run.closes, f"{number}.closes", "closes_before_opening")
        possible = run.minutes_per_dose > 0 and run.slot_minutes > 0
        if possible and run.opens < run.closes:
            faults.add_if(run.seats < 1, f"{number}.stations", "no_seat")
            faults.add_if(run.seats > 1000, f"{number}.stations", "too_many_seats", most=1000)
            faults.add_if(not run.seats_a_day and run.seats > 0, f"{number}.closes", "no_whole_slot")
    for _, second in overlapping(week):
        number = next(n for n, run in enumerate(week) if run is second)
        faults.add(f"{number}.opens", "overlaps")
    faults.check()


def _check_centre(command: OpenCentre) -> None:
    faults = Faults()
    faults.text("code", command.code, longest=40)
    faults.text("name", command.name)
    for name in ("street", "town"):
        faults.add_if(len(getattr(command, name)) > 200, name, "too_long", longest=200)
    for name in ("postcode", "phone"):
        faults.add_if(len(getattr(command, name)) > 40, name, "too_long", longest=40)
    faults.between("lat", command.lat, -90, 90)
    faults.between("lon", command.lon, -180, 180)
    faults.add_if(command.timezone not in available_timezones(), "timezone", "unknown_timezone")
    faults.check()


def _refuse_taken_code(session: Session, code: str, own_id: int | None) -> None:
    holder = session.scalar(select(Centre.id).where(Centre.code == code))
    if holder is not None and holder != own_id:
        raise CodeTaken(code=code)


def _has_sessions(session: Session, centre_id: int) -> bool:
    found = session.scalar(select(ClinicSession.id).where(ClinicSession.centre_id == centre_id).limit(1))
    return found is not None
