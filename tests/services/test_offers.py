"""Up to five courses out of what is left: whole, fitting, different in kind, and really there."""

from datetime import date, time, timedelta

import pytest
from sqlalchemy.orm import Session

from tests.builders import (
    NOW,
    TODAY,
    book_pair,
    make_centre,
    make_lot,
    make_person,
    make_product,
    make_request,
    make_schedule,
    make_slots,
    make_stock,
)
from tests.services.regions import TOMORROW, Region, make_region
from vaccination.domain.requests import Channel, ContactBy, RequestKind
from vaccination.domain.serving import ChangedDoses, HoldPurpose
from vaccination.models.centres import Centre
from vaccination.models.programmes import EligibilityPhase
from vaccination.models.requests import request_product
from vaccination.services.appointments.offers import Offer, five


@pytest.fixture
def region(session: Session) -> Region:
    return make_region(session, requests=2)


def offers(session: Session, region: Region, which: int = 0, **named: object) -> tuple[Offer, ...]:
    return five(session, region.requests[which].id, now=NOW, **named)  # type: ignore[arg-type]


def days(offer: Offer) -> list[date]:
    return [dose.day for dose in offer.doses]


def stocked_centre(session: Session, region: Region, *more_days: date, **named: object) -> Centre:
    centre = make_centre(session, **named)
    make_stock(session, centre, make_lot(session, region.product))
    for day in more_days:
        make_slots(session, centre, day)
    return centre


def test_a_pair_is_offered_whole(session: Session, region: Region) -> None:
    (offer,) = offers(session, region)
    assert offer.purpose is HoldPurpose.COURSE
    assert days(offer) == [region.first_day, region.second_day]
    assert [dose.dose_number for dose in offer.doses] == [1, 2]
    assert {dose.centre_id for dose in offer.doses} == {region.centre.id}


def test_a_first_dose_without_a_second_is_not_offered(session: Session, region: Region) -> None:
    for slot in region.second_slots:
        slot.taken = slot.seats
    session.flush()
    assert offers(session, region) == ()


def test_a_pair_without_doses_is_not_offered(session: Session) -> None:
    assert offers(session, make_region(session, requests=1, doses=6)) == ()  # one vial, two days


def test_five_differ_in_kind(session: Session, region: Region) -> None:
    make_slots(session, region.centre, TOMORROW, opens=time(14))
    for weeks in (7, 14):
        make_slots(session, region.centre, TOMORROW + timedelta(weeks))
        make_slots(session, region.centre, TOMORROW + timedelta(weeks + 28))
    stocked_centre(session, region, TOMORROW + timedelta(1), TOMORROW + timedelta(29), lat=47.95)
    found = offers(session, region)
    assert len(found) == 5
    assert len({offer.doses[0].centre_id for offer in found}) == 2
    assert {offer.doses[0].starts_at.hour for offer in found if offer.doses[0].day == TOMORROW} >= {7, 12}
    assert max(days(offer)[0] for offer in found) >= TOMORROW + timedelta(7)
    assert days(found[0])[0] == TOMORROW
    assert len({(o.doses[0].centre_id, o.doses[0].starts_at) for o in found}) == 5


def test_others_are_offered_after_those_that_were_seen(session: Session, region: Region) -> None:
    make_slots(session, region.centre, TOMORROW, opens=time(14))
    seen = [offer.doses[0].slot_id for offer in offers(session, region)]
    assert len(seen) == 2
    assert len(offers(session, region, after=seen[:1])) == 1
    assert offers(session, region, after=seen) == ()


def test_wishes_count(session: Session, region: Region) -> None:
    programme, group = region.programme, region.group.id
    afternoon, monday_only = "010" * 7, "111" + "000" * 6
    for wish in (
        {"availability": afternoon}, {"availability": monday_only}, {"lat": 48.9},
        {"max_km": 0.1, "lat": 47.92},
        {"unavailable": [TOMORROW.isoformat()]}, {"earliest": TOMORROW + timedelta(1)},
    ):  # fmt: skip
        request = make_request(session, programme, priority_group_id=group, **wish)
        assert five(session, request.id, now=NOW) == (), wish
    region.centre.wheelchair = False
    session.flush()
    wheelchair = make_request(session, programme, priority_group_id=group, wheelchair=True)
    assert five(session, wheelchair.id, now=NOW) == ()
    assert len(offers(session, region)) == 1


