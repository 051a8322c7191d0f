"""The reception desk, on both databases."""

from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.builders import (
    NOW,
    TODAY,
    book_pair,
    make_centre,
    make_person,
    make_product,
    make_programme,
    make_request,
    make_schedule,
    make_slots,
    make_user,
)
from tests.conftest import SIGNING_KEYS
from vaccination.domain.actor import Actor, Grant, Role
from vaccination.domain.appointment import Action, AppointmentStatus, WrongStatus
from vaccination.domain.check_in import VerdictCode
from vaccination.domain.references import grouped, reference_of
from vaccination.models.appointments import Appointment, AppointmentEvent, Scan
from vaccination.models.audit import AuditEntry
from vaccination.models.people import Person
from vaccination.models.programmes import Programme
from vaccination.models.requests import Request
from vaccination.queries.people import surname_index
from vaccination.security.signing_keys import SigningKeys
from vaccination.security.tokens import BookingToken, sign
from vaccination.services.desk.check_in import BadScan, CheckIn, ScanUidTaken, check_in, undo_check_in
from vaccination.services.desk.day_list import (
    FindPeople,
    NotYetAbsent,
    find_people,
    mark_absent,
    mark_rest_absent,
    note_day_list,
    undo_absence,
)
from vaccination.services.desk.steps import AtCentre, NoSuchAppointment

V, S = VerdictCode, AppointmentStatus
AT_NINE = datetime.combine(TODAY, datetime.min.time(), NOW.tzinfo) + timedelta(hours=7)
REFERENCE = reference_of(123_456_789)


class Desk:
    """A centre with one person booked today at nine for the first dose, and 28 days later for the second."""

    def __init__(self, session: Session, reference: str = REFERENCE) -> None:
        self.session = session
        self.keys = SigningKeys.from_text(SIGNING_KEYS)
        self.centre = make_centre(session)
        programme, product = make_programme(session), make_product(session)
        schedule = make_schedule(session, programme, product)
        self.request = make_request(session, programme, make_person(session), reference=reference)
        slots = [make_slots(session, self.centre, day)[0] for day in (TODAY, TODAY + timedelta(28))]
        self.first, self.second = book_pair(session, self.request, schedule, tuple(slots))
        user = make_user(session, Role.DESK, centre=self.centre)
        self.actor = Actor(user.id, (Grant(Role.DESK, self.centre.id),))

    def text(self, appointment: Appointment, **changed: Any) -> str:
        """The QR text of an appointment's paper."""
        told = dict(
            reference=appointment.token_ref, centre=appointment.centre_id, starts_at=appointment.starts_at,
            expires_at=appointment.starts_at + timedelta(days=1), dose=appointment.dose_number,
            issue=appointment.issue,
        )  # fmt: skip
        return sign(BookingToken(**{**told, **changed}), next(iter(self.keys.keys.values())))

    def scan(self, text: str = "", uid: str = "", *, at: datetime = AT_NINE, **named: Any) -> VerdictCode:
        uid = uid or f"scan-{self.scans()}"
        command = CheckIn(
            **{**dict(scan_uid=uid, centre_id=self.centre.id, entry="scanner", text=text), **named}
        )
        verdict = check_in(self.session, command, now=at, actor=self.actor, keys=self.keys.public())
        return verdict.code

    def scans(self) -> int:
        return self.session.scalar(select(func.count()).select_from(Scan)) or 0

    def status(self, appointment: Appointment) -> AppointmentStatus:
        self.session.refresh(appointment)
        return appointment.status

    def last_scan(self) -> Scan:
        return self.session.scalars(select(Scan).order_by(Scan.id.desc()).limit(1)).one()


@pytest.fixture
def desk(session: Session) -> Desk:
    return Desk(session)


def test_the_right_person_is_let_in_with_event_scan_and_audit(desk: Desk) -> None:
    assert desk.scan(desk.text(desk.first)) is V.RIGHT
    assert desk.status(desk.first) is S.CHECKED_IN
    event = desk.session.scalars(select(AppointmentEvent)).one()
    assert (event.action, event.status, event.user_id, event.at) == (
        Action.CHECK_IN, S.CHECKED_IN, desk.actor.user_id, AT_NINE,
    )  # fmt: skip
    scan = desk.last_scan()
    assert (scan.accepted, scan.verdict, scan.appointment_id) == (True, V.RIGHT, desk.first.id)
    audited = desk.session.scalars(select(AuditEntry).where(AuditEntry.action == "check_in")).one()
    assert audited.subject == f"appointment:{desk.first.id}"


