"""After a closure a household that stood together is proposed places together, and says one yes."""

from datetime import date, time, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.builders import NOW, TODAY, make_slots
from tests.services.disrupted import FIRST_DAY, close, closed_day, make_booked, pair
from tests.services.regions import Region
from vaccination.domain.appointment import AppointmentStatus, WrongStatus
from vaccination.domain.disruptions import DisruptionKind, ReplacementStatus
from vaccination.domain.messages import MessageKind
from vaccination.domain.serving import HoldStatus
from vaccination.domain.together import TOGETHER_MINUTES
from vaccination.models.centres import Slot
from vaccination.models.disruptions import Disruption, Replacement
from vaccination.models.messages import Message
from vaccination.models.people import Household
from vaccination.models.requests import Request
from vaccination.models.serving import Hold
from vaccination.queries.replacements import current, kept_with
from vaccination.queries.touched import in_parties, shelf_subject, touched
from vaccination.readmodels import replacement_page
from vaccination.services.appointments.booking import UnfitSlots, cancel_request
from vaccination.services.appointments.hold_rows import token_of
from vaccination.services.appointments.holds import expire_due, release
from vaccination.services.appointments.places import SlotFull
from vaccination.services.keeping.reconcile import broken_invariants
from vaccination.services.replacing.disruptions import Prepare, prepare, send, to_propose
from vaccination.services.replacing.parties import preview, propose_together
from vaccination.services.replacing.proposing import look_after, propose
from vaccination.services.replacing.replacements import (
    NoReplacement,
    ReplacementGone,
    accept,
    choose_other,
    choose_together,
    others,
    others_together,
)

_OF_THE_BUILDER = ("planned_were_told", "bookings_recorded")  # it books without a word


@pytest.fixture
def region(session: Session) -> Region:
    """Three of four are a household; all stand booked at the same place and time."""
    region = make_booked(session, people=4)
    at_home(session, region.requests[:3])
    return region


def at_home(session: Session, requests: list[Request]) -> None:
    home = Household(created_at=NOW)
    session.add(home)
    session.flush()
    for request in requests:
        request.household_id = home.id
    session.flush()


def propose_all(session: Session, disruption_id: int) -> list[Replacement]:
    """What the job does (web/jobs/disruptions.py)."""
    for party in in_parties(to_propose(session, disruption_id, now=NOW)):
        if len(party) == 1 or not propose_together(session, disruption_id, party, now=NOW):
            for one in party:
                propose(session, disruption_id, one, now=NOW)
    query = select(Replacement).where(Replacement.disruption_id == disruption_id)
    return list(session.scalars(query.order_by(Replacement.request_id)))


def kept(session: Session, row: Replacement) -> Slot:
    hold = session.get_one(Hold, row.hold_id)
    return session.get_one(Slot, hold.first_slot_id or hold.second_slot_id)


def sound(session: Session) -> bool:
    session.flush()
    broken = (breach for breach in broken_invariants(session) if not breach.startswith(_OF_THE_BUILDER))
    return list(broken) == []


def one_seat_a_slot(session: Session, region: Region) -> None:
    """A day keeps places side by side only: no slot has room for two."""
    session.execute(update(Slot).where(Slot.day > FIRST_DAY, Slot.taken == 0).values(seats=1))


def side_by_side(slots: list[Slot]) -> bool:
    minutes = [slot.minute for slot in slots]
    return len({(slot.centre_id, slot.day) for slot in slots}) == 1 and (
        max(minutes) - min(minutes) <= TOGETHER_MINUTES
    )


def first_days(session: Session, requests: list[Request]) -> set[date]:
    return {pair(session, request)[0].day for request in requests}


def test_a_household_is_kept_places_side_by_side(session: Session, region: Region) -> None:
    rows = propose_all(session, closed_day(session, region))
    assert len(rows) == 4
    assert side_by_side([kept(session, row) for row in rows[:3]])
    assert len({row.answer_by for row in rows[:3]}) == 1, "one moment for all of them"
    told = session.scalars(select(Message.request_id).where(Message.kind == MessageKind.REPLACED)).all()
    assert sorted(told) == [request.id for request in region.requests]
    assert sound(session)


def test_neighbouring_slots_are_enough(session: Session, region: Region) -> None:
    one_seat_a_slot(session, region)
    slots = [kept(session, row) for row in propose_all(session, closed_day(session, region))[:3]]
    assert side_by_side(slots) and len({slot.id for slot in slots}) == 3
    assert sound(session)