def test_rules_count(session: Session, region: Region) -> None:
    region.schedule.min_age = 60
    child = make_request(session, region.programme, make_person(session, birth_date=date(2000, 1, 1)))
    picky = make_request(session, region.programme)
    session.execute(request_product.insert().values(request_id=picky.id, product_id=make_product(session).id))
    assert five(session, child.id, now=NOW) == ()
    assert five(session, picky.id, now=NOW) == ()
    session.query(EligibilityPhase).update({"starts_on": TODAY + timedelta(1)})
    assert offers(session, region) == ()


def test_one_dose_is_offered_where_it_is_enough(session: Session, region: Region) -> None:
    single = make_schedule(session, region.programme, region.product, doses=1, only_if_enough=True)
    enough = make_request(session, region.programme, one_dose_enough=True)
    assert {o.schedule_id for o in five(session, enough.id, now=NOW)} == {single.id}
    assert {o.schedule_id for o in offers(session, region)} == {region.schedule.id}


def test_a_second_dose_alone_keeps_the_interval(session: Session, region: Region) -> None:
    def asking(given: date) -> int:
        return make_request(
            session, region.programme, kind=RequestKind.SECOND_DOSE, first_product_id=region.product.id,
            first_given_on=given,
        ).id  # fmt: skip

    (offer,) = five(session, asking(TOMORROW - timedelta(28)), now=NOW)
    assert (offer.purpose, days(offer)) == (HoldPurpose.SECOND_DOSE, [TOMORROW])
    (later,) = five(session, asking(TODAY - timedelta(10)), now=NOW)
    assert days(later) == [region.second_day]
    assert five(session, asking(TODAY - timedelta(90)), now=NOW) == ()


def test_a_second_place_is_looked_at_for_the_second_dose(session: Session, region: Region) -> None:
    south = stocked_centre(session, region, region.second_day, lat=43.6, lon=1.44, name="Toulouse")
    both = make_request(session, region.programme, second_lat=43.6, second_lon=1.44)
    (offer,) = five(session, both.id, now=NOW)
    assert [dose.centre_id for dose in offer.doses] == [region.centre.id, south.id]


def test_a_letter_must_arrive_before_the_day(session: Session, region: Region) -> None:
    region.requests[0].contact_by = ContactBy.LETTER
    session.flush()
    assert offers(session, region, channel=Channel.PHONE) == ()
    assert len(offers(session, region, channel=Channel.WEB)) == 1


def test_nobody_is_offered_what_has_a_place_already_but_a_change(session: Session, region: Region) -> None:
    pair = region.first_slots[0], region.second_slots[0]
    book_pair(session, region.requests[0], region.schedule, pair)
    afternoon = make_slots(session, region.centre, TOMORROW, opens=time(14))
    (first,) = offers(session, region, changed=ChangedDoses.FIRST)
    assert first.purpose is HoldPurpose.MOVE_FIRST and first.doses[0].slot_id in {s.id for s in afternoon}
    assert offers(session, region, changed=ChangedDoses.SECOND) == ()
    third = make_slots(session, region.centre, region.second_day + timedelta(5))
    (second,) = offers(session, region, changed=ChangedDoses.SECOND)
    assert second.purpose is HoldPurpose.MOVE_SECOND and second.doses[0].slot_id in {s.id for s in third}


def test_a_first_dose_that_moves_too_far_takes_the_second_along(session: Session, region: Region) -> None:
    pair = region.first_slots[0], region.second_slots[0]
    book_pair(session, region.requests[0], region.schedule, pair)
    make_slots(session, region.centre, TOMORROW + timedelta(20))
    make_slots(session, region.centre, TOMORROW + timedelta(50))
    found = offers(session, region, changed=ChangedDoses.FIRST)
    assert [offer.purpose for offer in found] == [HoldPurpose.MOVE_BOTH]
    assert days(found[0]) == [TOMORROW + timedelta(20), TOMORROW + timedelta(50)]


def test_many_look_and_are_shown_different_slots(session: Session, region: Region) -> None:
    asking = [make_request(session, region.programme) for _ in range(12)]
    shown = {five(session, request.id, now=NOW)[0].doses[0].slot_id for request in asking}
    assert len(shown) > 2


def test_the_last_vial_serves_whom_an_opened_one_completes(session: Session) -> None:
    """Two vials: one is open on the second day. A course fits that takes the other one for its first dose."""
    region = make_region(session, requests=2, doses=18)
    pair = region.first_slots[0], region.second_slots[0]
    book_pair(session, region.requests[0], region.schedule, pair)
    make_slots(session, region.centre, TOMORROW + timedelta(7))
    make_slots(session, region.centre, TOMORROW + timedelta(35))
    for slot in region.first_slots:
        slot.taken = slot.seats
    session.flush()
    (offer,) = offers(session, region, which=1)
    assert days(offer) == [TOMORROW + timedelta(7), region.second_day]
