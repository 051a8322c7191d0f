"""Centres, their hours, and the sessions and slots made of them."""

from datetime import date, time, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.builders import NOW, TODAY, make_centre
from vaccination.domain.faults import InvalidFields
from vaccination.domain.slots import OpeningHours
from vaccination.models.audit import AuditEntry
from vaccination.models.centres import Centre, ClinicSession, Slot
from vaccination.services.region.centres import (
    BadSpan,
    CentreUnknown,
    CodeTaken,
    OpenCentre,
    SessionsMade,
    change_centre,
    make_sessions,
    open_centre,
    set_weekly_hours,
    weekly_hours,
)
from vaccination.services.region.sessions import (
    SeatsTaken,
    SessionUnknown,
    add_session,
    change_seats,
    close_day,
    close_session,
    renew_sessions,
    reopen_day,
    reopen_session,
)

MORNING = OpeningHours(0, time(9), time(10), stations=2, minutes_per_dose=10, slot_minutes=10)
EVENING = OpeningHours(0, time(17), time(18), stations=4, minutes_per_dose=10, slot_minutes=20)


def fields_of(refusal: pytest.ExceptionInfo[InvalidFields]) -> set[tuple[str, str]]:
    return {(fault.field, fault.code) for fault in refusal.value.faults}


def opened(session: Session, *week: OpeningHours) -> int:
    """A centre with hours and four weeks of sessions."""
    centre_id = make_centre(session).id
    set_weekly_hours(session, centre_id, list(week) or [MORNING], now=NOW)
    make_sessions(session, centre_id, TODAY, TODAY + timedelta(27), now=NOW)
    return centre_id


def seats_of(session: Session, centre_id: int, day: date = TODAY) -> dict[int, tuple[int, int]]:
    rows = session.execute(
        select(Slot.minute, Slot.seats, Slot.taken).where(Slot.centre_id == centre_id, Slot.day == day)
    )
    return {minute: (seats, taken) for minute, seats, taken in rows}


def take(session: Session, centre_id: int, minute: int, people: int) -> None:
    session.execute(
        update(Slot)
        .where(Slot.centre_id == centre_id, Slot.day == TODAY, Slot.minute == minute)
        .values(taken=people)
    )


def clinic_of(session: Session, centre_id: int, opens: time = time(9)) -> ClinicSession:
    return session.scalars(
        select(ClinicSession)
        .where(ClinicSession.centre_id == centre_id, ClinicSession.day == TODAY, ClinicSession.opens == opens)
        .execution_options(populate_existing=True)
    ).one()


def test_a_new_centre_is_kept_and_noted(session: Session) -> None:
    centre_id = open_centre(session, OpenCentre("orl-1", "Gymnase", 47.9, 1.9, town="Orléans"), now=NOW)
    assert session.get_one(Centre, centre_id).town == "Orléans"
    assert (
        session.scalar(select(AuditEntry.action).where(AuditEntry.subject == f"centre:{centre_id}"))
        == "open_centre"
    )


def test_a_wrong_centre_names_every_field(session: Session) -> None:
    with pytest.raises(InvalidFields) as refusal:
        open_centre(session, OpenCentre(" ", "x" * 201, 91, 181, timezone="Mars/Olympus"), now=NOW)
    assert fields_of(refusal) == {
        ("code", "missing"), ("name", "too_long"), ("lat", "out_of_range"), ("lon", "out_of_range"),
        ("timezone", "unknown_timezone"),
    }  # fmt: skip


def test_a_code_names_one_centre(session: Session) -> None:
    make_centre(session, code="orl-1")
    with pytest.raises(CodeTaken):
        open_centre(session, OpenCentre("orl-1", "Autre", 47.9, 1.9), now=NOW)


def test_the_clock_cannot_change_under_sessions(session: Session) -> None:
    centre_id = opened(session)
    moved = OpenCentre(f"c{centre_id}", "Gymnase", 47.9, 1.9, timezone="Indian/Reunion")
    with pytest.raises(InvalidFields) as refusal:
        change_centre(session, centre_id, moved, now=NOW)
    assert fields_of(refusal) == {("timezone", "has_sessions")}


