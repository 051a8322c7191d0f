"""The desk's rule, case by case."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaccination.domain.appointment import NEXT_STATUS, Action, AppointmentStatus
from vaccination.domain.check_in import (
    ACCEPTED,
    Arrival,
    Desk,
    Level,
    VerdictCode,
    decide_check_in,
    level_of,
    verdict_of_refused_text,
)
from vaccination.security import tokens

STARTS = datetime(2027, 5, 3, 8, 0, tzinfo=UTC)  # ten o'clock in Paris
DESK = Desk(centre_id=3, timezone="Europe/Paris")
ARRIVAL = Arrival(
    appointment_id=1,
    status=AppointmentStatus.BOOKED,
    centre_id=3,
    centre_name="Salle des fêtes",
    timezone="Europe/Paris",
    day=date(2027, 5, 3),
    starts_at=STARTS,
    issue=1,
    shown_issue=1,
)
S, V = AppointmentStatus, VerdictCode
minutes = lambda count: STARTS + timedelta(minutes=count)  # noqa: E731


@pytest.mark.parametrize(
    ("changed", "at", "code", "level"),
    [
        ({}, minutes(0), V.RIGHT, Level.GREEN),
        ({"shown_issue": None}, minutes(0), V.RIGHT, Level.GREEN),
        ({}, minutes(-30), V.RIGHT, Level.GREEN),
        ({}, minutes(-31), V.TOO_EARLY, Level.AMBER),
        ({}, minutes(30), V.RIGHT, Level.GREEN),
        ({}, minutes(31), V.TOO_LATE, Level.AMBER),
        ({"status": S.DID_NOT_ATTEND}, minutes(90), V.TOO_LATE, Level.AMBER),
        ({"first_dose_given": True}, minutes(0), V.RIGHT, Level.GREEN),
        ({"first_dose_given": False}, minutes(0), V.FIRST_DOSE_MISSING, Level.AMBER),
        ({"first_dose_given": False}, minutes(90), V.FIRST_DOSE_MISSING, Level.AMBER),
        ({"centre_id": 4}, minutes(0), V.WRONG_CENTRE, Level.RED),
        ({"centre_id": 4, "status": S.VACCINATED}, minutes(0), V.WRONG_CENTRE, Level.RED),
        ({"day": date(2027, 5, 4)}, minutes(0), V.WRONG_DAY, Level.RED),
        ({"day": date(2027, 5, 2)}, minutes(0), V.WRONG_DAY, Level.RED),
        ({"day": date(2027, 5, 2), "status": S.DID_NOT_ATTEND}, minutes(0), V.WRONG_DAY, Level.RED),
        ({"status": S.CHECKED_IN}, minutes(0), V.ALREADY_CHECKED_IN, Level.AMBER),
        ({"status": S.VACCINATED}, minutes(0), V.ALREADY_VACCINATED, Level.RED),
        ({"status": S.VACCINATED, "day": date(2027, 5, 2)}, minutes(0), V.ALREADY_VACCINATED, Level.RED),
        ({"status": S.NOT_VACCINATED}, minutes(0), V.ALREADY_SEEN, Level.RED),
        ({"status": S.CANCELLED}, minutes(0), V.CANCELLED, Level.RED),
        ({"status": S.CANCELLED, "shown_issue": 0, "centre_id": 4}, minutes(0), V.CANCELLED, Level.RED),
        ({"shown_issue": 0}, minutes(0), V.OLD_PAPER, Level.RED),
        ({"shown_issue": 0, "centre_id": 4}, minutes(0), V.OLD_PAPER, Level.RED),
    ],
)
def test_the_verdict_on_an_arrival(
    changed: dict[str, object], at: datetime, code: VerdictCode, level: Level
) -> None:
    verdict = decide_check_in(replace(ARRIVAL, **changed), DESK, at)  # type: ignore[arg-type]
    assert (verdict.code, verdict.level) == (code, level)
    assert verdict.accepted == (code in ACCEPTED)
    assert verdict.arrival is not None


def test_a_signed_paper_without_a_row_is_unknown() -> None:
    verdict = decide_check_in(None, DESK, STARTS)
    assert (verdict.code, verdict.level, verdict.accepted) == (V.UNKNOWN, Level.RED, False)


def test_the_day_is_the_centres_own() -> None:
    """Half past midnight in Réunion is still the day before in UTC."""
    reunion = Desk(centre_id=3, timezone="Indian/Reunion")
    just_after_midnight = datetime(2027, 5, 3, 20, 30, tzinfo=UTC)
    arrival = replace(ARRIVAL, timezone="Indian/Reunion", day=date(2027, 5, 4), starts_at=just_after_midnight)
    assert decide_check_in(arrival, reunion, just_after_midnight).code is V.RIGHT
    assert decide_check_in(arrival, DESK, just_after_midnight).code is V.WRONG_DAY


def test_every_kind_of_refused_token_has_a_verdict() -> None:
    refusals = tokens.TokenRefused.__subclasses__()
    verdicts = {kind.code: verdict_of_refused_text(kind.code).code for kind in refusals}
    assert verdicts == {
        "not_ours": V.NOT_OURS,
        "truncated": V.UNREADABLE,
        "garbled": V.UNREADABLE,
        "wrong_algorithm": V.FORGED,
        "unknown_key": V.FORGED,
        "revoked_key": V.FORGED,
        "bad_signature": V.FORGED,
        "outside_key_dates": V.FORGED,
    }


@given(
    status=st.sampled_from(AppointmentStatus),
    centre=st.sampled_from([3, 4]),
    day=st.sampled_from([date(2027, 5, 2), date(2027, 5, 3), date(2027, 5, 4)]),
    shown=st.sampled_from([None, 0, 1, 2]),
    first=st.sampled_from([None, True, False]),
    off=st.integers(-600, 600),
)
def test_nobody_is_let_in_whom_the_table_of_states_forbids(
    status: AppointmentStatus, centre: int, day: date, shown: int | None, first: bool | None, off: int
) -> None:
    arrival = replace(
        ARRIVAL, status=status, centre_id=centre, day=day, shown_issue=shown, first_dose_given=first
    )
    verdict = decide_check_in(arrival, DESK, minutes(off))
    if verdict.accepted:
        assert (status, Action.CHECK_IN) in NEXT_STATUS
        assert centre == DESK.centre_id
        assert day == date(2027, 5, 3)
        assert shown is None or shown >= ARRIVAL.issue


def test_every_code_has_a_level_and_only_green_or_amber_let_in() -> None:
    assert {level_of(code) for code in ACCEPTED} == {Level.GREEN, Level.AMBER}
    assert [code for code in VerdictCode if level_of(code) is Level.GREEN] == [V.RIGHT]