def test_one_yes_is_a_yes_for_all(session: Session, region: Region) -> None:
    rows = propose_all(session, closed_day(session, region))
    family, other = region.requests[:3], region.requests[3]
    assert accept(session, family[1].id, now=NOW) == 3
    assert {session.get_one(Replacement, row.id, populate_existing=True).status for row in rows[:3]} == {
        ReplacementStatus.ACCEPTED
    }
    assert FIRST_DAY not in first_days(session, family) and len(first_days(session, family)) == 1
    assert first_days(session, [other]) == {FIRST_DAY}
    with pytest.raises(NoReplacement):
        accept(session, family[0].id, now=NOW)
    assert accept(session, other.id, now=NOW) == 1
    assert sound(session)


def test_who_chooses_something_else_leaves_the_others_their_places(session: Session, region: Region) -> None:
    rows = propose_all(session, closed_day(session, region))
    (*_, last) = others(session, region.requests[0].id, now=NOW)
    choose_other(session, region.requests[0].id, last.choice, now=NOW)
    assert [one.request_id for one in kept_with(session, rows[1])] == [
        request.id for request in region.requests[1:3]
    ]
    assert accept(session, region.requests[2].id, now=NOW) == 2
    assert sound(session)


def test_who_cancels_leaves_the_others_their_places(session: Session, region: Region) -> None:
    propose_all(session, closed_day(session, region))
    cancel_request(session, region.requests[0].id, now=NOW)
    assert accept(session, region.requests[1].id, now=NOW) == 2
    assert sound(session)


def test_a_yes_too_late_is_a_yes_for_nobody(session: Session, region: Region) -> None:
    rows = propose_all(session, closed_day(session, region))
    late = rows[0].answer_by
    look_after(session, region.requests[0].id, now=late)  # one of them is through already
    for request in region.requests[:3]:
        with pytest.raises(ReplacementGone):
            accept(session, request.id, now=late)
    assert first_days(session, region.requests[:3]) == {FIRST_DAY}
    expire_due(session, now=late)
    assert sound(session)


def test_what_one_gave_back_is_not_accepted_by_the_others(session: Session, region: Region) -> None:
    rows = propose_all(session, closed_day(session, region))
    release(session, token_of(rows[0].hold_id or 0), now=NOW)
    assert session.get_one(Hold, rows[1].hold_id, populate_existing=True).status is HoldStatus.HELD
    assert accept(session, region.requests[1].id, now=NOW) == 2
    assert current(session, region.requests[0].id) is not None
    assert sound(session)


def test_where_no_day_has_room_for_all_each_is_proposed_one_alone(session: Session, region: Region) -> None:
    """Every other day has one slot, of one seat."""
    for slot in session.scalars(select(Slot).where(Slot.taken == 0)):
        slot.seats = 1 if slot.minute == 9 * 60 else 0
    session.flush()
    disruption_id = closed_day(session, region, sent=False)
    seen = preview(session, disruption_id, now=NOW, most=30)
    assert [(one.party, one.is_together) for one in seen] == [(3, False)] * 3 + [(1, True)]
    send(session, disruption_id, now=NOW)
    rows = propose_all(session, disruption_id)
    days = [kept(session, row).day for row in rows[:3] if row.hold_id is not None]
    assert len(days) == len(set(days)) > 1
    assert kept_with(session, rows[0]) == [rows[0]]
    assert accept(session, region.requests[0].id, now=NOW) == 1
    assert sound(session)


def test_the_agency_sees_who_comes_together(session: Session, region: Region) -> None:
    seen = preview(session, closed_day(session, region, sent=False), now=NOW, most=30)
    assert [(one.party, one.is_together) for one in seen] == [(3, True)] * 3 + [(1, True)]
    places = {(one.offer.doses[0].centre_id, one.offer.doses[0].day) for one in seen[:3] if one.offer}
    assert len(places) == 1
    assert session.scalars(select(Hold)).all() == []


def test_who_did_not_stand_together_is_proposed_places_alone(session: Session, region: Region) -> None:
    """One of them had moved to the next day, which is closed as well."""
    first = pair(session, region.requests[0])[0]
    slot = make_slots(session, region.centre, FIRST_DAY, opens=time(16), seats=2)[0]
    first.slot_id, first.starts_at = slot.id, slot.starts_at
    day = TODAY + timedelta(6)
    first.day = day
    session.flush()
    parties = in_parties(touched(session, session.get_one(Disruption, closed_day(session, region)), now=NOW))
    assert sorted(len(party) for party in parties) == [1, 1, 2]