@pytest.mark.parametrize(
    ("run", "fault"),
    [
        (OpeningHours(7, time(9), time(10), 1, 5), ("0.weekday", "out_of_range")),
        (OpeningHours(0, time(10), time(9), 1, 5), ("0.closes", "closes_before_opening")),
        (OpeningHours(0, time(9), time(10), 1, 11), ("0.stations", "no_seat")),
        (OpeningHours(0, time(9), time(10), 0, 5), ("0.stations", "out_of_range")),
        (OpeningHours(0, time(9), time(10), 1, 0), ("0.minutes_per_dose", "out_of_range")),
        (OpeningHours(0, time(9), time(9, 5), 1, 5), ("0.closes", "no_whole_slot")),
        (OpeningHours(0, time(9), time(20), 500, 1, 240), ("0.stations", "too_many_seats")),
    ],
)
def test_hours_that_cannot_be_are_refused(
    session: Session, run: OpeningHours, fault: tuple[str, str]
) -> None:
    centre_id = make_centre(session).id
    with pytest.raises(InvalidFields) as refusal:
        set_weekly_hours(session, centre_id, [run], now=NOW)
    assert fault in fields_of(refusal)
    assert weekly_hours(session, centre_id) == []


def test_overlapping_hours_are_refused_and_touching_ones_kept(session: Session) -> None:
    centre_id = make_centre(session).id
    touching = OpeningHours(0, time(10), time(11), 1, 5)
    set_weekly_hours(session, centre_id, [touching, MORNING], now=NOW)
    assert weekly_hours(session, centre_id) == [MORNING, touching]
    with pytest.raises(InvalidFields) as refusal:
        set_weekly_hours(session, centre_id, [MORNING, OpeningHours(0, time(9, 59), time(11), 1, 5)], now=NOW)
    assert fields_of(refusal) == {("1.opens", "overlaps")}


def test_sessions_and_slots_are_made_of_the_hours(session: Session) -> None:
    centre_id = make_centre(session).id
    set_weekly_hours(session, centre_id, [MORNING, EVENING], now=NOW)
    made = make_sessions(session, centre_id, TODAY, TODAY + timedelta(13), now=NOW)
    assert made == SessionsMade(sessions=4, slots=2 * (6 + 3))
    assert seats_of(session, centre_id) == {
        **{minute: (2, 0) for minute in range(540, 600, 10)},
        **{minute: (8, 0) for minute in range(1020, 1080, 20)},
    }


def test_sessions_are_made_once(session: Session) -> None:
    centre_id = opened(session)
    again = make_sessions(session, centre_id, TODAY, TODAY + timedelta(34), now=NOW)
    assert again == SessionsMade(sessions=1, slots=6)
    assert make_sessions(session, centre_id, TODAY, TODAY + timedelta(34), now=NOW) == SessionsMade(0, 0)


def test_sessions_of_an_unknown_centre_or_a_span_that_cannot_be_are_refused(session: Session) -> None:
    with pytest.raises(CentreUnknown):
        make_sessions(session, 60000, TODAY, TODAY, now=NOW)
    with pytest.raises(BadSpan):
        make_sessions(session, make_centre(session).id, TODAY, TODAY - timedelta(1), now=NOW)


def test_a_closed_session_keeps_its_people_and_takes_nobody_more(session: Session) -> None:
    centre_id = opened(session)
    take(session, centre_id, 540, 2)
    take(session, centre_id, 550, 1)
    assert close_session(session, centre_id, clinic_of(session, centre_id).id, now=NOW) == 3
    assert set(seats_of(session, centre_id).values()) == {(2, 2), (1, 1), (0, 0)}
    reopen_session(session, centre_id, clinic_of(session, centre_id).id, now=NOW)
    assert set(seats_of(session, centre_id).values()) == {(2, 2), (2, 1), (2, 0)}


