"""Who is erased and when, that nothing of them is left, and that the rest goes on without them."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from tests.builders import (
    NOW,
    TODAY,
    book_pair,
    make_centre,
    make_lot,
    make_person,
    make_priority_group,
    make_product,
    make_programme,
    make_request,
    make_schedule,
    make_slots,
    make_user,
)
from tests.services.regions import make_region
from vaccination.domain.appointment import AppointmentStatus
from vaccination.domain.messages import MessageKind, MessageStatus
from vaccination.domain.requests import Channel, ContactBy, RequestStatus
from vaccination.models.appointments import Appointment, Scan
from vaccination.models.audit import AuditEntry
from vaccination.models.every import metadata
from vaccination.models.messages import Message
from vaccination.models.people import Household, Person
from vaccination.models.programmes import Programme
from vaccination.models.requests import Request
from vaccination.models.vaccinations import VaccinationRecord
from vaccination.queries.people import surname_index
from vaccination.readmodels import appointment_card, day_sheet, desk_board, desk_person, request_page
from vaccination.security.fields import blind_index
from vaccination.services.appointments.booking import cancel_request
from vaccination.services.asking.command import AskForDoses, Place
from vaccination.services.asking.people import PersonDetails
from vaccination.services.asking.requests import NoSuchRequest, ask, find_by_reference
from vaccination.services.keeping.erasure import NO_BIRTH_DATE, NOBODY, erase_persons, forget_scanned_texts
from vaccination.services.keeping.reconcile import broken_invariants
from vaccination.services.planning.problem import Scope, load_scope
from vaccination.services.telling.messages import write_message

WORDS = ("Vanderbrouck", "Théodora", "théodora@example.org", "0612345678", "Chémery", "41700", "côté cour")
BORN = date(1951, 11, 23)
EDGE = pytest.mark.parametrize(("days", "erased"), [(89, 0), (90, 0), (91, 1)])


def somebody(session: Session) -> Person:
    return make_person(
        session, family_name=WORDS[0], given_name=WORDS[1], birth_date=BORN, email=WORDS[2], phone=WORDS[3],
        address=f"3 rue du Gué\n{WORDS[5]} {WORDS[4]}", note=WORDS[6],
    )  # fmt: skip


def long_programme(session: Session, **named: Any) -> Programme:
    """A campaign that goes on for more than a year: only what a person did ends anything."""
    return make_programme(session, **{"horizon_days": 400, **named})


def wish(session: Session, programme: Programme, person: Person) -> Request:
    """A request that fills every column which may say something of a person."""
    household = Household(created_at=NOW)
    session.add(household)
    session.flush()
    return make_request(
        session, programme, person, household_id=household.id, form_uid=f"form-{person.id}-{programme.id}",
        reference=f"VANDER{person.id}-{programme.id}", secret_hash=b"s" * 32, town=WORDS[4],
        postcode=WORDS[5], lat=47.3456, lon=1.5432, second_town=WORDS[4], second_lat=47.3456,
        second_lon=1.5432, earliest=TODAY, availability="1" * 20 + "0", unavailable=["2027-05-09"],
        wheelchair=True,
    )  # fmt: skip


def give(session: Session, request: Request, at: datetime = NOW) -> Appointment:
    """The request's single dose is given."""
    programme, product = session.get_one(Programme, request.programme_id), make_product(session)
    schedule = make_schedule(session, programme, product, doses=1)
    slot = make_slots(session, make_centre(session), at.date())[0]
    (appointment,) = book_pair(
        session, request, schedule, (slot,), status=AppointmentStatus.VACCINATED, token_ref=b"oldpaper"
    )
    request.status = RequestStatus.COMPLETED
    record = VaccinationRecord(
        appointment_id=appointment.id, centre_id=slot.centre_id, product_id=product.id,
        lot_id=make_lot(session, product).id, given_at=at, given_by=make_user(session).id,
    )  # fmt: skip
    session.add(record)
    session.flush()
    return appointment


