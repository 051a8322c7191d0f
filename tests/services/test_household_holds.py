"""A household in a direct programme: offered together, kept together, confirmed together, or none of it."""

from datetime import date, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from solver.contract import HOUSEHOLD_MINUTES
from tests.builders import (
    NOW,
    TODAY,
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
from vaccination.domain.messages import MessageKind
from vaccination.domain.requests import RequestStatus
from vaccination.domain.serving import HoldStatus
from vaccination.domain.together import TOGETHER_MINUTES
from vaccination.models.appointments import Appointment
from vaccination.models.centres import ClinicSession, DoseBudget, Slot
from vaccination.models.messages import Message
from vaccination.models.people import Household
from vaccination.models.requests import request_product
from vaccination.models.serving import Hold
from vaccination.services.appointments.booking import UnfitSlots, cancel_request
from vaccination.services.appointments.hold_rows import Held, HoldExpired, HoldReleased, LongEnough, token_of
from vaccination.services.appointments.hold_taking import How
from vaccination.services.appointments.holds import confirm, expire_due, extend, hold, release
from vaccination.services.appointments.household_holds import NotTheHousehold, hold_for_all
from vaccination.services.appointments.offers import five
from vaccination.services.appointments.places import NoDoseLeft, SlotFull
from vaccination.services.appointments.together import OfferForAll, five_for_all
from vaccination.services.keeping.reconcile import broken_invariants

MINUTE = timedelta(minutes=1)


@pytest.fixture
def region(session: Session) -> Region:
    return together(session, make_region(session, requests=3))


def together(session: Session, region: Region) -> Region:
    """All who wait in the region are one household."""
    home = Household(created_at=NOW)
    session.add(home)
    session.flush()
    for request in region.requests:
        request.household_id = home.id
    session.flush()
    return region


def for_all(session: Session, region: Region, **named: object) -> tuple[OfferForAll, ...]:
    return five_for_all(session, region.requests[0].id, now=NOW, **named)  # type: ignore[arg-type]


def held(session: Session, region: Region, offer: OfferForAll | None = None, **how: object) -> Held:
    wanted = offer or for_all(session, region)[0]
    return hold_for_all(
        session, region.requests[0].id, wanted.choices, now=NOW, how=How(**how)  # type: ignore[arg-type]
    )  # fmt: skip


def statuses(session: Session) -> set[HoldStatus]:
    session.expire_all()
    return set(session.scalars(select(Hold.status)))


def taken(session: Session) -> tuple[int, int]:
    session.expire_all()
    return sum(session.scalars(select(Slot.taken))), sum(session.scalars(select(DoseBudget.taken)))


def sound(session: Session) -> bool:
    session.flush()
    return broken_invariants(session) == []


def minutes(offer: OfferForAll, number: int) -> list[int]:
    """Minutes after the first start, for a dose of everybody."""
    starts = [d.starts_at for _, one in offer.members for d in one.doses if d.dose_number == number]
    return sorted(int((at - min(starts)).total_seconds()) // 60 for at in starts)


def test_the_half_hour_is_that_of_plans() -> None:
    assert TOGETHER_MINUTES == HOUSEHOLD_MINUTES


def test_everybody_is_offered_a_whole_course_side_by_side(session: Session, region: Region) -> None:
    (offer,) = for_all(session, region)
    assert [request_id for request_id, _ in offer.members] == [request.id for request in region.requests]
    for _, one in offer.members:
        assert [(d.dose_number, d.day, d.centre_id) for d in one.doses] == [
            (1, region.first_day, region.centre.id),
            (2, region.second_day, region.centre.id),
        ]
    assert minutes(offer, 1) == minutes(offer, 2) == [0, 0, 10], "two seats a slot"


def test_up_to_five_and_others_after_those_that_were_seen(session: Session, region: Region) -> None:
    for days in (7, 14, 21, 35, 42):
        make_slots(session, region.centre, TOMORROW + timedelta(days))
    make_slots(session, region.centre, TOMORROW, opens=time(14))
    other = make_centre(session, lat=47.95)
    make_stock(session, other, make_lot(session, region.product))
    for day in (TOMORROW, TOMORROW + timedelta(30)):
        make_slots(session, other, day)
    found = for_all(session, region)
    assert len(found) == 5
    assert {d.centre_id for offer in found for _, one in offer.members for d in one.doses} == {
        region.centre.id, other.id,
    }  # fmt: skip
    more = for_all(session, region, after=[offer.first_slot_id for offer in found])
    assert more
    assert not {offer.members[0][1].doses[0].day for offer in more if _at(offer) == region.centre.id} & {
        offer.members[0][1].doses[0].day for offer in found if _at(offer) == region.centre.id
    }


def _at(offer: OfferForAll) -> int:
    return offer.members[0][1].doses[0].centre_id


@pytest.mark.parametrize("seats", [(1, 1, 1, 0, 0, 0), (0, 0, 2, 1, 0, 0), (0, 1, 0, 1, 1, 0)])
def test_seats_must_lie_within_half_an_hour(session: Session, region: Region, seats: tuple[int, ...]) -> None:
    leave(session, region, seats)
    (offer,) = for_all(session, region)
    assert max(minutes(offer, 1)) <= 30


@pytest.mark.parametrize("seats", [(1, 0, 0, 0, 1, 1), (2, 0, 0, 0, 0, 1), (1, 1, 0, 0, 0, 0)])
def test_seats_that_lie_apart_are_not_offered(
    session: Session, region: Region, seats: tuple[int, ...]
) -> None:
    leave(session, region, seats)
    assert for_all(session, region) == ()
    assert five(session, region.requests[0].id, now=NOW), "one alone still finds a place"


def leave(session: Session, region: Region, seats: tuple[int, ...]) -> None:
    for slot, left in zip(region.first_slots, seats, strict=True):
        slot.seats, slot.taken = max(left, 1), max(left, 1) - left
    session.flush()


def test_doses_for_two_are_not_offered_to_three(session: Session) -> None:
    region = together(session, make_region(session, requests=3, doses=4))
    region.product.doses_per_vial = 2
    session.flush()
    assert for_all(session, region) == ()
    assert five(session, region.requests[0].id, now=NOW)


def test_each_has_a_vaccine_of_their_own_age(session: Session, region: Region) -> None:
    """The youngest may not have the others' vaccine: another product, the same days."""
    region.schedule.min_age = 30
    gentle = make_product(session, name="Gentle")
    make_schedule(session, region.programme, gentle, max_age=29, min_days=25, ideal_days=28, max_days=40)
    make_stock(session, region.centre, make_lot(session, gentle))
    young = make_request(
        session, region.programme, make_person(session, birth_date=date(2005, 2, 1)),
        household_id=region.requests[0].household_id, priority_group_id=region.group.id,
    )  # fmt: skip
    (offer,) = for_all(session, region)
    products = {request_id: {d.product_id for d in one.doses} for request_id, one in offer.members}
    assert products[young.id] == {gentle.id}
    assert all(products[request.id] == {region.product.id} for request in region.requests)
    confirm(session, held(session, region, offer).token, now=NOW)
    assert sound(session)


def test_one_who_needs_one_dose_comes_on_the_first_day(session: Session, region: Region) -> None:
    single = make_product(session)
    make_schedule(session, region.programme, single, doses=1, min_age=80)
    region.schedule.max_age = 79
    make_stock(session, region.centre, make_lot(session, single))
    old = make_request(
        session, region.programme, make_person(session, birth_date=date(1940, 2, 1)),
        household_id=region.requests[0].household_id,
    )  # fmt: skip
    (offer,) = for_all(session, region)
    assert [d.day for d in dict(offer.members)[old.id].doses] == [region.first_day]


def test_nobody_is_offered_what_one_of_them_cannot_use(session: Session, region: Region) -> None:
    last = region.requests[2]
    last.unavailable = [region.first_day.isoformat()]
    session.flush()
    assert for_all(session, region) == ()
    last.unavailable, last.wheelchair, region.centre.wheelchair = [], True, False
    session.flush()
    assert for_all(session, region) == ()
    last.wheelchair = False
    session.execute(request_product.insert().values(request_id=last.id, product_id=make_product(session).id))
    assert for_all(session, region) == ()


def test_only_those_who_wait_and_only_where_there_are_others(session: Session, region: Region) -> None:
    cancel_request(session, region.requests[2].id, now=NOW)
    (offer,) = for_all(session, region)
    assert len(offer.members) == 2
    cancel_request(session, region.requests[1].id, now=NOW)
    assert for_all(session, region) == ()


def test_all_places_are_kept_for_the_same_time(session: Session, region: Region) -> None:
    kept = held(session, region)
    rows = session.scalars(select(Hold)).all()
    assert {row.request_id for row in rows} == {request.id for request in region.requests}
    assert {row.expires_at for row in rows} == {kept.expires_at} == {NOW + 10 * MINUTE}
    assert taken(session) == (6, 6)
    assert sound(session)


def test_the_same_button_twice_is_one_hold(session: Session, region: Region) -> None:
    (offer,) = for_all(session, region)
    once = held(session, region, offer, form_uid="pressed")
    assert held(session, region, offer, form_uid="pressed") == once
    assert taken(session) == (6, 6)


def test_a_confirmation_is_of_all(session: Session, region: Region) -> None:
    kept = held(session, region)
    ids = confirm(session, kept.token, now=NOW + MINUTE)
    assert len(ids) == 6
    session.expire_all()
    assert {request.status for request in region.requests} == {RequestStatus.PLANNED}
    assert len(session.scalars(select(Message).where(Message.kind == MessageKind.CONFIRMED)).all()) == 3
    assert confirm(session, kept.token, now=NOW + 9 * MINUTE) == ids
    other = session.scalars(select(Hold).where(Hold.request_id == region.requests[1].id)).one()
    assert confirm(session, token_of(other.id), now=NOW + 9 * MINUTE) == ids
    assert sound(session)


def test_a_confirmation_that_fails_for_one_fails_for_all(session: Session, region: Region) -> None:
    kept = held(session, region)
    session.query(ClinicSession).filter(ClinicSession.day == region.second_day).update({"is_open": False})
    session.flush()
    with pytest.raises(UnfitSlots), session.begin_nested():
        confirm(session, kept.token, now=NOW + MINUTE)
    session.expire_all()
    assert session.scalars(select(Appointment.id)).all() == []


def test_longer_for_one_is_longer_for_all(session: Session, region: Region) -> None:
    kept = held(session, region)
    until = extend(session, kept.token, now=NOW + 5 * MINUTE)
    assert set(session.scalars(select(Hold.expires_at))) == {until}
    extend(session, kept.token, now=NOW + 6 * MINUTE)
    with pytest.raises(LongEnough):
        extend(session, kept.token, now=NOW + 7 * MINUTE)


def test_let_go_by_one_is_let_go_by_all(session: Session, region: Region) -> None:
    kept = held(session, region)
    other = session.scalars(select(Hold).where(Hold.request_id == region.requests[2].id)).one()
    assert release(session, token_of(other.id), now=NOW)
    assert statuses(session) == {HoldStatus.RELEASED}
    assert taken(session) == (0, 0)
    with pytest.raises(HoldReleased):
        confirm(session, kept.token, now=NOW)


def test_the_time_ends_for_all(session: Session, region: Region) -> None:
    kept = held(session, region)
    with pytest.raises(HoldExpired):
        confirm(session, kept.token, now=kept.expires_at)
    assert expire_due(session, now=kept.expires_at) == 3
    assert statuses(session) == {HoldStatus.EXPIRED}
    assert taken(session) == (0, 0)
    assert sound(session)


@pytest.mark.parametrize("which", [0, 2])
def test_one_who_cancels_ends_it_for_all(session: Session, region: Region, which: int) -> None:
    held(session, region)
    cancel_request(session, region.requests[which].id, now=NOW)
    assert statuses(session) == {HoldStatus.RELEASED}
    assert taken(session) == (0, 0)
    assert sound(session)


def test_who_chooses_alone_lets_go_of_what_was_kept_for_all(session: Session, region: Region) -> None:
    held(session, region)
    alone = region.requests[1].id
    [offer, *_] = five(session, alone, now=NOW)
    kept = hold(session, alone, offer.choice, now=NOW)
    assert taken(session) == (2, 2)
    confirm(session, kept.token, now=NOW)
    session.expire_all()
    assert [r.status for r in region.requests] == [
        RequestStatus.WAITING, RequestStatus.PLANNED, RequestStatus.WAITING,
    ]  # fmt: skip
    assert len(for_all(session, region)[0].members) == 2, "the others still choose together"
    assert sound(session)


def test_two_who_choose_alone_are_not_tied(session: Session, region: Region) -> None:
    tokens = []
    for request in region.requests[:2]:
        tokens.append(hold(session, request.id, five(session, request.id, now=NOW)[0].choice, now=NOW).token)
    release(session, tokens[0], now=NOW)
    assert len(confirm(session, tokens[1], now=NOW)) == 2
    assert sound(session)


def test_chosen_for_all_takes_the_place_of_what_one_kept(session: Session, region: Region) -> None:
    alone = region.requests[1].id
    hold(session, alone, five(session, alone, now=NOW)[0].choice, now=NOW)
    held(session, region)
    assert taken(session) == (6, 6)
    assert sound(session)


def test_not_all_or_not_together_is_refused(session: Session, region: Region) -> None:
    (offer,) = for_all(session, region)
    own = region.requests[0].id
    with pytest.raises(NotTheHousehold):
        hold_for_all(session, own, offer.choices[:2], now=NOW)
    stranger = make_request(session, region.programme, priority_group_id=region.group.id)
    with pytest.raises(NotTheHousehold):
        hold_for_all(session, stranger.id, offer.choices, now=NOW)
    make_slots(session, region.centre, TODAY + timedelta(2))
    moved = [
        five(session, own, now=NOW, from_day=TODAY + timedelta(2))[0].choice,
        *(choice for _, choice in offer.choices[1:]),
    ]
    with pytest.raises(UnfitSlots):
        hold_for_all(
            session, own,
            [(request.id, choice) for request, choice in zip(region.requests, moved, strict=True)], now=NOW,
        )  # fmt: skip
    assert taken(session) == (0, 0)


def test_when_the_last_places_are_gone_nobody_has_any(session: Session, region: Region) -> None:
    (offer,) = for_all(session, region)
    slot = session.get_one(Slot, offer.members[0][1].doses[0].slot_id)
    slot.taken = slot.seats - 1
    session.flush()
    with pytest.raises(SlotFull):
        held(session, region, offer)
    slot.taken = 0
    region.delivery.doses = 6
    session.flush()
    with pytest.raises(NoDoseLeft):
        held(session, region, offer)
    assert session.scalars(select(Hold.id)).all() == []


def test_requests_of_other_households_stay_apart(session: Session, region: Region) -> None:
    others = [make_request(session, region.programme, priority_group_id=region.group.id) for _ in range(2)]
    home = Household(created_at=NOW)
    session.add(home)
    session.flush()
    for request in others:
        request.household_id = home.id
    session.flush()
    assert len(for_all(session, region)[0].members) == 3
    (offer,) = five_for_all(session, others[0].id, now=NOW)
    assert [request_id for request_id, _ in offer.members] == [request.id for request in others]
