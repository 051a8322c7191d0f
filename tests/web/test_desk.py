"""The desk's pages: what is shown, what is stored, who may."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.builders import (
    book_pair,
    make_centre,
    make_lot,
    make_person,
    make_product,
    make_programme,
    make_request,
    make_schedule,
    make_slots,
    make_stock,
)
from tests.conftest import SIGNING_KEYS
from tests.web.staff import client_of
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.actor import Role
from vaccination.domain.appointment import AppointmentStatus
from vaccination.domain.references import Reference, reference_of
from vaccination.models.appointments import Appointment, Scan
from vaccination.models.audit import AuditEntry
from vaccination.models.centres import Centre, Slot
from vaccination.models.programmes import Product
from vaccination.models.stock import StockMovement
from vaccination.models.vaccinations import VaccinationRecord
from vaccination.security.signing_keys import SigningKeys
from vaccination.security.tokens import BookingToken, sign
from vaccination.services.appointments.second_doses import give_back_second
from vaccination.settings import Settings
from web.app import create_app

S = AppointmentStatus
PARIS = ZoneInfo("Europe/Paris")


@dataclass(frozen=True)
class Day:
    """A centre today with one person expected about now, who has a second appointment in four weeks."""

    centre_id: int
    other_centre_id: int
    appointment_id: int
    second_id: int
    lot_id: int
    reference: Reference
    text: str

    def at(self, path: str = "", centre_id: int = 0) -> str:
        """An address at the centre."""
        return f"/desk/{centre_id or self.centre_id}{path}"

    def of(self, step: str = "") -> str:
        """An address of the person's appointment."""
        return self.at(f"/appointments/{self.appointment_id}{step}")


def make_day(session: Session, moment: datetime) -> Day:
    """Rows for a day, with a QR text signed by the tests' key."""
    centre = make_centre(session, name="Salle des fêtes")
    programme, product = make_programme(session), make_product(session, name="Vaccin Bleu")
    schedule = make_schedule(session, programme, product)
    person = make_person(session, family_name="Lefèvre", given_name="Zoé", birth_date=date(1951, 2, 3))
    reference = reference_of(987_654_321)
    request = make_request(session, programme, person, reference=reference)
    days = [moment.astimezone(PARIS).date() + timedelta(later) for later in (0, 28)]
    slots = [_slot_now(session, centre, day, moment) for day in days]
    first, second = book_pair(session, request, schedule, tuple(slots))
    lot = make_lot(session, product, number="BLEU-7", expires_on=days[0] + timedelta(90))
    make_stock(session, centre, lot, doses=10, available_from=days[0])
    token = BookingToken(
        first.token_ref, centre.id, first.starts_at, first.starts_at + timedelta(days=1), 1, first.issue
    )
    text = sign(token, next(iter(SigningKeys.from_text(SIGNING_KEYS).keys.values())))
    other = make_centre(session, name="Gymnase")
    return Day(centre.id, other.id, first.id, second.id, lot.id, reference, text)