def night(session: Session, days: float) -> int:
    """Erase, so many days after NOW."""
    erased = erase_persons(session, now=NOW + timedelta(days))
    session.expire_all()
    return erased


def is_erased(session: Session, person: Person) -> bool:
    return session.scalar(select(Person.erased_at).where(Person.id == person.id)) is not None


@EDGE
def test_after_the_last_dose(session: Session, days: int, erased: int) -> None:
    give(session, wish(session, long_programme(session), somebody(session)), NOW + timedelta(5))
    assert night(session, 5 + days) == erased


def test_a_withdrawn_dose_is_no_dose(session: Session) -> None:
    """The request is live again, so the person is known as long as the campaign goes on."""
    request = wish(session, long_programme(session), somebody(session))
    appointment = give(session, request)
    record = session.scalars(select(VaccinationRecord)).one()
    record.stands, record.withdrawn_at = None, NOW
    request.status, appointment.status = RequestStatus.PLANNED, AppointmentStatus.CHECKED_IN
    session.flush()
    assert night(session, 300) == 0


@EDGE
@pytest.mark.parametrize("is_planned", [False, True])
def test_after_cancelling(session: Session, is_planned: bool, days: int, erased: int) -> None:
    programme = long_programme(session)
    request = wish(session, programme, somebody(session))
    if is_planned:
        schedule = make_schedule(session, programme, make_product(session), doses=1)
        slot = make_slots(session, make_centre(session), TODAY + timedelta(60))[0]
        book_pair(session, request, schedule, (slot,))
    cancel_request(session, request.id, now=NOW + timedelta(40))
    assert night(session, 40 + days) == erased


@EDGE
def test_after_asking_where_cancelling_left_no_trace(session: Session, days: int, erased: int) -> None:
    make_request(session, long_programme(session), status=RequestStatus.CANCELLED)
    assert night(session, days) == erased


@EDGE
def test_after_the_campaign_for_those_who_still_wait(session: Session, days: int, erased: int) -> None:
    wish(session, make_programme(session, horizon_days=84), somebody(session))
    assert night(session, 84 + days) == erased


@EDGE
def test_a_campaign_goes_on_while_centres_hold_sessions(session: Session, days: int, erased: int) -> None:
    """`horizon_days` is what one plan covers; a longer campaign must not lose its waiting list."""
    wish(session, make_programme(session, horizon_days=84), somebody(session))
    make_slots(session, make_centre(session), TODAY + timedelta(250))
    assert night(session, 250 + days) == erased


@EDGE
def test_sessions_are_no_concern_of_a_campaign_that_was_closed(
    session: Session, days: int, erased: int
) -> None:
    wish(session, make_programme(session, is_active=False), somebody(session))
    make_slots(session, make_centre(session), TODAY + timedelta(250))
    assert night(session, 84 + days) == erased


@EDGE
def test_an_appointment_after_the_campaign_is_waited_for(session: Session, days: int, erased: int) -> None:
    programme = make_programme(session, is_active=False)
    request = wish(session, programme, somebody(session))
    schedule = make_schedule(session, programme, make_product(session), doses=1)
    book_pair(session, request, schedule, (make_slots(session, make_centre(session), date(2027, 9, 1))[0],))
    last = (date(2027, 9, 1) - TODAY).days
    assert night(session, last + days) == erased


@EDGE
def test_somebody_who_never_asked(session: Session, days: int, erased: int) -> None:
    somebody(session)
    assert night(session, days) == erased


def test_the_last_of_two_requests_counts(session: Session) -> None:
    person = somebody(session)
    give(session, wish(session, make_programme(session, is_active=False), person))
    other = wish(session, long_programme(session), person)
    assert night(session, 200) == 0
    cancel_request(session, other.id, now=NOW + timedelta(200))
    assert night(session, 290) == 0
    assert night(session, 291) == 1
    assert {r.town for r in session.scalars(select(Request))} == {""}


