"""Changing on pages: the old stands until the new is there, whatever is pressed and whoever looks."""

import re
from datetime import time, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from tests.builders import book_pair, make_schedule, make_slots
from tests.web.direct import Direct, make_direct, open_own, standing, taken
from tests.web.test_offers import press, token
from tests.web.visitor import Visitor
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.appointment import AppointmentStatus
from vaccination.domain.requests import RequestKind, RequestStatus
from vaccination.domain.serving import ChangeStatus, Serving
from vaccination.models.appointments import Appointment
from vaccination.models.centres import Centre, Slot
from vaccination.models.programmes import Product, Programme, Schedule
from vaccination.models.requests import Request
from vaccination.models.serving import ChangeWish

pytestmark = pytest.mark.usefixtures("ringing")


def booked(serving: Serving) -> Direct:
    """One who has a pair in the morning; afternoons of the same days are free."""
    region = make_direct(seats=1, serving=serving)
    with transaction() as session:
        centre = session.get_one(Centre, region.centre_id)
        slots = session.scalars(select(Slot).order_by(Slot.day)).all()
        request = session.get_one(Request, region.request_ids[0])
        book_pair(session, request, session.get_one(Schedule, region.schedule_id), tuple(slots))
        for day in region.days:
            make_slots(session, centre, day, opens=time(14), slots=1)
    return region


@pytest.fixture
def region(app: Flask) -> Direct:
    return booked(Serving.DIRECT)


@pytest.fixture
def visitor(client: FlaskClient, region: Direct) -> Visitor:
    visitor = Visitor(client)
    open_own(visitor, region)
    return visitor


def request_of(region: Direct) -> Request:
    with transaction() as session:
        return session.get_one(Request, region.request_ids[0])


def others(visitor: Visitor, doses: str) -> list[str]:
    visitor.open(f"/appointments/change/offers?doses={doses}")
    return re.findall(r'name="offer" value="([^"]+)"', visitor.text)


def minutes(region: Direct) -> list[int]:
    with transaction() as session:
        ids = [a.slot_id for a in standing(region.request_ids[0])]
        return [session.get_one(Slot, slot_id).minute for slot_id in ids]


MORNING, AFTERNOON = 9 * 60, 14 * 60


@pytest.mark.parametrize(
    ("doses", "after"),
    [("first", [AFTERNOON, MORNING]), ("second", [MORNING, AFTERNOON]), ("both", [AFTERNOON] * 2)],
)
def test_an_appointment_moves_when_it_is_confirmed(
    visitor: Visitor, region: Direct, doses: str, after: list[int]
) -> None:
    visitor.open("/appointments/mine")
    assert 'href="/appointments/change"' in visitor.text
    offer, *_ = others(visitor, doses)
    press(visitor, f"change/offers?doses={doses}", offer=offer, form_uid="u")
    assert visitor.path == "/appointments/hold"
    assert minutes(region) == [MORNING, MORNING]
    kept = token(visitor)
    for _ in range(2):
        press(visitor, "hold/confirm", token=kept)
    assert minutes(region) == after
    with transaction() as session:
        assert sum(session.scalars(select(Slot.taken))) == 2


def test_looking_changes_nothing(visitor: Visitor, region: Direct) -> None:
    for address in ("", "/offers?doses=both", "/offers?doses=none", "/wish?doses=both", "/wish/withdraw"):
        visitor.client.get(f"/appointments/change{address}")
    assert minutes(region) == [MORNING, MORNING]
    for name in ("first-dose", "one-dose"):
        visitor.client.get(f"/appointments/{name}")
    assert request_of(region).kind is RequestKind.COURSE


def test_a_planned_programme_takes_a_wish(app: Flask) -> None:
    region = booked(Serving.PLANNED)
    visitor = Visitor(app.test_client())
    open_own(visitor, region)
    visitor.open("/appointments/change/wish?doses=second")
    assert visitor.path == "/appointments/change/wish"
    press(visitor, "change/wish?doses=second", times=["0", "4"])
    assert visitor.path == "/appointments/mine"
    with transaction() as session:
        (wish,) = session.scalars(select(ChangeWish))
        assert (wish.doses.value, wish.availability[:6]) == ("second", "100010")
    visitor.open("/appointments/change")
    assert "/appointments/change/wish/withdraw" in visitor.text
    press(visitor, "change/wish/withdraw")
    with transaction() as session:
        assert session.scalars(select(ChangeWish.status)).all() == [ChangeStatus.WITHDRAWN]
    assert minutes(region) == [MORNING, MORNING]


