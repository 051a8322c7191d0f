"""The agency's pages: set up, look, put right. What is stored counts, and where a fault stands."""

import csv
import io
import re
from datetime import time, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.builders import book_pair, make_centre, make_request
from tests.web.agency_region import Region, day_fields, make_region, send
from tests.web.staff import client_of, make_staff, sign_in_client
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.actor import Grant, Role
from vaccination.domain.file_kinds import FileKind
from vaccination.domain.serving import Serving
from vaccination.domain.stock import DeliveryStatus
from vaccination.models.accounts import RoleGrant, User
from vaccination.models.centres import Centre, ClinicSession, Slot, WeeklyHours
from vaccination.models.programmes import EligibilityPhase, PriorityGroup, Product, Programme, Schedule
from vaccination.models.stock import Delivery, Lot, StockMovement

FACTS = {"code": "TRS", "name": "Tours – Halle", "lat": "47,39", "lon": "0.68", "wheelchair": "1"}
ROW = {
    "0.weekday": "0",
    "0.opens": "9:00",
    "0.closes": "12h",
    "0.stations": "2",
    "0.minutes_per_dose": "10",
    "0.slot_minutes": "10",
}


@pytest.fixture
def region(database: str) -> Region:
    return make_region()


@pytest.fixture
def agency(app: Flask) -> FlaskClient:
    return client_of(app, Role.AGENCY)


def faulty(text: str) -> set[str]:
    """The fields which the page complains of."""
    summary = text.split("error-summary-title", 1)[1].split("</ul>", 1)[0]
    return set(re.findall(r'href="#([^"]+)"', summary))


def count(kind: type) -> int:
    with transaction() as session:
        return session.scalar(select(func.count()).select_from(kind)) or 0


def test_without_a_programme_the_first_page_says_what_to_do(agency: FlaskClient) -> None:
    assert "/agency/programme" in agency.get("/agency").text
    assert agency.get("/agency/plans/new").status_code == 303


def test_the_first_page_names_what_is_missing(region: Region, agency: FlaskClient) -> None:
    with transaction() as session:
        schedule = session.get_one(Schedule, region.schedule_id)
        slots = session.scalars(select(Slot).order_by(Slot.starts_at)).all()
        request = make_request(session, session.get_one(Programme, region.programme_id))
        book_pair(session, request, schedule, (slots[0], slots[-1]))
        make_centre(session, name="Centre sans séance")
    text = agency.get("/agency").text
    assert "Centre sans séance" in text and 'class="notice bad"' not in text
    assert send(agency, f"/agency/stock/centres/{region.centre_id}/lots/{region.lot_id}/write-off",
                kind="wasted", doses="60").status_code == 303  # fmt: skip
    assert 'class="notice bad"' in agency.get("/agency").text


def test_a_centre_is_opened_and_its_hours_are_next(agency: FlaskClient) -> None:
    answer = send(agency, "/agency/centres/new", "/agency/centres/new", **FACTS)
    assert (answer.status_code, answer.location) == (303, "/agency/centres/1/hours")
    with transaction() as session:
        centre = session.scalars(select(Centre)).one()
        assert (centre.lat, centre.wheelchair, centre.timezone) == (47.39, True, "Europe/Paris")


def test_a_wrong_centre_is_told_field_by_field(agency: FlaskClient) -> None:
    wrong = {**FACTS, "code": "", "lat": "100", "lon": "east", "timezone": "Paris"}
    answer = send(agency, "/agency/centres/new", "/agency/centres/new", **wrong)
    assert (answer.status_code, faulty(answer.text), count(Centre)) == (400, {"code", "lon"}, 0)
    answer = send(agency, "/agency/centres/new", "/agency/centres/new", **{**wrong, "code": "T", "lon": "1"})
    assert (answer.status_code, faulty(answer.text), count(Centre)) == (400, {"lat", "timezone"}, 0)


def test_hours_make_sessions_and_sessions_follow_hours(region: Region, agency: FlaskClient) -> None:
    address = f"/agency/centres/{region.centre_id}"
    assert send(agency, f"{address}/hours", **ROW).status_code == 303
    assert send(agency, f"{address}/sessions", weeks="4").status_code == 303
    with transaction() as session:
        hours = session.scalars(select(WeeklyHours)).one()
        assert (str(hours.opens), str(hours.closes)) == ("09:00:00", "12:00:00")
        made = session.scalars(select(ClinicSession.day).where(ClinicSession.slot_minutes == 10)).all()
        assert sum(day.weekday() == 0 for day in made) >= 4
    assert send(agency, f"{address}/hours", **{**ROW, "0.stations": "3", "follow": "1"}).status_code == 303
    with transaction() as session:
        mondays = select(ClinicSession.seats).where(ClinicSession.day > now().date(), ClinicSession.is_open)
        assert set(session.scalars(mondays)) == {3}