def test_the_same_scan_again_gets_the_same_verdict_and_no_second_row(desk: Desk) -> None:
    text = desk.text(desk.first)
    assert desk.scan(text, "one") is V.RIGHT
    assert desk.scan(text, "one", at=AT_NINE + timedelta(minutes=2)) is V.RIGHT
    assert desk.scans() == 1
    assert desk.scan(text, "two") is V.ALREADY_CHECKED_IN
    assert desk.scans() == 2


@pytest.mark.parametrize(("off", "code"), [(-45, V.TOO_EARLY), (0, V.RIGHT), (45, V.TOO_LATE)])
def test_within_the_day_everybody_is_let_in(desk: Desk, off: int, code: VerdictCode) -> None:
    assert desk.scan(desk.text(desk.first), at=AT_NINE + timedelta(minutes=off)) is code
    assert desk.status(desk.first) is S.CHECKED_IN
    assert desk.last_scan().accepted


def test_another_day_is_refused_and_stored(desk: Desk) -> None:
    assert desk.scan(desk.text(desk.second)) is V.WRONG_DAY
    assert desk.status(desk.second) is S.BOOKED
    scan = desk.last_scan()
    assert (scan.accepted, scan.appointment_id) == (False, desk.second.id)


def test_another_centre_is_refused_and_the_right_one_named(desk: Desk) -> None:
    elsewhere = make_centre(desk.session)
    command = CheckIn(scan_uid="x", centre_id=elsewhere.id, entry="camera", text=desk.text(desk.first))
    verdict = check_in(desk.session, command, now=AT_NINE, actor=desk.actor, keys=desk.keys.public())
    assert verdict.code is V.WRONG_CENTRE
    assert verdict.arrival is not None
    assert verdict.arrival.centre_name == desk.centre.name
    assert desk.status(desk.first) is S.BOOKED


def test_an_older_paper_of_a_moved_appointment_is_refused(desk: Desk) -> None:
    old = desk.text(desk.first)
    desk.first.issue = 1
    desk.session.flush()
    assert desk.scan(old) is V.OLD_PAPER
    assert desk.scan(desk.text(desk.first)) is V.RIGHT


def test_a_cancelled_appointment_is_refused(desk: Desk) -> None:
    for appointment in (desk.first, desk.second):
        appointment.status, appointment.stands = S.CANCELLED, None
    desk.session.flush()
    assert desk.scan(desk.text(desk.first)) is V.CANCELLED
    assert desk.scan(REFERENCE) is V.CANCELLED


@pytest.mark.parametrize(
    ("status", "code"),
    [(S.VACCINATED, V.ALREADY_VACCINATED), (S.NOT_VACCINATED, V.ALREADY_SEEN), (S.DID_NOT_ATTEND, V.RIGHT)],
)
def test_what_was_done_already_is_said(desk: Desk, status: AppointmentStatus, code: VerdictCode) -> None:
    desk.first.status = status
    desk.session.flush()
    assert desk.scan(desk.text(desk.first)) is code


def test_a_second_dose_without_the_first_is_let_in_with_a_warning(desk: Desk) -> None:
    then = AT_NINE + timedelta(28)
    assert desk.scan(desk.text(desk.second), at=then) is V.FIRST_DOSE_MISSING
    assert desk.status(desk.second) is S.CHECKED_IN


def test_a_second_dose_after_the_first_is_simply_right(desk: Desk) -> None:
    desk.first.status = S.VACCINATED
    desk.session.flush()
    assert desk.scan(desk.text(desk.second), at=AT_NINE + timedelta(28)) is V.RIGHT


def test_a_well_signed_paper_without_a_row_is_unknown(desk: Desk) -> None:
    assert desk.scan(desk.text(desk.first, reference=b"stranger")) is V.UNKNOWN
    assert desk.last_scan().appointment_id is None


def test_a_forged_paper_is_refused_and_stored(desk: Desk) -> None:
    stranger = SigningKeys.from_text(SIGNING_KEYS.replace(":active:", ":revoked:"))
    command = CheckIn(scan_uid="f", centre_id=desk.centre.id, entry="camera", text=desk.text(desk.first))
    verdict = check_in(desk.session, command, now=AT_NINE, actor=desk.actor, keys=stranger.public())
    assert verdict.code is V.FORGED
    text = desk.text(desk.first)
    forged = text[:-2] + ("A0" if text[-2:] != "A0" else "B0")
    assert desk.scan(forged) is V.FORGED
    assert desk.status(desk.first) is S.BOOKED