def test_others_stay_as_they_are(session: Session) -> None:
    programme = long_programme(session)
    give(session, wish(session, programme, somebody(session)))
    stays = make_request(session, programme)
    before = (stays.person_id, stays.town, stays.reference, stays.secret_hash)
    name = session.get_one(Person, stays.person_id).family_name
    assert night(session, 100) == 1
    assert (stays.person_id, stays.town, stays.reference, stays.secret_hash) == before
    assert session.get_one(Person, stays.person_id).family_name == name


def test_nothing_of_the_person_is_left_in_any_column(session: Session) -> None:
    person = somebody(session)
    request = wish(session, long_programme(session), person)
    give(session, request)
    before = everything(session)
    traces = [word for word in (*WORDS, "VANDER", "form-", "47.3456", "oldpaper", "2027-05-09", str(BORN))]
    assert [word for word in traces if word not in before] == []
    blobs = (bytes(person.identity_index), bytes(person.surname_index), b"s" * 32)
    assert night(session, 91) == 1
    after = everything(session)
    assert [word for word in traces if word in after] == []
    assert [blob for blob in blobs if repr(blob) in after] == []
    erased = session.get_one(Person, person.id)
    assert (erased.family_name, erased.given_name, erased.birth_date) == (NOBODY, "", NO_BIRTH_DATE)
    assert (erased.email, erased.phone, erased.address, erased.note) == (None, None, None, None)
    assert (request.household_id, request.form_uid, request.second_lat) == (None, None, None)


def everything(session: Session) -> str:
    """All rows of all tables in clear, and the fixed-length bytes as Python writes them."""
    session.flush()
    found = []
    for table in metadata.sorted_tables:
        for row in session.execute(select(table)):
            found += [repr(bytes(v)) if isinstance(v, bytes | memoryview) else str(v) for v in row]
    return "\n".join(found)


def rows_of_tables(session: Session) -> list[int]:
    session.flush()
    return [session.scalar(select(func.count()).select_from(t)) or 0 for t in metadata.sorted_tables]


def test_what_counts_doses_stays(session: Session) -> None:
    request = wish(session, long_programme(session), somebody(session))
    appointment = give(session, request)
    write_message(session, request.id, MessageKind.CONFIRMED, about=str(request.id), now=NOW)
    kept = (request.priority, request.channel, request.status, appointment.day, appointment.status)
    counts = rows_of_tables(session)
    assert night(session, 91) == 1
    assert (request.priority, request.channel, request.status, appointment.day, appointment.status) == kept
    added = [n - m for m, n in zip(counts, rows_of_tables(session), strict=True)]
    assert (sum(added), min(added)) == (1, 0)  # the audit entry alone
    assert not [b for b in broken_invariants(session) if not b.startswith("bookings_recorded")]


def test_once_and_with_one_audit_entry(session: Session) -> None:
    programme = long_programme(session)
    for _ in range(3):
        give_up = make_request(session, programme)
        cancel_request(session, give_up.id, now=NOW)
    assert night(session, 91) == 3
    state = sorted(bytes(index) for index in session.scalars(select(Person.identity_index)))
    assert night(session, 91) == 0
    assert night(session, 92) == 0
    assert sorted(bytes(index) for index in session.scalars(select(Person.identity_index))) == state
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "persons_erased")).one()
    assert (entry.facts, entry.user_id) == ({"persons": 3, "after_days": 90}, None)


def test_in_batches_with_indexes_of_their_own(session: Session) -> None:
    for _ in range(5):
        make_person(session)
    later = NOW + timedelta(100)
    sizes = [erase_persons(session, now=later + timedelta(seconds=n), at_most=2) for n in range(4)]
    assert sizes == [2, 2, 1, 0]
    people = session.execute(select(Person.identity_index, Person.surname_index)).all()
    assert len({bytes(index) for row in people for index in row}) == 10
    assert {len(index) for row in people for index in row} == {16}