def test_hours_that_cannot_be_are_shown_in_their_row(region: Region, agency: FlaskClient) -> None:
    second = {name.replace("0.", "7."): value for name, value in ROW.items()}
    address = f"/agency/centres/{region.centre_id}/hours"
    answer = send(agency, address, **ROW, **{**second, "7.opens": "11:00"})
    assert (answer.status_code, faulty(answer.text)) == (400, {"7.opens"})
    answer = send(agency, address, **{**ROW, "0.opens": "9 o'clock", "0.weekday": ""})
    assert (answer.status_code, faulty(answer.text)) == (400, {"0.opens", "0.weekday"})
    assert count(WeeklyHours) == 0


def test_a_day_is_closed_and_seats_are_changed(region: Region, agency: FlaskClient) -> None:
    day = f"/agency/centres/{region.centre_id}/days/{region.first_day}"
    with transaction() as session:
        clinic_id = session.scalars(
            select(ClinicSession.id).where(ClinicSession.day == region.first_day)
        ).one()
        slot = session.scalars(select(Slot).where(Slot.day == region.first_day)).first()
        assert slot is not None
        slot.taken = 2
    assert "9:00" in agency.get(day).text
    assert send(agency, f"{day}/seats/{clinic_id}", seats="1").status_code == 409
    assert send(agency, f"{day}/seats/{clinic_id}", seats="5").status_code == 303
    assert send(agency, f"{day}/close").status_code == 303
    with transaction() as session:
        seats = session.scalars(select(Slot.seats).where(Slot.day == region.first_day)).all()
        assert sorted(seats) == [0, 0, 0, 0, 0, 2]
    assert send(agency, f"{day}/reopen").status_code == 303
    extra = {
        "opens": "18:00",
        "closes": "19:00",
        "stations": "1",
        "minutes_per_dose": "5",
        "slot_minutes": "20",
    }
    assert send(agency, f"{day}/sessions", **extra).status_code == 303
    assert faulty(send(agency, f"{day}/sessions", **extra).text) == {"opens"}


def test_a_manager_runs_the_own_centre_only(region: Region, app: Flask) -> None:
    with transaction() as session:
        other = make_centre(session, name="Ailleurs").id
    manager = client_of(app, Role.CENTRE_MANAGER, region.centre_id)
    assert "Ailleurs" not in manager.get("/agency/centres").text
    assert (
        send(manager, f"/agency/centres/{region.centre_id}/hours", "/agency/centres", **ROW).status_code
        == 303
    )
    assert send(manager, f"/agency/centres/{other}/hours", "/agency/centres", **ROW).status_code == 404
    assert "Ailleurs" not in manager.get("/agency/stock").text
    assert manager.get("/agency").status_code == 403


def test_a_delivery_is_announced_received_and_counted(region: Region, agency: FlaskClient) -> None:
    today = now().date()
    form = {
        "centre_id": region.centre_id,
        "product_id": region.product_id,
        "lot_number": "ZZ9",
        "doses": "12",
    }
    days = {**day_fields("available_from", today), **day_fields("expires_on", today + timedelta(60))}
    wrong = send(agency, "/agency/stock/deliveries/new", **{**form, "doses": "13"}, **days)
    assert (wrong.status_code, faulty(wrong.text)) == (400, {"doses"})
    assert send(agency, "/agency/stock/deliveries/new", **form, **days).status_code == 303
    assert send(agency, "/agency/stock/deliveries/new", **form, **days).status_code == 409
    with transaction() as session:
        lot_id = session.scalars(select(Lot.id).where(Lot.number == "ZZ9")).one()
        delivery_id = session.scalars(select(Delivery.id).where(Delivery.lot_id == lot_id)).one()
    stock = f"/agency/stock/centres/{region.centre_id}"
    assert send(agency, f"{stock}/deliveries/{delivery_id}/receive", doses="6").status_code == 303
    assert send(agency, f"{stock}/deliveries/{delivery_id}/cancel").status_code == 409
    assert send(agency, f"{stock}/lots/{lot_id}/write-off", kind="wasted", doses="7").status_code == 409
    assert send(agency, f"{stock}/lots/{lot_id}/count", counted="5", reason="compté").status_code == 303
    assert send(agency, f"{stock}/lots/{lot_id}/quarantine", aside="1").status_code == 303
    with transaction() as session:
        doses = session.scalars(select(StockMovement.doses).where(StockMovement.lot_id == lot_id)).all()
        assert (list(doses), session.get_one(Lot, lot_id).is_quarantined) == ([6, -1], True)
        assert session.get_one(Delivery, delivery_id).status is DeliveryStatus.RECEIVED