def test_a_truncated_paper_is_unreadable(desk: Desk) -> None:
    assert desk.scan(desk.text(desk.first)[:120]) is V.UNREADABLE


def test_of_a_foreign_text_only_length_and_hash_are_kept(desk: Desk) -> None:
    foreign = "HC1:6BFOXN*TS0BI$ZD.P9UOL97O4-2HH77HRM3DSPTLRR+%3.ZH9M9ESIGUBA KWML/O6HXK"
    assert desk.scan(foreign) is V.NOT_OURS
    scan = desk.last_scan()
    assert (scan.text_length, scan.text_hash) == (len(foreign), sha256(foreign.encode()).digest())
    stored = " ".join(str(value) for value in vars(scan).values())
    assert foreign[:20] not in stored


def test_a_french_keyboard_does_not_matter(desk: Desk) -> None:
    garble = str.maketrans("0123456789AQZWM$%*+-./:", "à&é\"'(-è_çQAWZ?458+):!M")
    assert desk.scan(desk.text(desk.first).translate(garble)) is V.RIGHT


def test_a_typed_reference_finds_todays_appointment(desk: Desk) -> None:
    assert desk.scan(grouped(REFERENCE).lower(), entry="typed") is V.RIGHT
    assert desk.status(desk.first) is S.CHECKED_IN
    assert desk.status(desk.second) is S.BOOKED


def test_a_typed_reference_says_the_next_day_when_there_is_none_today(desk: Desk) -> None:
    later = AT_NINE + timedelta(3)
    command = CheckIn(scan_uid="r", centre_id=desk.centre.id, entry="typed", text=REFERENCE)
    verdict = check_in(desk.session, command, now=later, actor=desk.actor, keys=desk.keys.public())
    assert verdict.code is V.WRONG_DAY
    assert verdict.arrival is not None
    assert verdict.arrival.appointment_id == desk.second.id


def test_a_reference_that_waits_for_a_plan_has_no_appointment(desk: Desk) -> None:
    waiting = reference_of(42)
    make_request(desk.session, make_programme(desk.session, is_active=False), reference=waiting)
    assert desk.scan(waiting) is V.NO_APPOINTMENT
    assert desk.scan(reference_of(43)) is V.UNKNOWN


def test_a_click_in_the_list_checks_in(desk: Desk) -> None:
    assert desk.scan(appointment_id=desk.first.id, entry="list") is V.RIGHT


def test_a_click_on_another_centres_appointment_finds_nothing(desk: Desk) -> None:
    other = Desk(_with_inactive_programmes(desk.session))
    with pytest.raises(NoSuchAppointment):
        desk.scan(appointment_id=other.first.id, entry="list")


def test_a_scan_number_is_not_shared_between_centres(desk: Desk) -> None:
    desk.scan(desk.text(desk.first), "one")
    other = make_centre(desk.session)
    with pytest.raises(ScanUidTaken):
        desk.scan(desk.text(desk.first), "one", centre_id=other.id)


def test_a_scan_number_never_answers_for_another_code(desk: Desk) -> None:
    desk.scan(desk.text(desk.first), "one")
    with pytest.raises(ScanUidTaken):
        desk.scan(desk.text(desk.second), "one")
    with pytest.raises(ScanUidTaken):
        desk.scan(appointment_id=desk.first.id, uid="one", entry="list")


@pytest.mark.parametrize("named", [{"uid": "x" * 65}, {"text": ""}, {"appointment_id": 1}])
def test_a_scan_without_number_or_with_two_subjects_is_refused(desk: Desk, named: dict[str, Any]) -> None:
    with pytest.raises(BadScan):
        desk.scan(**{"text": "VX1:", **named})


def test_check_in_can_be_undone_and_done_again(desk: Desk) -> None:
    here = AtCentre(desk.first.id, desk.centre.id)
    desk.scan(desk.text(desk.first))
    undo_check_in(desk.session, here, now=AT_NINE, actor=desk.actor)
    assert desk.status(desk.first) is S.BOOKED
    with pytest.raises(WrongStatus):
        undo_check_in(desk.session, here, now=AT_NINE, actor=desk.actor)
    assert desk.scan(desk.text(desk.first)) is V.RIGHT
    actions = desk.session.scalars(select(AppointmentEvent.action).order_by(AppointmentEvent.id)).all()
    assert actions == [Action.CHECK_IN, Action.UNDO_CHECK_IN, Action.CHECK_IN]