def test_kept_for_as_long_as_one_says(session: Session) -> None:
    somebody(session)
    assert erase_persons(session, now=NOW + timedelta(20), keep_days=30) == 0
    assert erase_persons(session, now=NOW + timedelta(31), keep_days=30) == 1


def test_nobody_is_found_by_name_or_old_paper(session: Session) -> None:
    request = wish(session, long_programme(session), somebody(session))
    give(session, request)
    assert night(session, 91) == 1
    by_name = blind_index("person.identity", *WORDS[:2], BORN)
    by_desk = surname_index(WORDS[0], BORN)
    found = select(Person.id).where((Person.identity_index == by_name) | (Person.surname_index == by_desk))
    assert session.scalar(found) is None
    assert session.scalar(select(Appointment.id).where(Appointment.token_ref == b"oldpaper")) is None
    with pytest.raises(NoSuchRequest):
        find_by_reference(session, f"VANDER{request.person_id}-{request.programme_id}", birth_date=BORN)  # type: ignore[arg-type]


def test_whoever_asks_again_is_a_new_person(session: Session) -> None:
    programme = long_programme(session)
    make_schedule(session, programme, make_product(session))
    make_priority_group(session, programme)
    person = PersonDetails(WORDS[0], WORDS[1], BORN, email=WORDS[2])
    command = AskForDoses(programme.id, person, Place("Orléans", "45000", 47.9, 1.9), 30.0,
                          contact_by=ContactBy.EMAIL, channel=Channel.WEB)  # fmt: skip
    first = ask(session, command, now=NOW)
    cancel_request(session, first.request_id, now=NOW)
    assert night(session, 91) == 1
    again = ask(session, command, now=NOW + timedelta(92))
    ids = [session.get_one(Request, asked.request_id).person_id for asked in (first, again)]
    assert ids[0] != ids[1]
    assert is_erased(session, session.get_one(Person, ids[0]))
    assert not is_erased(session, session.get_one(Person, ids[1]))


def test_messages_to_nobody_are_not_sent(session: Session) -> None:
    request = make_request(session, make_programme(session))
    write_message(session, request.id, MessageKind.RECEIVED, about="1", now=NOW)
    assert night(session, 200) == 1
    message = session.scalars(select(Message)).one()
    assert (message.status, message.failure) == (MessageStatus.FAILED, "erased")


def test_pages_and_papers_still_open(session: Session) -> None:
    request = wish(session, long_programme(session), somebody(session))
    appointment = give(session, request)
    assert night(session, 91) == 1
    centre, day = appointment.centre_id, appointment.day
    assert desk_person.load(session, centre, appointment.id).family_name == NOBODY
    assert appointment_card.load(session, request.id).person_name == NOBODY
    assert request_page.load(session, request.id, today=day).reference == f"erased-{request.id}"
    assert [p.family_name for p in day_sheet.load(session, centre, day, now=NOW).lines] == [NOBODY]
    board = desk_board.load(session, centre, now=NOW)
    slots = (*board.earlier_slots, *board.next_slots)
    assert [line.family_name for slot in slots for line in slot.lines] == [NOBODY]


def test_no_plan_serves_the_erased(session: Session) -> None:
    region = make_region(session, requests=2)
    gone = session.get_one(Person, region.requests[0].person_id)
    gone.erased_at = NOW
    session.flush()
    scope = Scope(region.programme.id, TODAY + timedelta(1), 60, lottery_seed=7)
    _problem, keys = load_scope(session, scope, now=NOW)
    assert keys.request_ids.tolist() == [region.requests[1].id]


@EDGE
def test_fingerprints_of_foreign_codes(session: Session, days: int, erased: int) -> None:
    session.execute(
        insert(Scan).values(
            scan_uid="s", centre_id=make_centre(session).id, verdict="not_ours", accepted=False,
            entry="camera", text_length=9, text_hash=b"h" * 32, at=NOW,
        )
    )  # fmt: skip
    forget_scanned_texts(session, now=NOW + timedelta(days))
    assert (session.scalar(select(Scan.text_hash)) is None) == bool(erased)
