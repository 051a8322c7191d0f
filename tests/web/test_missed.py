"""Another date for whoever did not come: on the own page and at the phone desk, once."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.builders import book_pair, make_slots
from tests.web.direct import Direct, make_direct, open_own, standing, taken
from tests.web.staff import client_of
from tests.web.test_offers import press, token
from tests.web.visitor import Visitor
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.actor import Role
from vaccination.domain.appointment import AppointmentStatus
from vaccination.domain.requests import RequestKind, RequestStatus
from vaccination.domain.serving import Serving
from vaccination.models.appointments import Appointment
from vaccination.models.audit import AuditEntry
from vaccination.models.centres import Centre, Slot
from vaccination.models.programmes import Schedule
from vaccination.models.requests import Request

pytestmark = pytest.mark.usefixtures("ringing")
PAGE = "/appointments/missed"


def missed(serving: Serving, dose: int = 1) -> Direct:
    """Who did not come yesterday: to the first dose, or to the second, whose first was given."""
    region = make_direct(seats=1, slots=2, serving=serving)
    yesterday = now().date() - timedelta(1)
    with transaction() as session:
        centre = session.get_one(Centre, region.centre_id)
        early = make_slots(session, centre, yesterday - timedelta(28 if dose == 2 else 0))[0]
        late = (
            make_slots(session, centre, yesterday)[0]
            if dose == 2
            else session.scalars(select(Slot).where(Slot.day == region.days[0] + timedelta(28))).first()
        )
        assert late is not None
        request = session.get_one(Request, region.request_ids[0])
        first, second = book_pair(
            session, request, session.get_one(Schedule, region.schedule_id), (early, late)
        )
        status = AppointmentStatus.VACCINATED if dose == 2 else AppointmentStatus.DID_NOT_ATTEND
        mark(session, first.id, status)
        if dose == 2:
            mark(session, second.id, AppointmentStatus.DID_NOT_ATTEND)
    return region


def mark(session: Session, appointment_id: int, status: AppointmentStatus) -> None:
    session.execute(update(Appointment).where(Appointment.id == appointment_id).values(status=status))


def request_of(region: Direct) -> Request:
    with transaction() as session:
        return session.get_one(Request, region.request_ids[0])


@pytest.mark.parametrize("serving", [Serving.DIRECT, Serving.PLANNED, Serving.ROLLING])
@pytest.mark.parametrize("dose", [1, 2])
def test_another_date_is_sought_once(client: FlaskClient, app: Flask, serving: Serving, dose: int) -> None:
    region = missed(serving, dose)
    visitor = Visitor(client, "en")
    open_own(visitor, region)
    visitor.open("/appointments/mine")
    assert f'href="{PAGE}"' in visitor.text and "You did not come to your appointment." in visitor.text
    before = taken()
    visitor.open(PAGE)
    assert "You did not come on" in visitor.text and taken() == before, "looking changes nothing"
    sent = visitor.form(PAGE)
    visitor.page = client.post(PAGE, data=sent, follow_redirects=True)
    assert visitor.path == ("/appointments/offers" if serving is Serving.DIRECT else "/appointments/mine")
    given_back = 2 if dose == 1 else 1
    assert taken() == before - given_back
    visitor.page = client.post(PAGE, data=sent, follow_redirects=True)
    assert (visitor.page.status_code, visitor.path) == (200, "/appointments/mine")
    assert taken() == before - given_back, "sent twice, given back once"
    request = request_of(region)
    kind = RequestKind.COURSE if dose == 1 else RequestKind.SECOND_DOSE
    assert (request.status, request.kind) == (RequestStatus.WAITING, kind)
    assert f'href="{PAGE}"' not in visitor.text


@pytest.mark.parametrize("dose", [1, 2])
def test_another_date_is_had_among_offers(client: FlaskClient, app: Flask, dose: int) -> None:
    region = missed(Serving.DIRECT, dose)
    visitor = Visitor(client)
    open_own(visitor, region)
    visitor.send(PAGE)
    offer = visitor.text.split('name="offer" value="')[1].split('"')[0]
    press(visitor, "offers", offer=offer, form_uid="u")
    press(visitor, "hold/confirm", token=token(visitor))
    first, second = standing(region.request_ids[0])
    assert (first.status is AppointmentStatus.VACCINATED) is (dose == 2)
    assert second.day > now().date() and 21 <= (second.day - first.day).days <= 49


def test_nothing_is_asked_of_whoever_missed_nothing(client: FlaskClient, app: Flask) -> None:
    region = missed(Serving.DIRECT)
    with transaction() as session:
        session.execute(update(Appointment).values(status=AppointmentStatus.BOOKED))
    visitor = Visitor(client)
    open_own(visitor, region)
    visitor.open("/appointments/mine")
    assert f'href="{PAGE}"' not in visitor.text
    visitor.open(PAGE)
    assert visitor.path == "/appointments/mine"
    before = taken()
    visitor.send_to(PAGE, "/appointments/mine/cancel")
    assert taken() == before and request_of(region).status is RequestStatus.PLANNED


@pytest.mark.parametrize("serving", [Serving.DIRECT, Serving.PLANNED])
def test_the_phone_desk_does_the_same_for_a_caller(app: Flask, serving: Serving) -> None:
    region = missed(serving)
    agent = Visitor(client_of(app, Role.PHONE), "en")
    at = f"/phone/callers/{region.request_ids[0]}"
    agent.open(at)
    assert "Dose 1 was missed." in agent.text
    before = taken()
    agent.send_to(f"{at}/missed", at)
    assert agent.path == at and taken() == before - 2
    assert ('name="offer"' in agent.text) is (serving is Serving.DIRECT)
    agent.page = agent.client.post(f"{at}/missed", data=agent.form(at))
    assert agent.page.status_code == 409 and taken() == before - 2
    assert "No missed appointment waits for another date." in agent.text
    with transaction() as session:
        done = select(AuditEntry.user_id).where(AuditEntry.action == "missed_sought_again")
        assert session.scalars(done).one() is not None
