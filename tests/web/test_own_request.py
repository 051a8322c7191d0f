"""One's own request: opened by reference and secret, seen, printed, cancelled; by nobody else."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select

from tests.reports.paper import rasterised, seen_by_zxing, text_of
from tests.web.asking import fill
from tests.web.region import Region, make_region, plan
from tests.web.visitor import Visitor
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.appointment import AppointmentStatus
from vaccination.domain.messages import MessageKind
from vaccination.domain.planning import RunStatus
from vaccination.domain.references import grouped
from vaccination.domain.requests import RequestStatus
from vaccination.models.appointments import Appointment, AppointmentEvent
from vaccination.models.messages import Message
from vaccination.models.planning import PlanRun, Unplanned
from vaccination.models.requests import Request
from vaccination.security.signing_keys import SigningKeys
from vaccination.security.tokens import read
from vaccination.services.asking.requests import secret_of
from vaccination.settings import Settings
from web import queue


@pytest.fixture
def region(app: Flask, redis_url: str) -> Iterator[Region]:
    queue.bind(redis_url)
    yield make_region()
    queue.unbind()


@pytest.fixture
def asker(app: Flask, region: Region) -> Visitor:
    """Somebody whose request was just sent."""
    visitor = Visitor(app.test_client())
    fill(visitor)
    visitor.send("/request/check")
    return visitor


@pytest.fixture
def planned(asker: Visitor, region: Region) -> Visitor:
    plan(region, the_request().id)
    return asker


def the_request() -> Request:
    with transaction() as session:
        return session.scalars(select(Request)).one()


def stranger(app: Flask) -> Visitor:
    return Visitor(app.test_client())


def test_a_waiting_request_says_its_place_and_the_next_plan(asker: Visitor) -> None:
    page = asker.open("/appointments/mine")
    assert page.status_code == 200
    assert "75 ans et plus" in asker.text
    assert "2 h 30" in asker.text.replace("\u00a0", " ")


def test_a_request_left_out_says_why(asker: Visitor, region: Region) -> None:
    with transaction() as session:
        moment = now()
        run = PlanRun(
            programme_id=region.programme_id, status=RunStatus.APPLIED, asked_at=moment, finished_at=moment,
            starts_on=moment.date(), days=84, lottery_seed=1, time_limit_s=10,
        )  # fmt: skip
        session.add(run)
        session.flush()
        request_id = session.scalars(select(Request.id)).one()
        session.add(Unplanned(plan_run_id=run.id, request_id=request_id, reason="no_centre_in_reach"))
    before = asker.page.text
    asker.open("/appointments/mine")
    assert 'class="notice warn"' in asker.page.text
    assert asker.page.text != before


def test_opened_by_secret_or_birth_date(app: Flask, asker: Visitor) -> None:
    reference = the_request().reference
    by_secret = stranger(app)
    by_secret.send("/appointments", reference=grouped(reference).lower(), secret=secret_of(reference))
    assert by_secret.path == "/appointments/mine"
    by_birth = stranger(app)
    by_birth.send("/appointments", reference=reference, birth_day="27", birth_month="3", birth_year="1948")
    assert by_birth.path == "/appointments/mine"
    assert secret_of(reference) not in by_birth.open("/request/done").text  # shown only to who has just asked
    assert by_birth.path == "/appointments/mine"


WRONG: list[tuple[dict[str, str], str]] = [
    ({"reference": "", "secret": "0123456789AB"}, "reference"),
    ({"reference": "7QK4 M2XW 8E", "secret": "0123456789AB"}, "reference"),
    ({"secret": ""}, "secret"),
    ({"secret": "short"}, "secret"),
    ({"secret": "0123456789AB"}, "reference"),
    ({"birth_day": "28", "birth_month": "3", "birth_year": "1948"}, "reference"),
    ({"birth_day": "28", "birth_month": "3"}, "birth"),
]


def test_what_does_not_open_it_says_what_to_check(app: Flask, asker: Visitor) -> None:
    visitor = stranger(app)
    reference = the_request().reference
    for typed, field in WRONG:
        answer = visitor.send("/appointments", **{"reference": reference, **typed})
        assert answer.status_code == 400, typed
        assert list(visitor.faults) == [field], typed


def test_guessing_on_one_reference_is_stopped_but_its_owner_is_not_counted(
    app: Flask, asker: Visitor
) -> None:
    reference = the_request().reference
    owner = stranger(app)
    for _ in range(12):
        owner.send("/appointments", reference=reference, secret=secret_of(reference))
    guesser = stranger(app)
    statuses = [
        guesser.send(
            "/appointments", reference=reference, birth_day=str(day), birth_month="1", birth_year="1950"
        ).status_code
        for day in range(1, 13)
    ]
    assert statuses == [400] * 10 + [429] * 2


def test_a_stranger_is_asked_for_the_reference(app: Flask, planned: Visitor) -> None:
    visitor = stranger(app)
    for path in ("", "/confirmation", "/confirmation.pdf", "/calendar.ics", "/cancel"):
        assert visitor.client.get("/appointments/mine" + path).location == "/appointments"
    form = visitor.form("/appointments")
    assert visitor.client.post("/appointments/mine/cancel", data=form).location == "/appointments"
    assert the_request().status is RequestStatus.PLANNED


def test_both_appointments_are_shown_with_codes_that_we_signed(planned: Visitor, settings: Settings) -> None:
    page = planned.open("/appointments/mine").text
    assert page.count('class="qr"') == 2
    assert planned.open("/appointments/mine/confirmation").text.count('class="qr"') == 2


def test_the_pdf_holds_both_codes(planned: Visitor, settings: Settings, tmp_path: Path) -> None:
    answer = planned.client.get("/appointments/mine/confirmation.pdf")
    assert answer.mimetype == "application/pdf"
    assert grouped(the_request().reference) in text_of(answer.data)
    codes = seen_by_zxing(rasterised(answer.data, tmp_path))
    keys = SigningKeys.from_text(settings.signing_keys).public()
    with transaction() as session:
        kept = set(session.scalars(select(Appointment.token_ref)))
    assert {read(code, keys).reference for code in codes} == kept


def test_the_calendar_file_holds_both_appointments(planned: Visitor) -> None:
    answer = planned.client.get("/appointments/mine/calendar.ics")
    assert answer.mimetype == "text/calendar"
    events = Calendar.from_ical(answer.data).walk("VEVENT")
    with transaction() as session:
        starts = set(session.scalars(select(Appointment.starts_at)))
    assert {event.decoded("dtstart") for event in events} == starts


def test_a_waiting_request_has_nothing_to_print(asker: Visitor) -> None:
    for path in ("confirmation", "confirmation.pdf", "calendar.ics"):
        assert asker.client.get(f"/appointments/mine/{path}").status_code == 404


def test_cancelling_gives_everything_back_once(planned: Visitor) -> None:
    form = planned.form("/appointments/mine/cancel", reason="elsewhere")
    for _ in range(2):
        assert planned.client.post("/appointments/mine/cancel", data=form).location == "/appointments/mine"
    assert the_request().status is RequestStatus.CANCELLED
    with transaction() as session:
        assert set(session.scalars(select(Appointment.status))) == {AppointmentStatus.CANCELLED}
        assert set(session.scalars(select(AppointmentEvent.reason))) == {"elsewhere"}
        kinds = session.scalars(select(Message.kind)).all()
    assert sorted(kinds) == [MessageKind.CANCELLED, MessageKind.RECEIVED]
    assert planned.open("/appointments/mine").status_code == 200


def test_looking_at_the_cancel_page_cancels_nothing(planned: Visitor) -> None:
    for _ in range(3):
        planned.open("/appointments/mine/cancel")
    assert the_request().status is RequestStatus.PLANNED


def test_a_cancelled_request_may_be_followed_by_another(planned: Visitor) -> None:
    planned.send("/appointments/mine/cancel")
    fill(planned)
    planned.send("/request/check")
    assert planned.path == "/request/done"


def test_who_is_checked_in_can_no_longer_cancel_here(planned: Visitor) -> None:
    form = planned.form("/appointments/mine/cancel")
    with transaction() as session:
        session.scalars(select(Appointment)).first().status = AppointmentStatus.CHECKED_IN  # type: ignore[union-attr]
    assert planned.client.post("/appointments/mine/cancel", data=form).status_code == 409
    assert planned.open("/appointments/mine/cancel").request.path == "/appointments/mine"


def test_closing_the_request_on_this_computer(planned: Visitor) -> None:
    planned.client.post("/appointments/leave", data=planned.form("/appointments/mine"))
    assert planned.client.get("/appointments/mine").location == "/appointments"


def test_personal_pages_are_stored_nowhere(planned: Visitor) -> None:
    for path in ("", "/confirmation", "/confirmation.pdf", "/calendar.ics"):
        headers = planned.client.get("/appointments/mine" + path).headers
        assert headers["Cache-Control"] == "no-store"
