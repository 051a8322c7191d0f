"""Changing what was asked while the request waits: for a household together, for nobody who is booked."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders import (
    NOW,
    book_pair,
    make_centre,
    make_priority_group,
    make_product,
    make_programme,
    make_schedule,
    make_slots,
)
from tests.builders import make_request as waiting_request
from vaccination.domain.requests import ContactBy, RequestStatus
from vaccination.models.audit import AuditEntry
from vaccination.models.people import Household, Person
from vaccination.models.programmes import Product, Programme, Schedule
from vaccination.models.requests import Request, request_product
from vaccination.services.asking.command import NotEligible, Place
from vaccination.services.asking.wishes import (
    NoLongerWaiting,
    NoRequestToChange,
    Reached,
    Wishes,
    change_needs,
    change_reached,
    change_wishes,
)

TOURS = Place("Tours", "37000", 47.394, 0.685)
BLOIS = Place("Blois", "41000", 47.586, 1.336)
WISHES = Wishes(
    TOURS, 20.0, BLOIS, date(2027, 6, 1), "1" * 20 + "0", (date(2027, 7, 14),), (), wheelchair=True
)
REACHED = Reached(ContactBy.SMS, False, None, "+33612345678", None)


@pytest.fixture
def rules(session: Session) -> tuple[Programme, Product, Schedule]:
    programme, product = make_programme(session), make_product(session)
    schedule = make_schedule(session, programme, product, min_age=12)
    make_priority_group(session, programme, min_age=12)
    return programme, product, schedule


def _wishes_of(session: Session, request_id: int) -> tuple[object, ...]:
    session.expire_all()
    r = session.get_one(Request, request_id)
    return (
        r.town,
        r.postcode,
        r.max_km,
        r.second_town,
        r.earliest,
        r.availability,
        r.unavailable,
        r.wheelchair,
    )


NEW = ("Tours", "37000", 20.0, "Blois", date(2027, 6, 1), "1" * 20 + "0", ["2027-07-14"], True)


def test_a_waiting_request_gets_new_wishes(
    session: Session, rules: tuple[Programme, Product, Schedule]
) -> None:
    programme, product, _schedule = rules
    request = waiting_request(session, programme)
    change_wishes(session, request.id, replace(WISHES, products=(product.id,)), now=NOW)
    assert _wishes_of(session, request.id) == NEW
    change_wishes(session, request.id, replace(WISHES, products=(product.id,)), now=NOW)
    kept = session.scalars(select(request_product.c.product_id)).all()
    assert kept == [product.id]
    trail = session.scalars(select(AuditEntry).where(AuditEntry.action == "wishes_changed")).all()
    assert {entry.subject for entry in trail} == {f"request:{request.id}"}


def test_a_household_keeps_one_set_of_wishes(
    session: Session, rules: tuple[Programme, Product, Schedule]
) -> None:
    household = Household(created_at=NOW)
    session.add(household)
    session.flush()
    members = [waiting_request(session, rules[0], household_id=household.id) for _ in range(3)]
    stranger = waiting_request(session, rules[0])
    change_wishes(session, members[1].id, WISHES, now=NOW)
    assert [_wishes_of(session, one.id) for one in members] == [NEW] * 3
    assert _wishes_of(session, stranger.id) != NEW


def test_a_booked_or_ended_request_keeps_its_wishes(
    session: Session, rules: tuple[Programme, Product, Schedule]
) -> None:
    programme, _product, schedule = rules
    booked = waiting_request(session, programme)
    centre = make_centre(session)
    slots = (
        make_slots(session, centre, date(2027, 5, 10))[0],
        make_slots(session, centre, date(2027, 6, 7))[0],
    )
    book_pair(session, booked, schedule, slots)
    ended = waiting_request(session, programme, status=RequestStatus.CANCELLED)
    for request in (booked, ended):
        before = _wishes_of(session, request.id)
        with pytest.raises(NoLongerWaiting):
            change_wishes(session, request.id, WISHES, now=NOW)
        assert _wishes_of(session, request.id) == before


def test_products_that_leave_no_way_are_refused(
    session: Session, rules: tuple[Programme, Product, Schedule]
) -> None:
    request = waiting_request(session, rules[0])
    old = make_product(session)
    make_schedule(session, rules[0], old, min_age=90)
    with pytest.raises(NotEligible):
        change_wishes(session, request.id, replace(WISHES, products=(old.id,)), now=NOW)


def test_contact_and_needs_change_while_the_request_lives(
    session: Session, rules: tuple[Programme, Product, Schedule]
) -> None:
    request = waiting_request(session, rules[0])
    change_reached(session, request.id, REACHED, now=NOW)
    change_needs(session, request.id, {"interpreter": "uk"}, now=NOW)
    session.expire_all()
    person = session.get_one(Person, request.person_id)
    assert (person.email, person.phone, person.address) == (None, "+33612345678", None)
    assert (person.needs, session.get_one(Request, request.id).contact_by) == (
        {"interpreter": "uk"}, ContactBy.SMS,
    )  # fmt: skip
    request.status = RequestStatus.CANCELLED
    session.flush()
    with pytest.raises(NoLongerWaiting):
        change_reached(session, request.id, REACHED, now=NOW)


def test_no_request_has_nothing_to_change(session: Session) -> None:
    with pytest.raises(NoRequestToChange):
        change_wishes(session, 999, WISHES, now=NOW)
    with pytest.raises(NoRequestToChange):
        change_reached(session, 999, REACHED, now=NOW)