def test_doses_move_between_centres(region: Region, agency: FlaskClient) -> None:
    with transaction() as session:
        other = make_centre(session).id
    lot = f"/agency/stock/centres/{region.centre_id}/lots/{region.lot_id}"
    assert send(agency, f"{lot}/allot", to_centre_id=other, moved="61").status_code == 409
    assert send(agency, f"{lot}/allot", to_centre_id=other, moved="12").status_code == 303
    assert agency.get(f"/agency/stock/centres/{other}/lots/{region.lot_id}").status_code == 200
    assert faulty(send(agency, f"{lot}/allot", to_centre_id="", moved="1").text) == {"to_centre_id"}


def test_rules_are_added_and_put_right(agency: FlaskClient) -> None:
    today = now().date()
    home = "/agency/programme"
    facts = {"code": "P", "name_fr": "Été", "name_en": "Summer", "horizon_days": "84"}
    assert send(agency, f"{home}/facts", **facts, **day_fields("starts_on", today)).status_code == 303
    vaccine = {"code": "CMN", "name": "Comirnaty", "doses_per_vial": "6", "shelf_days": "31"}
    assert send(agency, f"{home}/products/new", **vaccine).status_code == 303
    assert send(agency, f"{home}/products/new", **vaccine).status_code == 409
    assert send(agency, f"{home}/products/1", **{**vaccine, "doses_per_vial": "7"}).status_code == 303
    pair = {"code": "PAIR", "first_product_id": "1", "second_product_id": "1", "min_days": "21"}
    wrong = send(agency, f"{home}/schedules/new", **pair, ideal_days="50", max_days="49")
    assert (wrong.status_code, faulty(wrong.text)) == (400, {"ideal_days"})
    assert send(agency, f"{home}/schedules/new", **pair, ideal_days="28", max_days="49").status_code == 303
    group = {"code": "ALL", "name_fr": "Tous", "name_en": "All", "rank": "5"}
    assert send(agency, f"{home}/groups/new", **group).location == f"{home}/groups/1"
    assert send(agency, f"{home}/groups/1/phases", **day_fields("starts_on", today)).status_code == 303
    assert send(agency, f"{home}/groups/1/phases/1/remove").status_code == 303
    assert (count(Product), count(Schedule), count(PriorityGroup), count(EligibilityPhase)) == (1, 1, 1, 0)
    assert agency.get(home).status_code == 200


def test_the_policy_is_changed_by_form(region: Region, agency: FlaskClient) -> None:
    page = agency.get("/agency/programme/policy").text
    fields = dict(re.findall(r'<input id="(\w+)" name="\w+" type="text" value="([^"]*)"', page))
    assert fields["reward"] == "100" and "weight_9" in fields
    wrong = send(agency, "/agency/programme/policy", **{**fields, "km": "-1", "weight_3": ""})
    assert (wrong.status_code, faulty(wrong.text)) == (400, {"weight_3"})
    assert send(agency, "/agency/programme/policy", **{**fields, "km": "0,7"}).status_code == 303
    with transaction() as session:
        assert session.scalar(select(Programme.km)) == 0.7


def serving_fields(page: str) -> dict[str, Any]:
    """What the form shows, as a browser sends it back."""
    typed = dict(re.findall(r'<input id="(\w+)" name="\w+" type="text" value="([^"]*)"', page))
    ticked = re.findall(r'name="reminder_days" value="(\d)" checked', page)
    (way,) = re.findall(r'name="serving" value="(\w+)" checked', page)
    return {**typed, "serving": way, "reminder_days": ticked}


def test_how_people_are_served_is_changed_by_form(region: Region, agency: FlaskClient) -> None:
    address = "/agency/programme/serving"
    page = agency.get(address).text
    assert re.findall(r'<label for="reminder_days[^>]*>([^<]*)<', page) == [
        "Une semaine avant", "Deux jours avant", "La veille, l’après-midi"
    ]  # fmt: skip
    fields = serving_fields(page)
    assert (fields["serving"], fields["reminder_days"], fields["quiet_from"]) == (
        "planned",
        ["7", "2", "1"],
        "20:00",
    )
    wrong = {
        **fields,
        "serving": "by_lot",
        "hold_minutes": "0",
        "quiet_to": "8 o'clock",
    }
    refused = send(agency, address, **wrong)
    assert (refused.status_code, faulty(refused.text)) == (
        400, {"serving", "hold_minutes", "quiet_to"}
    )  # fmt: skip
    chosen = {
        "serving": "direct",
        "reminder_days": ["1"],
        "quiet_to": "7:30",
        "sms_segment_cents": "4,5",
    }
    assert send(agency, address, **{**fields, **chosen}).status_code == 303
    with transaction() as session:
        kept = session.scalars(select(Programme)).one()
        assert (kept.serving, kept.reminder_days, kept.quiet_to) == (Serving.DIRECT, [1], time(7, 30))
        assert (kept.sms_segment_cents, kept.hold_minutes) == (4.5, 10)
    assert serving_fields(agency.get(address).text)["sms_segment_cents"] == "4,5"


