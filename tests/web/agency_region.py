"""A region to plan, committed, and the forms that an agency sends."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.builders import (
    make_centre,
    make_lot,
    make_priority_group,
    make_product,
    make_programme,
    make_request,
    make_schedule,
    make_slots,
    make_stock,
)
from vaccination.clock import now
from vaccination.db import transaction


@dataclass(frozen=True)
class Region:
    """A programme of one two-dose vaccine, a centre with two days of slots, people who wait."""

    programme_id: int
    product_id: int
    schedule_id: int
    centre_id: int
    lot_id: int
    first_day: date


def make_region(requests: int = 4, doses: int = 60) -> Region:
    """The centre is open the day after tomorrow and four weeks later."""
    today = now().date()
    with transaction() as session:
        programme = make_programme(session, code="P", starts_on=today, horizon_days=60)
        product = make_product(session, code="CMN", name="Comirnaty")
        schedule = make_schedule(session, programme, product, code="PAIR")
        group = make_priority_group(session, programme, code="ALL")
        centre = make_centre(session, code="ORL", name="Orléans – Palais des sports")
        lot = make_lot(session, product, number="AB1", expires_on=today + timedelta(200))
        make_stock(session, centre, lot, doses, available_from=today)
        for day in (today + timedelta(2), today + timedelta(30)):
            make_slots(session, centre, day)
        for _ in range(requests):
            make_request(session, programme, priority_group_id=group.id)
        return Region(programme.id, product.id, schedule.id, centre.id, lot.id, today + timedelta(2))


def send(client: FlaskClient, address: str, on: str = "/agency", **fields: Any) -> TestResponse:
    """Post a form as the page would, with its token."""
    page = client.get(on).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    return client.post(address, data={"csrf_token": token[1], **fields})


def day_fields(name: str, day: date) -> dict[str, str]:
    """A day's three fields."""
    return {f"{name}_day": str(day.day), f"{name}_month": str(day.month), f"{name}_year": str(day.year)}