def test_a_wish_without_a_time_is_shown_again(app: Flask) -> None:
    region = booked(Serving.PLANNED)
    visitor = Visitor(app.test_client())
    open_own(visitor, region)
    press(visitor, "change/wish?doses=both")
    assert visitor.page.status_code == 400 and "times" in visitor.faults
    press(
        visitor,
        "change/wish?doses=both",
        times=["0"],
        earliest_day="31",
        earliest_month="2",
        earliest_year="2099",
    )
    assert visitor.page.status_code == 400 and "earliest" in visitor.faults


def test_a_first_dose_elsewhere_leaves_the_second(visitor: Visitor, region: Direct) -> None:
    day = now().date() - timedelta(1)
    sent = {"given_day": day.day, "given_month": day.month, "given_year": day.year, "place": "Lyon"}
    press(visitor, "first-dose", **sent)
    assert "product" in visitor.faults
    press(visitor, "first-dose", product=str(region.product_id), **sent)
    assert visitor.path == "/appointments/mine"
    assert [a.dose_number for a in standing(region.request_ids[0])] == [2]
    press(visitor, "first-dose", product=str(region.product_id), **sent)  # the button pressed twice
    assert request_of(region).status is RequestStatus.PLANNED


@pytest.mark.parametrize("day", [("31", "2", "2027"), ("1", "1", "2099"), ("1", "1", "1900")])
def test_an_impossible_first_dose_is_said(
    visitor: Visitor, region: Direct, day: tuple[str, str, str]
) -> None:
    names = ("given_day", "given_month", "given_year")
    press(visitor, "first-dose", product=str(region.product_id), **dict(zip(names, day, strict=True)))
    assert visitor.page.status_code == 400 and visitor.faults
    assert request_of(region).kind is RequestKind.COURSE


def test_one_dose_that_is_enough_gives_the_second_back(visitor: Visitor, region: Direct) -> None:
    visitor.open("/appointments/one-dose")
    assert visitor.path == "/appointments/mine"  # the programme has no such vaccine
    with transaction() as session:
        programme = session.get_one(Programme, region.programme_id)
        product = session.get_one(Product, region.product_id)
        make_schedule(session, programme, product, doses=1, only_if_enough=True)
    visitor.open("/appointments/one-dose")
    assert visitor.path == "/appointments/one-dose"
    for _ in range(2):
        press(visitor, "one-dose")
    assert [a.dose_number for a in standing(region.request_ids[0])] == [1]


def test_who_waits_has_nothing_to_change(app: Flask) -> None:
    region = make_direct()
    visitor = Visitor(app.test_client())
    open_own(visitor, region)
    assert 'href="/appointments/change"' not in visitor.text
    visitor.open("/appointments/change")
    assert visitor.path == "/appointments/mine"


def test_who_has_shown_no_reference_is_asked_for_it(app: Flask, region: Direct) -> None:
    for address in ("change", "change/offers", "change/wish", "first-dose", "one-dose"):
        answer = app.test_client().get(f"/appointments/{address}")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/appointments")


@pytest.mark.parametrize("serving", [Serving.DIRECT, Serving.PLANNED])
def test_the_second_appointment_alone_is_cancelled_after_the_first_dose(
    client: FlaskClient, app: Flask, serving: Serving
) -> None:
    region = booked(serving)
    visitor = Visitor(client)
    open_own(visitor, region)
    visitor.open("/appointments/second-dose/cancel")
    assert visitor.path == "/appointments/mine", "no dose was given yet"
    first, _second = standing(region.request_ids[0])
    with transaction() as session:
        session.execute(
            update(Appointment).where(Appointment.id == first.id).values(status=AppointmentStatus.VACCINATED)
        )
    visitor.open("/appointments/mine")
    assert 'href="/appointments/second-dose/cancel"' in visitor.text
    before = taken()
    visitor.send("/appointments/second-dose/cancel", reason="dates")
    visitor.send_to("/appointments/second-dose/cancel", "/appointments/mine", reason="dates")
    assert taken() == before - 1, "sent twice, given back once"
    assert visitor.path == "/appointments/mine"
    assert ('href="/appointments/offers"' in visitor.text) is (serving is Serving.DIRECT)
    assert 'href="/appointments/mine/cancel"' not in visitor.text, "a dose was given"
    assert [row.id for row in standing(region.request_ids[0])] == [first.id]
