"""Clinic sessions after they were made: close, reopen, change seats, follow new weekly hours.

Nobody who has a seat loses it here: seats never fall below what is taken. Moving people is a plan's work.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import case, func, insert, select, update
from sqlalchemy.orm import Session

from vaccination.domain.faults import Faults
from vaccination.domain.slots import OpeningHours, days_between
from vaccination.errors import Conflict, NotFound
from vaccination.models.centres import Centre, ClinicSession, Slot
from vaccination.services import audit
from vaccination.services.region.centres import centre_of, insert_sessions, slot_rows, weekly_hours

MOST_SEATS = 1000


class SessionUnknown(NotFound):
    """There is no such clinic session at this centre."""

    code = "session_unknown"


class SeatsTaken(Conflict):
    """More people are booked than there would be seats; `detail` counts slots and people."""

    code = "seats_taken"


@dataclass(frozen=True, slots=True)
class Renewed:
    """What following new hours did: slots made, sessions changed and closed, people outside the new hours."""

    slots: int
    changed: int
    closed: int
    people_outside: int


def close_session(
    session: Session, centre_id: int, clinic_id: int, *, now: datetime, user_id: int | None = None
) -> int:
    """Take nobody more; returns how many people stand booked there still."""
    clinic = _session_of(session, centre_id, clinic_id)
    _shut(session, [clinic.id])
    _note(session, "close_session", clinic, now, user_id)
    return _booked(session, [clinic.id])


def reopen_session(
    session: Session, centre_id: int, clinic_id: int, *, now: datetime, user_id: int | None = None
) -> None:
    """Open a closed session again with the seats it had."""
    clinic = _session_of(session, centre_id, clinic_id)
    clinic.is_open = True
    _set_seats(session, clinic.id, clinic.seats)
    _note(session, "reopen_session", clinic, now, user_id)


def close_day(
    session: Session, centre_id: int, day: date, *, now: datetime, user_id: int | None = None
) -> int:
    """Close every session of a day; returns how many people stand booked that day still."""
    ids = _ids_of_day(session, centre_id, day)
    _shut(session, ids)
    audit.record(
        session, "close_day", f"centre:{centre_id}", now=now, user_id=user_id, centre_id=centre_id,
        facts={"day": str(day), "sessions": len(ids)},
    )  # fmt: skip
    return _booked(session, ids)


def reopen_day(
    session: Session, centre_id: int, day: date, *, now: datetime, user_id: int | None = None
) -> None:
    """Open every session of a day again."""
    for clinic_id in _ids_of_day(session, centre_id, day):
        reopen_session(session, centre_id, clinic_id, now=now, user_id=user_id)


def change_seats(
    session: Session, centre_id: int, clinic_id: int, seats: int, *, now: datetime,
    user_id: int | None = None,
) -> None:  # fmt: skip
    """Give each slot of a session so many seats. Raises SeatsTaken where more people are booked."""
    clinic = _session_of(session, centre_id, clinic_id)
    faults = Faults()
    faults.between("seats", seats, 0, MOST_SEATS)
    faults.check()
    _lock_slots(session, [clinic.id])
    slots, people = session.execute(
        select(func.count(), func.sum(Slot.taken - seats)).where(
            Slot.clinic_session_id == clinic.id, Slot.taken > seats
        )
    ).one()
    if slots:
        raise SeatsTaken(slots=slots, people=int(people))
    clinic.seats = seats
    if clinic.is_open:
        _set_seats(session, clinic.id, seats)
    _note(session, "change_seats", clinic, now, user_id)


def add_session(
    session: Session, centre_id: int, day: date, run: OpeningHours, *, now: datetime,
    user_id: int | None = None,
) -> int:  # fmt: skip
    """An extra session on a day, beside the weekly hours; returns its number of slots."""
    centre = centre_of(session, centre_id)
    faults = Faults()
    faults.add_if(run.opens >= run.closes, "closes", "closes_before_opening")
    faults.between("seats", run.seats, 1, MOST_SEATS)
    there = session.execute(
        select(ClinicSession.id).where(
            ClinicSession.centre_id == centre_id, ClinicSession.day == day,
            ClinicSession.opens < run.closes, ClinicSession.closes > run.opens,
        )
    ).first()  # fmt: skip
    faults.add_if(there is not None, "opens", "overlaps")
    faults.check()
    made = insert_sessions(session, centre, [(day, replace(run, weekday=day.weekday()))])
    audit.record(
        session, "add_session", f"centre:{centre_id}", now=now, user_id=user_id, centre_id=centre_id,
        facts={"day": str(day), "slots": made.slots},
    )  # fmt: skip
    return made.slots


def renew_sessions(
    session: Session, centre_id: int, first_day: date, last_day: date, *, now: datetime,
    user_id: int | None = None,
) -> Renewed:  # fmt: skip
    """Let sessions that were made before follow the weekly hours as they are now, keeping every booking.

    A session that the new hours do not know is closed; a start time that they do not know takes nobody more.
    What somebody closed by hand stays closed.
    """
    centre = centre_of(session, centre_id)
    week = weekly_hours(session, centre_id)
    there = _sessions_between(session, centre_id, first_day, last_day)
    _lock_slots(session, [clinic.id for clinic in there.values()])
    fresh: list[tuple[date, OpeningHours]] = []
    slots = changed = 0
    for day in days_between(first_day, last_day):
        for run in (run for run in week if run.weekday == day.weekday()):
            clinic = there.pop((day, run.opens), None)
            if clinic is None:
                fresh.append((day, run))
            elif clinic.is_open and not _follows(clinic, run):
                slots += _follow(session, centre, clinic, run)
                changed += 1
    gone = [clinic.id for clinic in there.values() if clinic.is_open]
    _shut(session, gone)
    made = _insert_apart(session, centre, fresh)
    audit.record(
        session, "renew_sessions", f"centre:{centre_id}", now=now, user_id=user_id, centre_id=centre_id,
        facts={"first_day": str(first_day), "last_day": str(last_day), "closed": len(gone)},
    )  # fmt: skip
    return Renewed(slots + made, changed, len(gone), _booked(session, gone))


def _follows(clinic: ClinicSession, run: OpeningHours) -> bool:
    return (clinic.closes, clinic.slot_minutes, clinic.seats) == (run.closes, run.slot_minutes, run.seats)


def _follow(session: Session, centre: Centre, clinic: ClinicSession, run: OpeningHours) -> int:
    """Give a session the run's end, step and seats; returns the slots that were added."""
    clinic.closes, clinic.slot_minutes, clinic.seats = run.closes, run.slot_minutes, run.seats
    wanted = {row["minute"]: row for row in slot_rows(centre, clinic.id, clinic.day, run)}
    _shut_slots(session, [clinic.id])
    _set_seats(session, clinic.id, run.seats, wanted)
    return _insert_slots(session, centre.id, clinic.day, list(wanted.values()))


