"""A small programme, committed, for pages to ask about."""

from dataclasses import dataclass
from datetime import timedelta

from tests.builders import (
    book_pair,
    make_centre,
    make_priority_group,
    make_product,
    make_programme,
    make_schedule,
    make_slots,
)
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.models.programmes import Schedule
from vaccination.models.requests import Request


@dataclass(frozen=True)
class Region:
    """What a test names of it."""

    programme_id: int
    schedule_id: int
    products: tuple[int, int]


def make_region() -> Region:
    """Two products, of which the second is for people of 55 or more and needs one dose."""
    with transaction() as session:
        programme = make_programme(session, name_fr="Campagne d’essai", name_en="Trial campaign",
                                   starts_on=now().date())  # fmt: skip
        pair, single = make_product(session, name="Alouette"), make_product(session, name="Bouvreuil")
        schedule = make_schedule(session, programme, pair, min_age=12)
        make_schedule(session, programme, single, doses=1, min_age=55)
        make_priority_group(session, programme, code="old", rank=1, min_age=75, name_fr="75 ans et plus")
        make_priority_group(session, programme, code="carer", rank=2, min_age=18, needs_declaration=True)
        make_priority_group(session, programme, code="all", rank=5, min_age=12)
        return Region(programme.id, schedule.id, (pair.id, single.id))


def plan(region: Region, request_id: int) -> None:
    """Give a waiting request its two appointments, a month apart, from next week on."""
    today = now().date()
    with transaction() as session:
        centre = make_centre(session)
        first = make_slots(session, centre, today + timedelta(7))[0]
        second = make_slots(session, centre, today + timedelta(35))[0]
        schedule = session.get_one(Schedule, region.schedule_id)
        book_pair(session, session.get_one(Request, request_id), schedule, (first, second))
