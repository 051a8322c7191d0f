"""A small region that can be drawn, planned and booked."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from tests.builders import (
    NOW,
    TODAY,
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
from vaccination.models.centres import Centre, Slot
from vaccination.models.programmes import PriorityGroup, Product, Programme, Schedule
from vaccination.models.requests import Request
from vaccination.models.stock import Delivery

TOMORROW = TODAY + timedelta(1)


@dataclass
class Region:
    """A programme of one two-dose product, a centre with a session tomorrow and four weeks later."""

    programme: Programme
    product: Product
    schedule: Schedule
    group: PriorityGroup
    centre: Centre
    first_slots: list[Slot]
    second_slots: list[Slot]
    delivery: Delivery
    requests: list[Request] = field(default_factory=list)

    @property
    def first_day(self) -> date:
        return self.first_slots[0].day

    @property
    def second_day(self) -> date:
        return self.second_slots[0].day


def make_region(
    session: Session,
    requests: int = 4,
    *,
    slots: int = 6,
    seats: int = 2,
    doses: int = 60,
    today: date = TODAY,
    **programme: Any,
) -> Region:
    """`requests` people who wait, one centre near them all."""
    campaign = make_programme(session, **{"starts_on": today, **programme})
    product = make_product(session)
    centre = make_centre(session)
    lot = make_lot(session, product, expires_on=today + timedelta(200))
    days = today + timedelta(1), today + timedelta(29)
    first, second = (make_slots(session, centre, day, slots=slots, seats=seats) for day in days)
    region = Region(
        programme=campaign,
        product=product,
        schedule=make_schedule(session, campaign, product),
        group=make_priority_group(session, campaign),
        centre=centre,
        first_slots=first,
        second_slots=second,
        delivery=make_stock(session, centre, lot, doses, available_from=today),
    )
    region.requests = [
        make_request(session, campaign, priority_group_id=region.group.id) for _ in range(requests)
    ]
    return region


__all__ = ["NOW", "TODAY", "TOMORROW", "Region", "make_region"]