def _slot_now(session: Session, centre: Centre, day: date, moment: datetime) -> Slot:
    """The slot of ten minutes in which we are; the day's last one begins at twenty to midnight."""
    local = moment.astimezone(PARIS)
    minute = min(local.hour * 60 + local.minute // 10 * 10, 23 * 60 + 40)
    return make_slots(session, centre, day, opens=time(minute // 60, minute % 60), slots=1)[0]


def make_app(settings: Settings, url: str) -> Flask:
    """The desk alone, with the pages that every page links to."""
    features = ("about", "account", "desk")
    app = create_app(replace(settings, database_url=url), testing=True, features=features)
    app.config["WTF_CSRF_ENABLED"] = False
    return app


@pytest.fixture
def app(settings: Settings, sqlite_url: str) -> Flask:
    """On SQLite; what differs between databases is tested with the services."""
    return make_app(settings, sqlite_url)


@pytest.fixture
def day(app: Flask) -> Iterator[Day]:
    with transaction() as session:
        made = make_day(session, now())
    yield made


@pytest.fixture
def desk(app: Flask, day: Day) -> FlaskClient:
    return client_of(app, Role.DESK, day.centre_id)


@pytest.fixture
def vaccinator(app: Flask, day: Day) -> FlaskClient:
    return client_of(app, Role.VACCINATOR, day.centre_id)


def scan(client: FlaskClient, day: Day, text: str, uid: str = "one", **form: object) -> TestResponse:
    """Send a scan and follow to its verdict."""
    fields = {"text": text, "scan_uid": uid, **form}
    return client.post(day.at("/scans"), data=fields, follow_redirects=True)


def code_of(answer: TestResponse) -> str:
    """The verdict's code on the page."""
    assert answer.status_code == 200, answer.text
    return answer.text.split('data-code="', 1)[1].split('"', 1)[0]


def status(appointment_id: int) -> AppointmentStatus:
    with transaction() as session:
        return session.scalars(select(Appointment.status).where(Appointment.id == appointment_id)).one()


def test_whoever_has_one_centre_is_there_at_once(desk: FlaskClient, day: Day) -> None:
    answer = desk.get("/desk")
    assert (answer.status_code, answer.location) == (303, day.at())


def test_whoever_has_every_centre_chooses(app: Flask, day: Day) -> None:
    page = client_of(app, Role.DESK).get("/desk").text
    assert day.at() in page
    assert day.at(centre_id=day.other_centre_id) in page


def test_the_board_shows_who_is_expected_and_then_who_waits(desk: FlaskClient, day: Day) -> None:
    assert "Lefèvre Zoé" in desk.get(day.at()).text
    scan(desk, day, day.text)
    assert "Lefèvre" not in desk.get(day.at()).text
    assert "Lefèvre Zoé" in desk.get(day.at("?show=waiting")).text
    assert "Lefèvre Zoé" in desk.get(day.at("?show=all")).text
    assert desk.get(day.at("?show=nonsense")).status_code == 200


def test_a_scan_leads_to_a_verdict_with_the_person(desk: FlaskClient, day: Day) -> None:
    answer = scan(desk, day, day.text)
    assert code_of(answer) == "right"
    assert "Zoé Lefèvre" in answer.text
    assert answer.request.path == day.at("/scans/one")
    assert status(day.appointment_id) is S.CHECKED_IN
    assert code_of(scan(desk, day, day.text, "two")) == "already_checked_in"


@pytest.mark.parametrize(
    ("spoilt", "code"),
    [
        (lambda text: text[:90], "unreadable"),
        (lambda text: text[:-2] + ("00" if text[-2:] != "00" else "11"), "forged"),
        (lambda text: "https://example.org/x", "not_ours"),
        (lambda text: "7QK4-M2XW-8E", "not_ours"),
    ],
)
def test_a_wrong_code_is_refused_in_words_and_stored(desk: FlaskClient, day: Day, spoilt, code: str) -> None:  # type: ignore[no-untyped-def]
    assert code_of(scan(desk, day, spoilt(day.text))) == code
    assert status(day.appointment_id) is S.BOOKED
    with transaction() as session:
        kept = session.scalars(select(Scan)).one()
    assert (kept.verdict, kept.accepted) == (code, False)


def test_an_azerty_keyboard_and_caps_lock_do_not_matter(desk: FlaskClient, day: Day) -> None:
    garble = str.maketrans("0123456789AQZWM$%*+-./:", "à&é\"'(-è_çQAWZ?458+):!M")
    assert code_of(scan(desk, day, day.text.translate(garble))) == "right"


def test_a_typed_reference_is_taken(desk: FlaskClient, day: Day) -> None:
    typed = f" {day.reference[:4].lower()} {day.reference[4:].lower()} "
    assert code_of(scan(desk, day, typed)) == "right"
    with transaction() as session:
        assert session.scalars(select(Scan.entry)).one() == "typed"


def test_an_empty_line_is_said_beside_the_field(desk: FlaskClient, day: Day) -> None:
    answer = desk.post(day.at("/scans"), data={"text": "  ", "scan_uid": "one"})
    assert answer.status_code == 400
    assert 'id="text"' in answer.text


def test_at_another_centre_the_right_one_is_named_and_no_person(app: Flask, day: Day) -> None:
    elsewhere = client_of(app, Role.DESK, day.other_centre_id)
    fields = {"text": day.text, "scan_uid": "lost"}
    answer = elsewhere.post(day.at("/scans", day.other_centre_id), data=fields, follow_redirects=True)
    assert code_of(answer) == "wrong_centre"
    assert "Salle des fêtes" in answer.text
    assert "Lefèvre" not in answer.text


@pytest.mark.parametrize("path", ["", "/scan", "/find", "/day-list.pdf", "/scans/one", "/appointments/1"])
def test_another_centres_pages_do_not_exist(app: Flask, day: Day, path: str) -> None:
    elsewhere = client_of(app, Role.DESK, day.other_centre_id)
    assert elsewhere.get(day.at(path)).status_code == 404


@pytest.mark.parametrize("step", ["/undo-check-in", "/absent", "/expected"])
def test_another_centres_person_cannot_be_touched(app: Flask, day: Day, step: str) -> None:
    elsewhere = client_of(app, Role.DESK, day.other_centre_id)
    assert elsewhere.post(day.of(step)).status_code == 404
    through_own = f"/desk/{day.other_centre_id}/appointments/{day.appointment_id}{step}"
    assert elsewhere.post(through_own).status_code == 404
    assert status(day.appointment_id) is S.BOOKED


def test_the_desk_checks_in_but_does_not_record_doses(desk: FlaskClient, day: Day) -> None:
    page = scan(desk, day, day.text).text
    assert "/vaccinated" not in page
    assert desk.post(day.of("/vaccinated"), data={"lot_id": day.lot_id}).status_code == 403
    assert desk.post(day.of("/withdraw"), data={"drawn": "no"}).status_code == 403


def test_check_in_absence_and_back(desk: FlaskClient, day: Day) -> None:
    clicked = {"appointment_id": day.appointment_id, "scan_uid": "list"}
    assert code_of(desk.post(day.at("/scans"), data=clicked, follow_redirects=True)) == "right"
    assert desk.post(day.of("/undo-check-in")).status_code == 303
    assert status(day.appointment_id) is S.BOOKED
    desk.post(day.of("/absent"))
    assert status(day.appointment_id) is S.DID_NOT_ATTEND
    desk.post(day.of("/expected"))
    assert status(day.appointment_id) is S.BOOKED


def test_a_dose_is_recorded_and_the_lot_remembered(vaccinator: FlaskClient, day: Day) -> None:
    page = scan(vaccinator, day, day.text).text
    assert "BLEU-7" in page
    fields = {"lot_id": day.lot_id, "site": "right_arm"}
    answer = vaccinator.post(day.of("/vaccinated"), data=fields, follow_redirects=True)
    assert "BLEU-7" in answer.text
    assert status(day.appointment_id) is S.VACCINATED
    with transaction() as session:
        record = session.scalars(select(VaccinationRecord)).one()
        assert (record.lot_id, record.site.value) == (day.lot_id, "right_arm")
        assert session.scalar(select(func.sum(StockMovement.doses))) == 9
    with vaccinator.session_transaction() as kept:
        assert list(kept["lots"].values()) == [day.lot_id]


def test_the_lot_used_last_is_chosen_for_the_next_person(vaccinator: FlaskClient, day: Day) -> None:
    with transaction() as session:
        product_id = session.scalars(select(Appointment.product_id).limit(1)).one()
        second = make_lot(
            session, session.get_one(Product, product_id), number="BLEU-8", expires_on=date(2099, 1, 1)
        )
        make_stock(session, session.get_one(Centre, day.centre_id), second, available_from=date(2020, 1, 1))
        second_id = second.id
    page = scan(vaccinator, day, day.text).text
    assert f'value="{second_id}" selected' not in page
    with vaccinator.session_transaction() as kept:
        kept["lots"] = {str(product_id): second_id}
    assert f'value="{second_id}" selected' in vaccinator.get(day.of()).text


def test_the_whole_way_on_postgresql(settings: Settings, postgres_url: str) -> None:
    app = make_app(settings, postgres_url)
    with transaction() as session:
        day = make_day(session, now())
    client = client_of(app, Role.VACCINATOR, day.centre_id)
    assert code_of(scan(client, day, day.text)) == "right"
    client.post(day.of("/vaccinated"), data={"lot_id": day.lot_id, "site": "left_arm"})
    assert status(day.appointment_id) is S.VACCINATED
    for path in ("", "?show=done", "/scan", "/scans/one", "/find", "/day-list.pdf"):
        assert client.get(day.at(path)).status_code == 200
    assert client.get(day.of()).status_code == 200


def test_a_dose_can_be_taken_back(vaccinator: FlaskClient, day: Day) -> None:
    scan(vaccinator, day, day.text)
    vaccinator.post(day.of("/vaccinated"), data={"lot_id": day.lot_id, "site": "left_arm"})
    vaccinator.post(day.of("/withdraw"), data={"drawn": "no"})
    assert status(day.appointment_id) is S.CHECKED_IN
    with transaction() as session:
        assert session.scalar(select(func.sum(StockMovement.doses))) == 10


def test_a_record_stays_while_the_second_dose_is_given_back(vaccinator: FlaskClient, day: Day) -> None:
    scan(vaccinator, day, day.text)
    vaccinator.post(day.of("/vaccinated"), data={"lot_id": day.lot_id, "site": "left_arm"})
    with transaction() as session:
        request_id = session.get_one(Appointment, day.appointment_id).request_id
        give_back_second(session, request_id, now=now())
    said = vaccinator.post(day.of("/withdraw"), data={"drawn": "no"}, follow_redirects=True).text
    assert status(day.appointment_id) is S.VACCINATED
    for words in ("Non retiré", "en ligne ou par téléphone", "prochain planning", "retirez-le ici"):
        assert words in said, "what is in the way, who mends it, and what to do then"


def test_no_dose_needs_a_reason(vaccinator: FlaskClient, day: Day) -> None:
    scan(vaccinator, day, day.text)
    assert vaccinator.post(day.of("/not-vaccinated"), data={}).status_code == 400
    answer = vaccinator.post(day.of("/not-vaccinated"), data={"reason": "unwell"}, follow_redirects=True)
    assert answer.status_code == 200
    assert status(day.appointment_id) is S.NOT_VACCINATED


def test_a_step_that_came_too_late_is_said_on_the_persons_page(vaccinator: FlaskClient, day: Day) -> None:
    fields = {"lot_id": day.lot_id, "site": "left_arm"}
    answer = vaccinator.post(day.of("/vaccinated"), data=fields, follow_redirects=True)
    assert answer.request.path == day.of()
    assert "notice bad" in answer.text
    assert status(day.appointment_id) is S.BOOKED


def test_a_person_is_found_without_a_name_in_any_address(desk: FlaskClient, day: Day) -> None:
    fields = {"family_name": "lefevre", "birth_day": "3", "birth_month": "2", "birth_year": "1951"}
    answer = desk.post(day.at("/find"), data=fields)
    assert "Lefèvre Zoé" in answer.text
    assert answer.request.path == day.at("/find")
    assert not answer.request.query_string
    with transaction() as session:
        assert session.scalars(select(AuditEntry.facts).where(AuditEntry.action == "find_person")).one() == {
            "found": 1
        }


def test_a_search_without_a_birth_date_is_sent_back(desk: FlaskClient, day: Day) -> None:
    assert desk.post(day.at("/find"), data={"family_name": "lefevre"}).status_code == 400


def test_the_list_is_printed_and_answered_for(desk: FlaskClient, day: Day) -> None:
    answer = desk.get(day.at("/day-list.pdf"))
    assert (answer.mimetype, answer.data[:5]) == ("application/pdf", b"%PDF-")
    assert answer.headers["Cache-Control"] == "no-store"
    with transaction() as session:
        printed = select(AuditEntry.facts).where(AuditEntry.action == "print_day_list")
        assert len(session.scalars(printed).all()) == 1


def test_only_the_scan_pages_may_use_camera_and_webassembly(desk: FlaskClient, day: Day) -> None:
    scan(desk, day, day.text)
    for path, allowed in ((day.at("/scan"), True), (day.at("/scans/one"), True), (day.of(), True)):
        headers = desk.get(path).headers
        assert ("wasm-unsafe-eval" in headers["Content-Security-Policy"]) is allowed
        assert ("camera=(self)" in headers["Permissions-Policy"]) is allowed
    for path in (day.at(), day.at("/find")):
        headers = desk.get(path).headers
        assert "wasm-unsafe-eval" not in headers["Content-Security-Policy"]
        assert "camera=()" in headers["Permissions-Policy"]