def test_nobody_need_be_reminded(region: Region, agency: FlaskClient) -> None:
    fields = serving_fields(agency.get("/agency/programme/serving").text)
    assert send(agency, "/agency/programme/serving", **{**fields, "reminder_days": []}).status_code == 303
    with transaction() as session:
        assert session.scalar(select(Programme.reminder_days)) == []


def upload(client: FlaskClient, address: str, name: str, content: bytes, **fields: str) -> int:
    return send(client, address, file=(io.BytesIO(content), name), **fields).status_code


def test_what_is_downloaded_can_be_sent_back_and_changes_nothing(region: Region, agency: FlaskClient) -> None:
    assert send(agency, f"/agency/centres/{region.centre_id}/hours", **ROW).status_code == 303
    for kind in FileKind:
        content = agency.get(f"/agency/files/{kind.value}.csv").data
        assert content.startswith(b"\xef\xbb\xbf")
        assert len(list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))) > 1, kind
        before = [count(table) for table in (Centre, WeeklyHours, Delivery, Product, Schedule, PriorityGroup)]
        assert upload(agency, f"/agency/files/{kind.value}", "x.csv", content) == 303, kind
        after = [count(table) for table in (Centre, WeeklyHours, Delivery, Product, Schedule, PriorityGroup)]
        assert after == before


def test_a_refused_file_shows_line_column_and_reason(region: Region, agency: FlaskClient) -> None:
    content = b"centre,product,lot,expires_on,doses,available_from\nXXX,CMN,L1,soon,6,2027-05-03\n"
    answer = send(agency, "/agency/files/deliveries", file=(io.BytesIO(content), "d.csv"))
    assert answer.status_code == 400
    rows = re.findall(r'<tr><td class="number">(\d+)</td><td><code>(\w+)</code></td><td>([^<]+)', answer.text)
    assert [(line, column) for line, column, _ in rows] == [("2", "centre"), ("2", "expires_on")]
    assert count(Delivery) == 1


def test_no_file_and_an_unknown_kind_are_told(agency: FlaskClient) -> None:
    assert send(agency, "/agency/files/centres").status_code == 400
    assert agency.get("/agency/files/people").status_code == 404


def test_an_account_is_made_and_its_password_shown_once(
    region: Region, agency: FlaskClient, app: Flask
) -> None:
    form = {
        "login": "m.dupont",
        "display_name": "Maud Dupont",
        "role": "desk",
        "centre_id": str(region.centre_id),
    }
    answer = send(agency, "/agency/users", "/agency/users", **form)
    shown = re.search(r'id="new-password">([^<]+)<', answer.text)
    assert answer.status_code == 200 and shown is not None
    assert "new-password" not in agency.get("/agency/users").text
    visitor = app.test_client()
    signed = send(visitor, "/account/sign-in", "/account/sign-in", login="m.dupont", password=shown[1])
    assert (signed.status_code, visitor.get("/desk").status_code) == (303, 303)
    assert send(agency, "/agency/users", "/agency/users", **form).status_code == 409
    wrong = send(agency, "/agency/users", "/agency/users", **{**form, "login": "x", "role": "agency"})
    assert faulty(wrong.text) == {"centre_id"}


def test_roles_are_given_taken_back_and_accounts_closed(
    region: Region, agency: FlaskClient, app: Flask
) -> None:
    user_id = make_staff("alex", Grant(Role.DESK, region.centre_id))
    desk = sign_in_client(app.test_client(), "alex")
    address = f"/agency/users/{user_id}"
    assert send(agency, f"{address}/roles", role="vaccinator", centre_id=region.centre_id).status_code == 303
    assert send(agency, f"{address}/roles/revoke", role="desk", centre_id=region.centre_id).status_code == 303
    with transaction() as session:
        assert session.scalars(select(RoleGrant.role).where(RoleGrant.user_id == user_id)).all() == [
            Role.VACCINATOR
        ]
    assert "new-password" in send(agency, f"{address}/password").text
    assert desk.get("/desk").location.startswith("/account/sign-in")
    assert send(agency, f"{address}/close").status_code == 303
    with transaction() as session:
        assert session.get_one(User, user_id).is_active is False
        own = session.scalars(select(User.id).where(User.id != user_id)).one()
    assert send(agency, f"/agency/users/{own}/close").status_code == 400
    assert send(agency, f"/agency/users/{own}/roles/revoke", role="agency").status_code == 400