def test_a_day_closes_and_opens_whole(session: Session) -> None:
    centre_id = opened(session, MORNING, EVENING)
    close_day(session, centre_id, TODAY, now=NOW)
    assert {seats for seats, _ in seats_of(session, centre_id).values()} == {0}
    assert {seats for seats, _ in seats_of(session, centre_id, TODAY + timedelta(7)).values()} == {2, 8}
    reopen_day(session, centre_id, TODAY, now=NOW)
    assert {seats for seats, _ in seats_of(session, centre_id).values()} == {2, 8}


def test_another_centres_session_is_unknown(session: Session) -> None:
    clinic = clinic_of(session, opened(session))
    with pytest.raises(SessionUnknown):
        close_session(session, make_centre(session).id, clinic.id, now=NOW)


def test_seats_never_fall_below_what_is_taken(session: Session) -> None:
    centre_id = opened(session, EVENING)
    clinic = clinic_of(session, centre_id, time(17))
    take(session, centre_id, 1020, 5)
    take(session, centre_id, 1040, 3)
    with pytest.raises(SeatsTaken) as refusal:
        change_seats(session, centre_id, clinic.id, 2, now=NOW)
    assert refusal.value.detail == {"slots": 2, "people": 4}
    change_seats(session, centre_id, clinic.id, 5, now=NOW)
    assert seats_of(session, centre_id) == {1020: (5, 5), 1040: (5, 3), 1060: (5, 0)}


def test_an_extra_session_must_not_overlap(session: Session) -> None:
    centre_id = opened(session)
    assert add_session(session, centre_id, TODAY, EVENING, now=NOW) == 3
    with pytest.raises(InvalidFields) as refusal:
        add_session(session, centre_id, TODAY, OpeningHours(0, time(8), time(9, 30), 1, 5), now=NOW)
    assert fields_of(refusal) == {("opens", "overlaps")}


def test_sessions_follow_new_hours_and_keep_every_booking(session: Session) -> None:
    centre_id = opened(session)
    take(session, centre_id, 540, 2)
    take(session, centre_id, 590, 1)
    earlier = OpeningHours(0, time(8, 30), time(9, 30), stations=3, minutes_per_dose=10, slot_minutes=10)
    set_weekly_hours(session, centre_id, [earlier], now=NOW)
    renewed = renew_sessions(session, centre_id, TODAY, TODAY + timedelta(6), now=NOW)
    assert (renewed.slots, renewed.closed, renewed.people_outside) == (3, 1, 1)
    after = seats_of(session, centre_id)
    assert after == {
        510: (3, 0), 520: (3, 0), 530: (3, 0), 540: (3, 2), 550: (3, 0), 560: (3, 0),
        570: (0, 0), 580: (0, 0), 590: (1, 1),
    }  # fmt: skip
    assert {seats for seats, _ in seats_of(session, centre_id, TODAY + timedelta(7)).values()} == {2}


def test_fewer_stations_leave_each_full_slot_its_people(session: Session) -> None:
    centre_id = opened(session)
    take(session, centre_id, 540, 2)
    set_weekly_hours(session, centre_id, [OpeningHours(0, time(9), time(10), 1, 10, 10)], now=NOW)
    renew_sessions(session, centre_id, TODAY, TODAY, now=NOW)
    assert seats_of(session, centre_id) == {540: (2, 2), **{m: (1, 0) for m in range(550, 600, 10)}}


def test_what_was_closed_by_hand_stays_closed(session: Session) -> None:
    centre_id = opened(session)
    close_day(session, centre_id, TODAY, now=NOW)
    set_weekly_hours(session, centre_id, [OpeningHours(0, time(9), time(11), 2, 10, 10)], now=NOW)
    renew_sessions(session, centre_id, TODAY, TODAY, now=NOW)
    assert {seats for seats, _ in seats_of(session, centre_id).values()} == {0}


def test_many_slots_are_made_in_few_statements(session: Session) -> None:
    centre_id = make_centre(session).id
    week = [OpeningHours(d, time(8), time(20), 6, 5, 5) for d in range(7)]
    set_weekly_hours(session, centre_id, week, now=NOW)
    assert make_sessions(session, centre_id, TODAY, TODAY + timedelta(83), now=NOW).slots == 84 * 144
    assert session.scalar(select(func.sum(Slot.seats)).where(Slot.centre_id == centre_id)) == 84 * 144 * 6
