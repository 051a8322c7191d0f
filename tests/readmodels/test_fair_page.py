"""What is public: the rule, the draws before and after, the odds without small cells; and one's own place."""

from datetime import date, timedelta
from itertools import chain

import pytest
from sqlalchemy.orm import Session

from tests.builders import (
    NOW,
    TODAY,
    book_pair,
    make_person,
    make_priority_group,
    make_product,
    make_programme,
    make_request,
    make_schedule,
)
from tests.services.regions import TOMORROW, make_region
from vaccination.domain.fair import age_band, all_age_bands
from vaccination.domain.planning import RunStatus
from vaccination.domain.requests import Channel, RequestStatus
from vaccination.models.planning import PlanRun, Unplanned
from vaccination.models.programmes import Programme
from vaccination.readmodels import fair_odds, fair_page, place_page
from vaccination.services.planning.runs import RequestPlan, discard_plan, request_plan
from vaccination.services.region.seeds_published import promise_missing_seeds


def run(session: Session, programme: Programme, **named: object) -> PlanRun:
    ordinary: dict[str, object] = dict(
        programme_id=programme.id, status=RunStatus.APPLIED, asked_at=NOW + timedelta(hours=1),
        finished_at=NOW + timedelta(hours=2), starts_on=TODAY, days=84, lottery_seed=1, time_limit_s=10,
    )  # fmt: skip
    made = PlanRun(**{**ordinary, **named})
    session.add(made)
    session.flush()
    return made


def test_there_is_no_page_without_a_programme(session: Session) -> None:
    assert fair_page.load(session) is None
    assert all(not table.rows for table in fair_odds.count(session, today=TODAY).values())


def test_the_rule_in_force_is_told(session: Session) -> None:
    programme = make_programme(session)
    first, second = make_product(session, name="Alouette"), make_product(session, name="Bouvreuil")
    make_schedule(session, programme, first, second_product_id=second.id, min_age=12)
    make_schedule(session, programme, second, doses=1, only_if_enough=True)
    make_priority_group(session, programme, rank=5)
    make_priority_group(session, programme, rank=1, min_age=75, names={"de": "ab 75"})
    page = fair_page.load(session)
    assert page is not None
    assert [(g.rank, g.weight, g.min_age) for g in page.groups] == [(1, 15.0, 75), (5, 7.0, None)]
    assert page.groups[0].name("de") == "ab 75"
    assert page.groups[0].is_called(TODAY) and not page.groups[0].is_called(TODAY - timedelta(1))
    rules = [(rule.first, rule.second, rule.min_days, rule.only_if_enough) for rule in page.intervals]
    assert rules == [("Alouette", "Bouvreuil", 21, False), ("Bouvreuil", "", 0, True)]


def test_the_digest_is_public_before_the_plan_and_the_seed_after_it(session: Session) -> None:
    region = make_region(session)
    promise_missing_seeds(session)
    before = fair_page.load(session)
    assert before is not None and before.draws == () and before.example is None
    command = RequestPlan(region.programme.id, TOMORROW, days=60, seconds=5)
    run_id = request_plan(session, command, now=NOW)

    during = fair_page.load(session)
    assert during is not None
    assert during.draws[0].digest == before.next_digest != during.next_digest
    assert during.draws[0].revealed is None
    assert str(session.get_one(PlanRun, run_id).lottery_seed) not in repr(during)

    discard_plan(session, run_id, now=NOW)
    session.expire_all()
    after = fair_page.load(session)
    assert after is not None and after.example is not None
    assert after.example.is_kept and after.example.digest == before.next_digest


@pytest.mark.parametrize(
    "status", [RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.PROPOSED, RunStatus.APPLYING]
)
def test_no_seed_is_told_while_something_can_still_be_changed_by_it(
    session: Session, status: RunStatus
) -> None:
    run(session, make_programme(session), status=status)
    assert [draw.revealed for draw in fair_page.draws(session)] == [None]


def test_odds_are_counted_by_channel_age_and_commune(session: Session) -> None:
    region = make_region(session, requests=0)
    for n in range(24):
        person = make_person(session, birth_date=date(1940 if n < 12 else 1990, 1, 1))
        make_request(
            session,
            region.programme,
            person,
            town="Orléans",
            channel=Channel.PHONE if n < 12 else Channel.WEB,
        )
    make_request(session, region.programme, status=RequestStatus.CANCELLED, town="Blois")
    make_request(session, region.programme, make_person(session, erased_at=NOW), town="Blois")
    odds = fair_odds.count(session, today=TODAY)
    assert {row.group: row.asked for row in odds["channel"].rows} == {"phone": 12, "web": 12}
    assert {row.group: row.asked for row in odds["age"].rows} == {"30-49": 12, "75+": 12}
    assert [(row.group, row.share) for row in odds["commune"].rows] == [("Orléans", 0.0)]


def test_a_small_commune_is_not_shown(session: Session) -> None:
    region = make_region(session, requests=0)
    for town in chain(["Orléans"] * 30, ["Blois"] * 12, ["Meung"] * 2):
        make_request(session, region.programme, town=town)
    communes = fair_odds.count(session, today=TODAY)["commune"]
    # Blois goes too: with Meung alone left out, the total would tell how many ask there
    assert ([row.group for row in communes.rows], communes.hidden) == (["Orléans"], 2)


def test_every_age_has_its_band() -> None:
    assert all_age_bands() == ("00-17", "18-29", "30-49", "50-64", "65-74", "75+")
    bands = [age_band(age) for age in (-1, 0, 17, 18, 29, 30, 64, 65, 74, 75, 120)]
    assert bands == ["00-17"] * 3 + ["18-29"] * 2 + ["30-49", "50-64", "65-74", "65-74", "75+", "75+"]


def test_a_place_is_explained_with_the_change_that_would_have_helped(session: Session) -> None:
    programme = make_programme(session)
    mine = make_request(
        session, programme, priority=2, availability="1" * 3 + "0" * 18, unavailable=["2027-06-01"]
    )
    make_request(session, programme, priority=1)
    applied = run(session, programme)
    session.add(
        Unplanned(
            plan_run_id=applied.id, request_id=mine.id, reason="out_of_seats", change="farther", amount=31.5
        )
    )
    session.flush()
    place = place_page.load(session, mine.id, today=TODAY)
    queue = place.page.queue
    assert queue is not None
    assert (queue.why_not, queue.change, queue.amount) == ("out_of_seats", "farther", 31.5)
    assert (place.rank, queue.ahead, place.served_alike, place.is_newer) == (2, 1, 0, False)
    assert (place.wishes.half_days, place.wishes.days_away, place.wishes.together) == (3, 1, False)


def test_who_asked_after_the_last_plan_is_told_so(session: Session) -> None:
    programme = make_programme(session)
    run(session, programme, asked_at=NOW - timedelta(hours=1))
    assert place_page.load(session, make_request(session, programme).id, today=TODAY).is_newer


def test_a_planned_persons_place_names_the_plan(session: Session) -> None:
    region = make_region(session)
    applied = run(session, region.programme)
    slots = (region.first_slots[0], region.second_slots[0])
    book_pair(session, region.requests[0], region.schedule, slots, plan_run_id=applied.id)
    place = place_page.load(session, region.requests[0].id, today=TODAY)
    assert (place.run_id, place.page.queue, place.served_alike) == (applied.id, None, 1)
