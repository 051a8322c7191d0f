"""May this person be checked in here and now? The whole rule of the desk, on plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from vaccination.domain.appointment import AppointmentStatus


class Level(StrEnum):
    """How loud a verdict is. It is never told by colour alone: each has its own icon, word and sound."""

    GREEN = "green"  # in
    AMBER = "amber"  # look twice
    RED = "red"  # not in


class VerdictCode(StrEnum):
    """What the desk is told; stable, stored with each scan."""

    RIGHT = "right"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    FIRST_DOSE_MISSING = "first_dose_missing"
    ALREADY_CHECKED_IN = "already_checked_in"
    ALREADY_VACCINATED = "already_vaccinated"
    ALREADY_SEEN = "already_seen"
    WRONG_CENTRE = "wrong_centre"
    WRONG_DAY = "wrong_day"
    CANCELLED = "cancelled"
    OLD_PAPER = "old_paper"
    NO_APPOINTMENT = "no_appointment"
    UNKNOWN = "unknown"
    FORGED = "forged"
    UNREADABLE = "unreadable"
    NOT_OURS = "not_ours"


V, S = VerdictCode, AppointmentStatus
ACCEPTED = frozenset((V.RIGHT, V.TOO_EARLY, V.TOO_LATE, V.FIRST_DOSE_MISSING))
_AMBER = frozenset((V.TOO_EARLY, V.TOO_LATE, V.FIRST_DOSE_MISSING, V.ALREADY_CHECKED_IN))

# Who has not come an hour after their time is taken for absent when the desk closes the list.
ABSENT_AFTER = timedelta(hours=1)

_ALREADY = {
    S.CHECKED_IN: V.ALREADY_CHECKED_IN,
    S.VACCINATED: V.ALREADY_VACCINATED,
    S.NOT_VACCINATED: V.ALREADY_SEEN,
}

# By the code of `vaccination.security.tokens.TokenRefused`. A key that we do not know or no longer trust
# signs like a stranger, so its text counts as forged.
_REFUSED_TEXT: Mapping[str, VerdictCode] = {
    "not_ours": V.NOT_OURS,
    "truncated": V.UNREADABLE,
    "garbled": V.UNREADABLE,
    "bad_signature": V.FORGED,
    "wrong_algorithm": V.FORGED,
    "unknown_key": V.FORGED,
    "revoked_key": V.FORGED,
    "outside_key_dates": V.FORGED,
}


@dataclass(frozen=True, slots=True)
class Desk:
    """Where somebody is scanned, and how far off the hour they may come without a word about it."""

    centre_id: int
    timezone: str
    early: timedelta = timedelta(minutes=30)
    late: timedelta = timedelta(minutes=30)

    def day_of(self, moment: datetime) -> date:
        """The local day at this centre."""
        return moment.astimezone(ZoneInfo(self.timezone)).date()


@dataclass(frozen=True, slots=True)
class Arrival:
    """What is known of the appointment that somebody comes for, as it stands now.

    `shown_issue` is the issue counter on the paper, None when no paper was scanned. `since` is when the
    present status began. `first_dose_given` is None when no first dose is owed before this one.
    """

    appointment_id: int
    status: AppointmentStatus
    centre_id: int
    centre_name: str
    timezone: str
    day: date
    starts_at: datetime
    issue: int
    shown_issue: int | None = None
    since: datetime | None = None
    first_dose_given: bool | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the desk is told, and about which appointment."""

    code: VerdictCode
    arrival: Arrival | None = None

    @property
    def level(self) -> Level:
        return level_of(self.code)

    @property
    def accepted(self) -> bool:
        return self.code in ACCEPTED


def level_of(code: VerdictCode) -> Level:
    """Green lets in, amber asks to look twice, red turns away."""
    if code is V.RIGHT:
        return Level.GREEN
    return Level.AMBER if code in _AMBER else Level.RED


def verdict_of_refused_text(refusal_code: str) -> Verdict:
    """The verdict on a text which is no token that we signed, by the code of its refusal."""
    return Verdict(_REFUSED_TEXT.get(refusal_code, V.NOT_OURS))


def decide_check_in(arrival: Arrival | None, desk: Desk, now: datetime) -> Verdict:
    """The verdict on an arrival. No arrival: a well-signed paper of which we have no row."""
    if arrival is None:
        return Verdict(V.UNKNOWN)
    return Verdict(_verdict_code(arrival, desk, now), arrival)


def _verdict_code(arrival: Arrival, desk: Desk, now: datetime) -> VerdictCode:
    if arrival.status is S.CANCELLED:
        return V.CANCELLED
    if arrival.shown_issue is not None and arrival.shown_issue < arrival.issue:
        return V.OLD_PAPER
    # Before the status: another centre learns where to send somebody, not what happened to them there.
    if arrival.centre_id != desk.centre_id:
        return V.WRONG_CENTRE
    if arrival.status in _ALREADY:
        return _ALREADY[arrival.status]
    if arrival.day != desk.day_of(now):
        return V.WRONG_DAY
    return _code_within_the_day(arrival, desk, now)


def _code_within_the_day(arrival: Arrival, desk: Desk, now: datetime) -> VerdictCode:
    # First of the warnings: it matters to the body, the hour only to the queue.
    if arrival.first_dose_given is False:
        return V.FIRST_DOSE_MISSING
    if now < arrival.starts_at - desk.early:
        return V.TOO_EARLY
    if now > arrival.starts_at + desk.late:
        return V.TOO_LATE
    return V.RIGHT