def test_nobody_is_absent_before_the_slot_begins(desk: Desk) -> None:
    here = AtCentre(desk.first.id, desk.centre.id)
    with pytest.raises(NotYetAbsent):
        mark_absent(desk.session, here, now=AT_NINE - timedelta(minutes=1), actor=desk.actor)
    mark_absent(desk.session, here, now=AT_NINE, actor=desk.actor)
    assert desk.status(desk.first) is S.DID_NOT_ATTEND
    undo_absence(desk.session, here, now=AT_NINE, actor=desk.actor)
    assert desk.status(desk.first) is S.BOOKED


def test_closing_the_list_marks_who_is_an_hour_late(desk: Desk) -> None:
    def close(at: datetime) -> int:
        return mark_rest_absent(desk.session, desk.centre.id, now=at, actor=desk.actor)

    assert close(AT_NINE + timedelta(minutes=59)) == 0
    assert close(AT_NINE + timedelta(minutes=60)) == 1
    assert close(AT_NINE + timedelta(minutes=60)) == 0
    assert (desk.status(desk.first), desk.status(desk.second)) == (S.DID_NOT_ATTEND, S.BOOKED)
    event = desk.session.scalars(select(AppointmentEvent)).one()
    assert (event.appointment_id, event.action) == (desk.first.id, Action.MARK_ABSENT)
    other = make_centre(desk.session)
    assert mark_rest_absent(desk.session, other.id, now=AT_NINE + timedelta(hours=9), actor=desk.actor) == 0


@pytest.mark.parametrize("verb", [undo_check_in, mark_absent, undo_absence])
def test_another_centre_cannot_touch_the_appointment(desk: Desk, verb: Any) -> None:
    elsewhere = make_centre(desk.session)
    with pytest.raises(NoSuchAppointment):
        verb(desk.session, AtCentre(desk.first.id, elsewhere.id), now=AT_NINE, actor=desk.actor)


def _with_inactive_programmes(session: Session) -> Session:
    for programme in session.scalars(select(Programme)):
        programme.is_active = False
    session.flush()
    for request in session.scalars(select(Request)):
        request.reference = f"OLD{request.id:07d}"
    session.flush()
    return session


def test_a_person_without_paper_is_found_by_name_and_birth_date(desk: Desk) -> None:
    person = desk.session.get_one(Person, desk.request.person_id)
    person.family_name, person.birth_date = "Lefèvre-Noël", date(1951, 2, 3)
    person.surname_index = surname_index(person.family_name, person.birth_date)
    desk.session.flush()

    def find(family_name: str, birth_date: date, at: datetime = AT_NINE) -> tuple[int, ...]:
        command = FindPeople(desk.centre.id, family_name, birth_date)
        return find_people(desk.session, command, now=at, actor=desk.actor)

    assert find("LEFEVRE NOEL", date(1951, 2, 3)) == (desk.first.id,)
    assert find("lef", date(1951, 2, 3)) == (desk.first.id,)
    assert find("Lefort", date(1951, 2, 3)) == ()
    assert find("Lefèvre", date(1951, 2, 4)) == ()
    assert find("Lefèvre", date(1951, 2, 3), AT_NINE + timedelta(1)) == ()
    looked = desk.session.scalars(select(AuditEntry).where(AuditEntry.action == "find_person")).all()
    assert [entry.facts for entry in looked] == [{"found": count} for count in (1, 1, 0, 0, 0)]
    assert {entry.user_id for entry in looked} == {desk.actor.user_id}


def test_the_same_name_at_another_centre_is_not_found(desk: Desk) -> None:
    person = desk.session.get_one(Person, desk.request.person_id)
    elsewhere = make_centre(desk.session)
    command = FindPeople(elsewhere.id, person.family_name, person.birth_date)
    assert find_people(desk.session, command, now=AT_NINE, actor=desk.actor) == ()


def test_a_printed_list_is_answered_for(desk: Desk) -> None:
    note_day_list(desk.session, desk.centre.id, TODAY, now=AT_NINE, actor=desk.actor)
    entry = desk.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.facts) == ("print_day_list", {"day": "2027-05-03"})
