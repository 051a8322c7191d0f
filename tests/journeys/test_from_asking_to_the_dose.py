"""The whole way, once: asked on a page, planned by the solver, mailed, printed, scanned, vaccinated.

Nothing is put in place by hand between the request and the dose. On the way nothing personal may show up in
addresses, in the log, or in Redis.
"""

import logging
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect
from redis import Redis
from sqlalchemy import select, update

from tests.builders import (
    make_centre,
    make_lot,
    make_slots,
    make_stock,
)
from tests.journeys.conftest import Site
from tests.journeys.test_citizen import Citizen, ask
from tests.reports.paper import rasterised
from tests.web.region import make_region
from tests.web.staff import PASSWORD, make_staff
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.actor import Grant, Role
from vaccination.domain.requests import RequestStatus
from vaccination.models.appointments import Appointment
from vaccination.models.centres import Centre
from vaccination.models.planning import PlanRun
from vaccination.models.programmes import EligibilityPhase, Product
from vaccination.models.requests import Request
from vaccination.models.vaccinations import VaccinationRecord
from vaccination.services.keeping.reconcile import broken_invariants
from vaccination.services.planning.runs import RequestPlan, request_plan
from web import queue
from web.queue import JobName

_PERSONAL = ("Aubign", "Léa", "lea@example.org", "27/03/1948", "1948-03-27")


def _zone_where_it_is_morning() -> ZoneInfo:
    """So that a slot in a quarter of an hour is today, whenever the test runs."""
    hours_ahead = max(-11, 10 - now().hour)
    return ZoneInfo(f"Etc/GMT{-hours_ahead:+d}" if hours_ahead else "Etc/GMT")


class Region:
    """One centre with one slot soon and one in four weeks, and a fridge with sixty doses."""

    def __init__(self) -> None:
        zone = _zone_where_it_is_morning()
        soon = (now() + timedelta(minutes=15)).astimezone(zone)
        self.today = soon.date()
        region = make_region()
        self.programme_id = region.programme_id
        with transaction() as session:
            # The centre's day may be yesterday's where the programme's rows were made.
            session.execute(update(EligibilityPhase).values(starts_on=self.today))
            product = session.get_one(Product, region.products[0])
            centre = make_centre(session, name="Salle des fêtes", timezone=zone.key)
            self.centre_id = centre.id
            for day in (self.today, self.today + timedelta(28)):
                make_slots(session, centre, day, opens=soon.time().replace(second=0, microsecond=0), slots=1)
            lot = make_lot(session, product, expires_on=self.today + timedelta(200))
            make_stock(session, centre, lot, available_from=self.today)
            self.lot_id = lot.id


def test_from_asking_to_the_dose(
    site: Site,
    page: Page,
    camera_page: Callable[[str | Image.Image], Page],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    region = Region()
    visited: list[str] = []
    page.on("framenavigated", lambda frame: visited.append(frame.url))

    _ask(page, site)
    _open_a_centre_next_door(region)
    _plan(region, site)
    pdf = _confirmation_in_the_mail(site)
    _be_vaccinated(camera_page(_first_code(pdf, tmp_path)), site, region, visited)

    with transaction() as session:
        assert session.scalars(select(VaccinationRecord.lot_id)).one() == region.lot_id
        assert broken_invariants(session) == []
    _nothing_personal_in("addresses", " ".join(visited))
    _nothing_personal_in("the log", "\n".join(record.getMessage() for record in caplog.records))
    _nothing_personal_in("Redis", _all_of_redis(site))


def _ask(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/?lang=fr")
    citizen = Citizen(page, lambda page: None)
    ask(citizen, site)
    citizen.tick("contact_by")
    page.fill("#email", "lea@example.org")
    citizen.go("/request/check")
    citizen.go("/request/done")


def _open_a_centre_next_door(region: Region) -> None:
    """The town was chosen on a page; the centre stands there."""
    with transaction() as session:
        lat, lon = session.execute(select(Request.lat, Request.lon)).one()
        session.execute(update(Centre).where(Centre.id == region.centre_id).values(lat=lat, lon=lon))


def _plan(region: Region, site: Site) -> None:
    with transaction() as session:
        command = RequestPlan(region.programme_id, region.today, days=60, seconds=20, apply_at_once=True)
        run_id = request_plan(session, command, now=now(), user_id=None)
    queue.enqueue(JobName.RUN_PLAN, run_id)
    site.run_jobs()
    site.run_jobs()
    with transaction() as session:
        run = session.get_one(PlanRun, run_id)
        assert run.status.value == "applied", run.failure
        assert run.summary["bound"] >= run.summary["score"] > 0
        assert session.scalars(select(Request.status)).one() is RequestStatus.PLANNED
        days = session.scalars(select(Appointment.day).order_by(Appointment.dose_number)).all()
    assert days == [region.today, region.today + timedelta(28)]


def _confirmation_in_the_mail(site: Site) -> bytes:
    for path in (site.settings.files_dir / "outbox").glob("*.eml"):
        mail = message_from_bytes(path.read_bytes(), policy=default)
        for part in mail.iter_attachments():  # type: ignore[attr-defined]
            if part.get_content_type() == "application/pdf":
                content = part.get_content()
                assert isinstance(content, bytes)
                return content
    raise AssertionError("no mail carries a confirmation")


def _first_code(pdf: bytes, folder: Path) -> Image.Image:
    """The upper code of the printed page, with some white around it."""
    sheet = Image.open(rasterised(pdf, folder))
    code = min(zxingcpp.read_barcodes(sheet), key=lambda found: found.position.top_left.y)
    at = code.position
    margin = (at.bottom_right.x - at.top_left.x) // 8
    return sheet.crop(
        (
            at.top_left.x - margin,
            at.top_left.y - margin,
            at.bottom_right.x + margin,
            at.bottom_right.y + margin,
        )
    )


def _be_vaccinated(page: Page, site: Site, region: Region, visited: list[str]) -> None:
    make_staff("desk", *(Grant(role, region.centre_id) for role in (Role.DESK, Role.VACCINATOR)))
    page.on("framenavigated", lambda frame: visited.append(frame.url))
    page.goto(f"{site.url}/account/sign-in?lang=fr")
    page.fill("#login", "desk")
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url("**/desk/**")
    page.goto(f"{site.url}/desk/{region.centre_id}/scan")
    page.keyboard.press("F7")
    expect(page.locator("[data-code=right]")).to_be_visible(timeout=20_000)
    expect(page.get_by_text(re.compile("D’Aubigné"))).to_be_visible()
    page.keyboard.press("F2")
    expect(page.get_by_role("heading", name="Vaccination faite")).to_be_visible()


def _all_of_redis(site: Site) -> str:
    with Redis.from_url(site.settings.redis_url) as client:
        return "\n".join(f"{key!r} {client.dump(key)!r}" for key in client.scan_iter())


def _nothing_personal_in(place: str, text: str) -> None:
    found = [word for word in _PERSONAL if word in text]
    assert not found, f"{found} in {place}"


def test_the_morning_zone_is_morning() -> None:
    assert 5 <= datetime.now(_zone_where_it_is_morning()).hour <= 21
