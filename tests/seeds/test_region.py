"""The invented region: always the same, stored as staff would enter it, tight enough to be of interest."""

from collections import Counter
from datetime import UTC, date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from seeds.drawing import Region, draw_region
from seeds.places import communes, sites
from seeds.region import store
from vaccination.domain.ages import age_on
from vaccination.domain.stock import DeliveryStatus
from vaccination.models.centres import Slot
from vaccination.models.requests import Request
from vaccination.models.stock import Delivery
from vaccination.services.asking.requests import find_by_reference

START = date(2027, 3, 1)
NOW = datetime(2027, 3, 1, 8, tzinfo=UTC)


def small_region() -> Region:
    return draw_region(120, 7, START)


def test_the_same_seed_draws_the_same_region() -> None:
    assert draw_region(120, 7, START) == small_region()
    assert draw_region(120, 8, START) != small_region()


def test_everybody_is_as_old_as_drawn_on_the_first_day() -> None:
    assert all(age_on(wish.birth_date, START) == wish.age for wish in draw_region(500, 3, START).wishes)


def test_the_vials_are_too_few_for_everybody_and_the_groups_differ() -> None:
    region = draw_region(2000, 1, START)
    asked = sum(1 if wish.first_given_on else 2 for wish in region.wishes)
    delivered = sum(one.doses for one in region.deliveries)

    assert 0.7 * asked < delivered < 0.9 * asked
    assert len(Counter(wish.priority for wish in region.wishes)) == 6


def test_every_centre_stands_in_a_town_of_the_region_and_receives_every_week_of_spring() -> None:
    region = draw_region(5000, 1, START)
    towns = {commune.name for commune in communes()}

    assert {site.town for site in sites()} <= towns
    assert {one.site for one in region.deliveries} == set(range(len(region.sites)))
    assert max(one.available_from for one in region.deliveries) > date(2027, 5, 10)


def test_services_take_the_whole_region_and_the_guest_opens_the_request(session: Session) -> None:
    stored = store(session, small_region(), now=NOW)

    assert (stored.requests, stored.refused) == (120, 0)
    assert session.scalar(select(func.count()).select_from(Request)) == 121
    assert session.scalar(select(func.count()).select_from(Slot).where(Slot.day == START)) > 0
    received = select(func.count()).select_from(Delivery).where(Delivery.status == DeliveryStatus.RECEIVED)
    assert session.scalar(received) == sum(one.available_from == START for one in small_region().deliveries)
    opened = find_by_reference(session, stored.guest.reference, secret=stored.guest.secret)
    assert opened == stored.guest.request_id
