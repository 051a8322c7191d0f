"""The reception desk: judge a scan and let somebody in, or take that back."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from vaccination.domain.actor import Actor
from vaccination.domain.appointment import Action, WrongStatus
from vaccination.domain.check_in import (
    Arrival,
    Desk,
    Verdict,
    VerdictCode,
    decide_check_in,
    verdict_of_refused_text,
)
from vaccination.domain.references import BadReference, parse_reference
from vaccination.errors import Conflict, Invalid, NotFound
from vaccination.models.appointments import Scan
from vaccination.models.centres import Centre
from vaccination.queries import arrivals
from vaccination.security.signing_keys import KeySet
from vaccination.security.tokens import NotOurs, TokenRefused, read
from vaccination.services import audit
from vaccination.services.desk.steps import AtCentre, NoSuchAppointment, Step, step_at_centre, take_step

LONGEST_SCAN_UID = 64


class ScanUidTaken(Conflict):
    """Another scan, of another code or at another centre, already has this number."""

    code = "scan_uid_taken"


class BadScan(Invalid):
    """A scan needs a number of its own, and a text or an appointment."""

    code = "bad_scan"


class UnknownCentre(NotFound):
    """There is no such centre."""

    code = "unknown_centre"


@dataclass(frozen=True, slots=True)
class CheckIn:
    """A code or reference as it was scanned or typed, or an appointment picked from the list.

    `scan_uid` comes from the device; the same one again is the same scan sent twice.
    """

    scan_uid: str
    centre_id: int
    entry: str  # camera, scanner, typed, list
    text: str = ""
    appointment_id: int | None = None

    def __post_init__(self) -> None:
        has_one = bool(self.text) != (self.appointment_id is not None)
        if not (0 < len(self.scan_uid) <= LONGEST_SCAN_UID and has_one):
            raise BadScan


def check_in(session: Session, command: CheckIn, *, now: datetime, actor: Actor, keys: KeySet) -> Verdict:
    """Let somebody in if the rule says so. Every scan is kept, refused ones too: a refusal is a result."""
    desk = desk_of(session, command.centre_id)
    if (kept := _kept_scan(session, command)) is not None:
        return _verdict_again(session, kept)
    verdict = _judge(session, command, desk, now, keys)
    if verdict.accepted:
        verdict = _let_in(session, command, verdict, desk, now=now, actor=actor)
    try:
        with session.begin_nested():
            session.add(_scan(command, verdict, now, actor))
    except IntegrityError:
        # The same scan, sent twice at once: the other one was stored first, and its verdict holds.
        if (kept := _kept_scan(session, command)) is None:
            raise
        return _verdict_again(session, kept)
    return verdict


def undo_check_in(session: Session, command: AtCentre, *, now: datetime, actor: Actor) -> None:
    """They were let in by mistake, or went away again."""
    step_at_centre(session, command, Action.UNDO_CHECK_IN, now=now, actor=actor)


def desk_of(session: Session, centre_id: int) -> Desk:
    """The desk of a centre."""
    timezone = session.scalar(select(Centre.timezone).where(Centre.id == centre_id))
    if timezone is None:
        raise UnknownCentre
    return Desk(centre_id=centre_id, timezone=timezone)


def _judge(session: Session, command: CheckIn, desk: Desk, now: datetime, keys: KeySet) -> Verdict:
    if command.appointment_id is not None:
        arrival = arrivals.by_id(session, command.appointment_id)
        if arrival is None or arrival.centre_id != command.centre_id:
            raise NoSuchAppointment
        return decide_check_in(arrival, desk, now)
    try:
        token = read(command.text, keys)
    except NotOurs as refused:
        return _judge_reference(session, command.text, desk, now) or verdict_of_refused_text(refused.code)
    except TokenRefused as refused:
        return verdict_of_refused_text(refused.code)
    return decide_check_in(arrivals.by_token_ref(session, token.reference, token.issue), desk, now)


def _judge_reference(session: Session, text: str, desk: Desk, now: datetime) -> Verdict | None:
    """The verdict on a typed booking reference; None when the text is none."""
    try:
        reference = parse_reference(text)
    except BadReference:
        return None
    arrival = arrivals.by_reference(session, reference, desk.centre_id, desk.day_of(now))
    if arrival is None and arrivals.request_exists(session, reference):
        return Verdict(VerdictCode.NO_APPOINTMENT)
    return decide_check_in(arrival, desk, now)


def _let_in(
    session: Session, command: CheckIn, verdict: Verdict, desk: Desk, *, now: datetime, actor: Actor
) -> Verdict:
    arrival = _arrival_of(verdict)
    facts = {"entry": command.entry}
    step = Step(arrival.appointment_id, Action.CHECK_IN, arrival.status, verdict.code, facts)
    try:
        take_step(session, step, now=now, user_id=actor.user_id)
    except WrongStatus:
        # Another desk was quicker: say what is true now.
        return decide_check_in(arrivals.by_id(session, arrival.appointment_id), desk, now)
    audit.record(
        session,
        Action.CHECK_IN.value,
        f"appointment:{arrival.appointment_id}",
        now=now,
        user_id=actor.user_id,
        centre_id=command.centre_id,
        facts={"entry": command.entry, "verdict": verdict.code.value},
    )
    return verdict


def _scan(command: CheckIn, verdict: Verdict, now: datetime, actor: Actor) -> Scan:
    return Scan(
        scan_uid=command.scan_uid,
        centre_id=command.centre_id,
        user_id=actor.user_id,
        appointment_id=verdict.arrival.appointment_id if verdict.arrival else None,
        verdict=verdict.code,
        accepted=verdict.accepted,
        entry=command.entry,
        text_length=len(command.text),
        text_hash=_text_hash(command),
        at=now,
    )


def _kept_scan(session: Session, command: CheckIn) -> Scan | None:
    scan = session.scalar(select(Scan).where(Scan.scan_uid == command.scan_uid))
    if scan is not None and not _is_of(command, scan):
        # Never the verdict on one person for the code of another.
        raise ScanUidTaken
    return scan


def _is_of(command: CheckIn, scan: Scan) -> bool:
    same_line = command.appointment_id is None or command.appointment_id == scan.appointment_id
    return scan.centre_id == command.centre_id and scan.text_hash == _text_hash(command) and same_line


def _text_hash(command: CheckIn) -> bytes | None:
    return sha256(command.text.encode()).digest() if command.text else None


def _verdict_again(session: Session, scan: Scan) -> Verdict:
    arrival = arrivals.by_id(session, scan.appointment_id) if scan.appointment_id is not None else None
    return Verdict(VerdictCode(scan.verdict), arrival)


def _arrival_of(verdict: Verdict) -> Arrival:
    if verdict.arrival is None:
        raise ValueError("an accepted verdict is about an arrival")
    return verdict.arrival