def _insert_slots(session: Session, centre_id: int, day: date, rows: list[dict[str, Any]]) -> int:
    """Give a session its slots. A minute has one slot at a centre: that of a closed session changes hands."""
    if not rows:
        return 0
    closed = select(ClinicSession.id).where(
        ClinicSession.centre_id == centre_id, ClinicSession.day == day, ClinicSession.is_open.is_(False)
    )
    wanted, clinic_id, seats = [row["minute"] for row in rows], rows[0]["clinic_session_id"], rows[0]["seats"]
    adopted = (Slot.centre_id == centre_id, Slot.day == day, Slot.minute.in_(wanted))
    session.execute(
        update(Slot)
        .where(*adopted, Slot.clinic_session_id.in_(closed))
        .values(
            clinic_session_id=clinic_id, seats=case((Slot.taken > seats, Slot.taken), else_=seats)
        )
    )  # fmt: skip
    held = set(session.scalars(select(Slot.minute).where(*adopted)))
    missing = [row for row in rows if row["minute"] not in held]
    if missing:
        session.execute(insert(Slot), missing)
    return len(missing)


def _insert_apart(session: Session, centre: Centre, fresh: list[tuple[date, OpeningHours]]) -> int:
    """New sessions on days that may still have old, closed ones: only their free minutes get a slot."""
    days = {day for day, _ in fresh}
    busy = set(
        session.scalars(
            select(ClinicSession.day).where(ClinicSession.centre_id == centre.id, ClinicSession.day.in_(days))
        )
    )
    made = insert_sessions(session, centre, [(day, run) for day, run in fresh if day not in busy]).slots
    for day, run in fresh:
        if day in busy:
            clinic = ClinicSession(
                centre_id=centre.id, day=day, opens=run.opens, closes=run.closes,
                slot_minutes=run.slot_minutes, seats=run.seats,
            )  # fmt: skip
            session.add(clinic)
            session.flush()
            made += _insert_slots(session, centre.id, day, slot_rows(centre, clinic.id, day, run))
    return made


