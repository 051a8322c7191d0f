"""The planner knows that a letter needs its days, on both databases."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from tests.builders import NOW, TODAY, make_request
from tests.services.regions import Region, make_region
from vaccination.domain.requests import ContactBy
from vaccination.models.people import Household
from vaccination.services.planning.problem import Scope, load_scope

START = TODAY + timedelta(1)
LEAD = 4


def earliest(session: Session, region: Region) -> list[int]:
    """The first day of each request, counted from the planning start."""
    scope = Scope(region.programme.id, START, 60, lottery_seed=7)
    problem, _keys = load_scope(session, scope, now=NOW)
    return [int(day) for day in problem.requests.earliest]


@pytest.fixture
def region(session: Session) -> Region:
    region = make_region(session, requests=0)
    region.programme.letter_lead_days = LEAD
    return region


@pytest.mark.parametrize(
    ("contact_by", "by_phone", "first"),
    [
        (ContactBy.LETTER, False, LEAD - 1),
        (ContactBy.LETTER, True, 0),
        (ContactBy.EMAIL, False, 0),
        (ContactBy.SMS, False, 0),
    ],
)
def test_nobody_is_planned_before_the_letter_has_arrived(
    session: Session, region: Region, contact_by: ContactBy, by_phone: bool, first: int
) -> None:
    make_request(session, region.programme, contact_by=contact_by, by_phone=by_phone)
    assert earliest(session, region) == [first]


@pytest.mark.parametrize(("wished", "first"), [(TODAY, LEAD - 1), (START + timedelta(20), 20)])
def test_the_later_of_wish_and_letter_counts(
    session: Session, region: Region, wished: date, first: int
) -> None:
    make_request(session, region.programme, contact_by=ContactBy.LETTER, earliest=wished)
    assert earliest(session, region) == [first]


def test_a_household_waits_for_whoever_is_told_by_letter(session: Session, region: Region) -> None:
    household = Household(created_at=NOW)
    session.add(household)
    session.flush()
    for contact_by in (ContactBy.EMAIL, ContactBy.LETTER):
        make_request(session, region.programme, contact_by=contact_by, household_id=household.id)
    assert earliest(session, region) == [LEAD - 1] * 2


def test_without_lead_days_a_letter_counts_as_read_at_once(session: Session, region: Region) -> None:
    region.programme.letter_lead_days = 0
    make_request(session, region.programme, contact_by=ContactBy.LETTER)
    assert earliest(session, region) == [0]