def test_missing_doses_leave_a_household_whole(session: Session) -> None:
    """Four first doses are missing of six: three of a household go together, though one more could stay."""
    region = make_booked(session, people=6, doses=12)
    at_home(session, region.requests[:3])
    region.product.doses_per_vial = 1
    region.delivery.doses = 8
    session.flush()
    disruption = Disruption(
        programme_id=region.programme.id, kind=DisruptionKind.DELIVERY_CUT, centre_id=region.centre.id,
        subject=shelf_subject(region.product.id), made_at=NOW,
    )  # fmt: skip
    found = {one.request_id for one in touched(session, disruption, now=NOW)}
    family = {request.id for request in region.requests[:3]}
    assert family <= found or not family & found


def test_a_second_dose_moves_for_all(session: Session, region: Region) -> None:
    close(session, region.centre, FIRST_DAY + timedelta(28))
    command = Prepare(DisruptionKind.SESSION_CLOSED, region.centre.id, FIRST_DAY + timedelta(28))
    disruption_id = prepare(session, command, now=NOW)
    send(session, disruption_id, now=NOW)
    rows = propose_all(session, disruption_id)
    assert side_by_side([kept(session, row) for row in rows[:3]])
    assert accept(session, region.requests[0].id, now=NOW) == 3
    assert len({pair(session, request)[1].day for request in region.requests[:3]}) == 1
    assert first_days(session, region.requests) == {FIRST_DAY}
    assert sound(session)


def test_the_page_says_for_whom_a_yes_is(session: Session, region: Region) -> None:
    propose_all(session, closed_day(session, region))
    page = replacement_page.load(session, region.requests[0].id, NOW)
    assert page is not None and len(page.companions) == 2
    assert all(len(one.doses) == 1 and one.name.startswith("Camille ") for one in page.companions)
    alone = replacement_page.load(session, region.requests[3].id, NOW)
    assert alone is not None and alone.companions == ()


def test_where_one_cannot_move_nobody_does(session: Session, region: Region) -> None:
    rows = propose_all(session, closed_day(session, region))
    pair(session, region.requests[2])[0].status = AppointmentStatus.CHECKED_IN
    session.flush()
    with pytest.raises(WrongStatus), session.begin_nested():
        accept(session, region.requests[0].id, now=NOW)
    assert first_days(session, region.requests[:3]) == {FIRST_DAY}
    for row in rows[:3]:
        session.refresh(row)
        assert row.status is ReplacementStatus.OPEN
        assert session.get_one(Hold, row.hold_id, populate_existing=True).status is HoldStatus.HELD


def test_something_else_is_chosen_for_all(session: Session, region: Region) -> None:
    rows = propose_all(session, closed_day(session, region))
    family = region.requests[:3]
    (*_, last) = others_together(session, family[1].id, now=NOW)
    assert choose_together(session, family[1].id, last.choices, now=NOW) == 3
    for row in rows[:3]:
        session.refresh(row)
        assert row.status is ReplacementStatus.CHOSEN_OTHER
        assert session.get_one(Hold, row.hold_id, populate_existing=True).status is HoldStatus.RELEASED
    chosen = {dose.slot_id for _, offer in last.members for dose in offer.doses if dose.dose_number == 1}
    assert {pair(session, request)[0].slot_id for request in family} == chosen
    assert sound(session)


def test_it_is_chosen_for_all_of_them_or_nobody(session: Session, region: Region) -> None:
    propose_all(session, closed_day(session, region))
    family = region.requests[:3]
    (*_, last) = others_together(session, family[0].id, now=NOW)
    cancel_request(session, family[2].id, now=NOW)
    with pytest.raises(UnfitSlots):
        choose_together(session, family[0].id, last.choices, now=NOW)
    (offer, *_) = others_together(session, family[0].id, now=NOW)
    assert len(offer.members) == 2
    assert others_together(session, region.requests[3].id, now=NOW) == ()
    assert sound(session)


def test_places_that_are_gone_are_chosen_by_nobody(session: Session, region: Region) -> None:
    rows = propose_all(session, closed_day(session, region))
    (*_, last) = others_together(session, region.requests[0].id, now=NOW)
    slot = session.get_one(Slot, last.members[0][1].doses[0].slot_id)
    slot.seats = slot.taken
    session.flush()
    with pytest.raises(SlotFull), session.begin_nested():
        choose_together(session, region.requests[0].id, last.choices, now=NOW)
    assert session.get_one(Hold, rows[0].hold_id, populate_existing=True).status is HoldStatus.HELD
    assert first_days(session, region.requests[:3]) == {FIRST_DAY}
    assert sound(session)
