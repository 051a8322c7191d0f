"""After a closure or a cut: who is touched, what they are proposed, what comes of it."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders import NOW, TODAY
from tests.services.disrupted import (
    FIRST_DAY,
    another_centre,
    close,
    closed_day,
    make_booked,
    pair,
    propose_all,
)
from tests.services.regions import Region
from vaccination.domain.appointment import Action, AppointmentStatus
from vaccination.domain.contacts import CallBackReason
from vaccination.domain.disruptions import DisruptionKind, DisruptionStatus, ReplacementStatus
from vaccination.domain.messages import MessageKind
from vaccination.domain.requests import ContactBy
from vaccination.domain.serving import HoldPurpose, HoldStatus
from vaccination.models.appointments import AppointmentEvent
from vaccination.models.centres import Slot
from vaccination.models.contacts import CallBack
from vaccination.models.disruptions import Disruption, Replacement
from vaccination.models.messages import Message
from vaccination.models.people import Person
from vaccination.models.requests import Request
from vaccination.models.serving import Hold
from vaccination.queries.replacements import current
from vaccination.queries.touched import shelf_subject, touched
from vaccination.readmodels import outgoing
from vaccination.services.appointments.booking import cancel_request
from vaccination.services.appointments.hold_rows import token_of
from vaccination.services.appointments.holds import release
from vaccination.services.keeping.reconcile import broken_invariants
from vaccination.services.region.deliveries import quarantine_lot
from vaccination.services.replacing.disruptions import (
    AlreadySent,
    CentreStillOpen,
    NobodyTouched,
    NoSuchDisruption,
    Prepare,
    discard,
    note_done,
    prepare,
    send,
    to_propose,
)
from vaccination.services.replacing.proposing import look_after, open_replacements
from vaccination.services.replacing.replacements import (
    NoReplacement,
    ReplacementGone,
    accept,
    ask_to_call,
    choose_other,
    others,
)
from vaccination.services.telling.call_backs import NoNumber

_OF_THE_BUILDER = ("planned_were_told", "bookings_recorded")  # it books without a word
HOURS = timedelta(hours=1)


@pytest.fixture
def region(session: Session) -> Region:
    return make_booked(session)


def sound(session: Session) -> bool:
    session.flush()
    broken = (breach for breach in broken_invariants(session) if not breach.startswith(_OF_THE_BUILDER))
    return list(broken) == []


def kinds(session: Session, request: Request) -> list[MessageKind]:
    query = select(Message.kind).where(Message.request_id == request.id).order_by(Message.id)
    return list(session.scalars(query))


def calls(session: Session) -> list[tuple[int | None, CallBackReason]]:
    return [(row.request_id, row.reason) for row in session.scalars(select(CallBack).order_by(CallBack.id))]


def test_a_draft_tells_nobody(session: Session, region: Region) -> None:
    disruption_id = closed_day(session, region, sent=False)
    assert session.get_one(Disruption, disruption_id).people == 3
    assert closed_day(session, region, sent=False) == disruption_id
    assert to_propose(session, disruption_id, now=NOW) == []
    assert propose_all(session, disruption_id) == []
    discard(session, disruption_id, now=NOW)
    with pytest.raises(NoSuchDisruption):
        send(session, disruption_id, now=NOW)


def test_what_was_sent_is_sent_once_and_stays(session: Session, region: Region) -> None:
    disruption_id = closed_day(session, region)
    with pytest.raises(AlreadySent):
        send(session, disruption_id, now=NOW)
    with pytest.raises(AlreadySent):
        discard(session, disruption_id, now=NOW)


def test_nobody_is_touched_by_a_day_that_is_open(session: Session, region: Region) -> None:
    with pytest.raises(NobodyTouched):
        prepare(session, Prepare(DisruptionKind.SESSION_CLOSED, region.centre.id, FIRST_DAY), now=NOW)


def test_a_centre_that_takes_people_is_not_closed(session: Session, region: Region) -> None:
    command = Prepare(DisruptionKind.CENTRE_CLOSED, region.centre.id, TODAY)
    with pytest.raises(CentreStillOpen):
        prepare(session, command, now=NOW)


def test_everybody_gets_one_message_with_places_that_are_kept(session: Session, region: Region) -> None:
    rows = propose_all(session, closed_day(session, region))
    assert len(rows) == 3
    for row, request in zip(rows, region.requests, strict=True):
        hold = session.get_one(Hold, row.hold_id)
        assert (hold.status, hold.purpose, hold.expires_at) == (
            HoldStatus.HELD, HoldPurpose.MOVE_FIRST, row.answer_by,
        )  # fmt: skip
        assert kinds(session, request) == [MessageKind.REPLACED]
        assert [a.day for a in pair(session, request)] == [FIRST_DAY, FIRST_DAY + timedelta(28)]
    assert propose_all(session, rows[0].disruption_id) == rows  # done twice, nobody is told twice
    assert sound(session)


def test_yes_moves_the_dose_and_the_other_stays(session: Session, region: Region) -> None:
    disruption_id = closed_day(session, region)
    propose_all(session, disruption_id)
    request = region.requests[0]
    accept(session, request.id, now=NOW + HOURS)
    first, second = pair(session, request)
    assert first.day > FIRST_DAY and second.day == FIRST_DAY + timedelta(28)
    assert kinds(session, request) == [MessageKind.REPLACED, MessageKind.CHANGED]
    with pytest.raises(NoReplacement):
        accept(session, request.id, now=NOW + HOURS)
    assert current(session, request.id) is None
    session.expire_all()
    old = session.scalars(
        select(Slot).where(Slot.centre_id == region.centre.id, Slot.day == FIRST_DAY, Slot.taken > 0)
    ).one()
    assert old.taken == 2
    assert sound(session)


def test_something_else_is_chosen_and_what_was_kept_goes_back(session: Session, region: Region) -> None:
    (row, *_) = propose_all(session, closed_day(session, region))
    request = region.requests[0]
    (*_, last) = others(session, request.id, now=NOW)
    choose_other(session, request.id, last.choice, now=NOW)
    assert pair(session, request)[0].slot_id == last.doses[0].slot_id
    assert session.get_one(Hold, row.hold_id, populate_existing=True).status is HoldStatus.RELEASED
    assert row.status is ReplacementStatus.CHOSEN_OTHER
    assert sound(session)


def test_a_call_is_asked_for_and_the_places_stay_kept(session: Session, region: Region) -> None:
    (row, *_) = propose_all(session, closed_day(session, region))
    request = region.requests[0]
    with pytest.raises(NoNumber):
        ask_to_call(session, request.id, None, 0, now=NOW)
    ask_to_call(session, request.id, "+33612345678", 1, now=NOW)
    assert calls(session) == [(request.id, CallBackReason.REPLACEMENT)]
    assert row.status is ReplacementStatus.ASKED_TO_CALL
    accept(session, request.id, now=NOW + HOURS)  # they found the page after all
    assert row.status is ReplacementStatus.ACCEPTED
    assert sound(session)


def test_silence_is_reminded_then_called(session: Session, region: Region) -> None:
    rows = propose_all(session, closed_day(session, region))
    row, request = rows[0], region.requests[0]
    for moment in (NOW + 25 * HOURS, NOW + 26 * HOURS):
        assert look_after(session, request.id, now=moment) is ReplacementStatus.OPEN
    assert kinds(session, request) == [MessageKind.REPLACED] * 2
    assert look_after(session, request.id, now=row.answer_by) is ReplacementStatus.LAPSED
    assert kinds(session, request)[2:] == [MessageKind.LAPSED]
    assert session.get_one(Hold, row.hold_id, populate_existing=True).status is HoldStatus.EXPIRED
    assert pair(session, request)[0].status is AppointmentStatus.BOOKED
    with pytest.raises(ReplacementGone):
        accept(session, request.id, now=row.answer_by)
    (offer, *_) = others(session, request.id, now=row.answer_by)  # the way on stays open
    choose_other(session, request.id, offer.choice, now=row.answer_by)
    assert row.status is ReplacementStatus.CHOSEN_OTHER
    assert sound(session)


def test_who_has_a_number_is_called_when_they_do_not_answer(session: Session, region: Region) -> None:
    session.get_one(Person, region.requests[1].person_id).phone = "+33612345678"
    rows = propose_all(session, closed_day(session, region))
    for request in region.requests:
        look_after(session, request.id, now=rows[0].answer_by)
    assert calls(session) == [(region.requests[1].id, CallBackReason.REPLACEMENT)]


def test_without_any_place_people_are_told_and_called(session: Session) -> None:
    region = make_booked(session, people=1)
    for day in range(1, 70):
        close(session, region.centre, TODAY + timedelta(day))
    session.get_one(Person, region.requests[0].person_id).phone = "+33612345678"
    command = Prepare(DisruptionKind.SESSION_CLOSED, region.centre.id, FIRST_DAY)
    disruption_id = prepare(session, command, now=NOW)
    send(session, disruption_id, now=NOW)
    (row,) = propose_all(session, disruption_id)
    assert (row.hold_id, row.status) == (None, ReplacementStatus.OPEN)
    assert calls(session) == [(region.requests[0].id, CallBackReason.REPLACEMENT)]
    assert others(session, region.requests[0].id, now=NOW) == ()
    with pytest.raises(ReplacementGone):
        accept(session, region.requests[0].id, now=NOW)
    another_centre(session, region)
    (offer, *_) = others(session, region.requests[0].id, now=NOW)
    choose_other(session, region.requests[0].id, offer.choice, now=NOW)
    assert sound(session)


def test_a_closed_centre_sends_second_doses_elsewhere(session: Session, region: Region) -> None:
    """The first dose was given there: the second may be at another centre, inside the interval."""
    for request in region.requests:
        first = pair(session, request)[0]
        first.status = AppointmentStatus.VACCINATED
    other = another_centre(session, region)
    region.centre.is_open = False
    session.flush()
    now = NOW + timedelta(days=6)
    command = Prepare(DisruptionKind.CENTRE_CLOSED, region.centre.id, now.date())
    disruption_id = prepare(session, command, now=now)
    send(session, disruption_id, now=now)
    rows = propose_all(session, disruption_id, now=now)
    assert [session.get_one(Hold, row.hold_id).purpose for row in rows] == [HoldPurpose.MOVE_SECOND] * 3
    accept(session, region.requests[0].id, now=now)
    second = pair(session, region.requests[0])[1]
    assert second.centre_id == other.id
    assert 21 <= (second.day - FIRST_DAY).days <= 49


def test_a_closed_centre_moves_whole_pairs(session: Session, region: Region) -> None:
    other = another_centre(session, region)
    region.centre.is_open = False
    session.flush()
    command = Prepare(DisruptionKind.CENTRE_CLOSED, region.centre.id, TODAY)
    disruption_id = prepare(session, command, now=NOW)
    send(session, disruption_id, now=NOW)
    propose_all(session, disruption_id)
    accept(session, region.requests[0].id, now=NOW)
    assert {a.centre_id for a in pair(session, region.requests[0])} == {other.id}
    assert sound(session)


def test_missing_doses_touch_as_few_as_they_can_and_second_doses_last(session: Session) -> None:
    region = make_booked(session, people=6, doses=6)
    region.requests[0].priority = 1
    session.flush()
    disruption = Disruption(
        programme_id=region.programme.id, kind=DisruptionKind.DELIVERY_CUT, centre_id=region.centre.id,
        subject=shelf_subject(region.product.id), made_at=NOW,
    )  # fmt: skip
    # six doses are there, and twelve are promised: one vial serves the six second doses
    found = touched(session, disruption, now=NOW)
    assert [one.numbers for one in found] == [(1,)] * 6
    assert found[0].request_id == region.requests[0].id


def test_a_withdrawn_lot_touches_whoever_it_was_for(session: Session, region: Region) -> None:
    another_centre(session, region)
    quarantine_lot(session, region.delivery.lot_id, now=NOW)
    command = Prepare(DisruptionKind.LOT_WITHDRAWN, lot_id=region.delivery.lot_id)
    disruption_id = prepare(session, command, now=NOW)
    send(session, disruption_id, now=NOW)
    rows = propose_all(session, disruption_id)
    assert len(rows) == 3
    accept(session, region.requests[0].id, now=NOW)
    assert all(a.centre_id != region.centre.id for a in pair(session, region.requests[0]))


def test_who_cancels_or_moves_otherwise_is_not_asked_again(session: Session, region: Region) -> None:
    rows = propose_all(session, closed_day(session, region))
    cancel_request(session, region.requests[0].id, now=NOW)
    first = pair(session, region.requests[1])[0]
    session.add(
        AppointmentEvent(
            appointment_id=first.id, action=Action.MOVE, status=AppointmentStatus.BOOKED, at=NOW + HOURS,
            reason="", facts={},
        )
    )  # fmt: skip
    session.flush()
    for request in region.requests[:2]:
        assert look_after(session, request.id, now=NOW + HOURS) is ReplacementStatus.CHOSEN_OTHER
    assert calls(session) == []
    assert open_replacements(session) == [rows[2].request_id]


def test_what_was_given_back_can_no_longer_be_accepted(session: Session, region: Region) -> None:
    (row, *_) = propose_all(session, closed_day(session, region))
    release(session, token_of(row.hold_id or 0), now=NOW)
    with pytest.raises(ReplacementGone):
        accept(session, region.requests[0].id, now=NOW)
    assert current(session, region.requests[0].id) is not None
    assert sound(session)


def test_a_reader_of_letters_has_time_for_the_post(session: Session, region: Region) -> None:
    region.programme.letter_lead_days = 2
    region.requests[0].contact_by = ContactBy.LETTER
    session.flush()
    (by_letter, by_mail, _) = propose_all(session, closed_day(session, region))
    assert by_letter.answer_by > by_mail.answer_by


def test_a_disruption_is_done_when_everybody_has_answered(session: Session, region: Region) -> None:
    disruption_id = closed_day(session, region)
    assert note_done(session, [disruption_id], now=NOW) == 0
    rows = propose_all(session, disruption_id)
    for request in region.requests[:2]:
        accept(session, request.id, now=NOW)
    assert note_done(session, [disruption_id], now=NOW) == 0
    look_after(session, region.requests[2].id, now=rows[2].answer_by)
    assert note_done(session, [disruption_id], now=rows[2].answer_by) == 1
    disruption = session.get_one(Disruption, disruption_id, populate_existing=True)
    assert disruption.status is DisruptionStatus.DONE
    assert session.scalars(select(Replacement.status)).all().count(ReplacementStatus.LAPSED) == 1


def test_the_message_names_the_places_that_are_kept(session: Session, region: Region) -> None:
    (row, *_) = propose_all(session, closed_day(session, region))
    query = select(Message.id).where(Message.replacement_id == row.id)
    out = outgoing.load(session, session.scalars(query).one())
    assert out is not None and out.proposal is not None
    assert [dose.starts_at.date() for dose in out.proposal.doses] == [
        session.get_one(Slot, session.get_one(Hold, row.hold_id).first_slot_id).day
    ]