def _session_of(session: Session, centre_id: int, clinic_id: int) -> ClinicSession:
    clinic = session.get(ClinicSession, clinic_id)
    if clinic is None or clinic.centre_id != centre_id:
        raise SessionUnknown(clinic_id=clinic_id)
    return clinic


def _sessions_between(
    session: Session, centre_id: int, first: date, last: date
) -> dict[tuple[date, time], ClinicSession]:
    rows = session.scalars(
        select(ClinicSession).where(
            ClinicSession.centre_id == centre_id, ClinicSession.day.between(first, last)
        )
    )
    return {(clinic.day, clinic.opens): clinic for clinic in rows}


def _ids_of_day(session: Session, centre_id: int, day: date) -> list[int]:
    query = select(ClinicSession.id).where(ClinicSession.centre_id == centre_id, ClinicSession.day == day)
    return list(session.scalars(query))


def _lock_slots(session: Session, ids: list[int]) -> None:
    """In id order, as booking takes them, so that the two never wait for each other in a circle."""
    session.execute(
        select(Slot.id)
        .where(Slot.clinic_session_id.in_(ids))
        .order_by(Slot.id)
        .with_for_update(key_share=True)
    )


def _shut(session: Session, ids: list[int]) -> None:
    """No seat beyond those taken: whoever books by conditional UPDATE finds none."""
    _lock_slots(session, ids)
    session.execute(update(ClinicSession).where(ClinicSession.id.in_(ids)).values(is_open=False))
    _shut_slots(session, ids)


def _shut_slots(session: Session, ids: list[int]) -> None:
    session.execute(update(Slot).where(Slot.clinic_session_id.in_(ids)).values(seats=Slot.taken))


def _set_seats(session: Session, clinic_id: int, seats: int, minutes: Iterable[int] | None = None) -> None:
    """So many seats a slot, or as many as are taken where that is more."""
    _lock_slots(session, [clinic_id])
    change = update(Slot).where(Slot.clinic_session_id == clinic_id)
    if minutes is not None:
        change = change.where(Slot.minute.in_(list(minutes)))
    session.execute(change.values(seats=case((Slot.taken > seats, Slot.taken), else_=seats)))


def _booked(session: Session, ids: list[int]) -> int:
    total = session.scalar(select(func.sum(Slot.taken)).where(Slot.clinic_session_id.in_(ids)))
    return int(total or 0)


def _note(session: Session, action: str, clinic: ClinicSession, now: datetime, user_id: int | None) -> None:
    facts = {"day": str(clinic.day), "seats": clinic.seats}
    audit.record(
        session, action, f"clinic_session:{clinic.id}", now=now, user_id=user_id,
        centre_id=clinic.centre_id, facts=facts,
    )  # fmt: skip
