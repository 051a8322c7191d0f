"""The programme's rules as data: what is kept, and what is refused by field."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.builders import NOW, TODAY, make_product, make_programme, make_schedule
from vaccination.domain.fair import digest_of
from vaccination.domain.faults import InvalidFields
from vaccination.domain.rules import GroupFacts, Policy, ProductFacts, ProgrammeFacts, ScheduleFacts
from vaccination.domain.serving import Serving, ServingFacts
from vaccination.models.programmes import (
    EligibilityPhase,
    PriorityGroup,
    Product,
    Programme,
    Schedule,
    policy_of,
)
from vaccination.readmodels import programme_rules
from vaccination.services.region.programmes import (
    ProgrammeRuns,
    RuleCodeTaken,
    RuleUnknown,
    add_phase,
    change_phase,
    change_priority_group,
    change_product,
    change_programme,
    change_schedule,
    create_priority_group,
    create_product,
    create_programme,
    create_schedule,
    remove_phase,
    set_policy,
    set_serving,
)

FACTS = ProgrammeFacts("spring", "Campagne de printemps", "Spring campaign", TODAY)


def fields_of(refusal: pytest.ExceptionInfo[InvalidFields]) -> set[tuple[str, str]]:
    return {(fault.field, fault.code) for fault in refusal.value.faults}


def test_one_programme_runs_at_a_time(session: Session) -> None:
    programme_id = create_programme(session, FACTS, now=NOW)
    assert policy_of(session.get_one(Programme, programme_id))["weights"]["1"] == 256
    with pytest.raises(ProgrammeRuns):
        create_programme(session, replace(FACTS, code="other"), now=NOW)


def test_a_wrong_programme_names_its_fields(session: Session) -> None:
    programme = make_programme(session)
    with pytest.raises(InvalidFields) as refusal:
        change_programme(session, programme.id, replace(FACTS, name_fr="", horizon_days=401), now=NOW)
    assert fields_of(refusal) == {("name_fr", "missing"), ("horizon_days", "out_of_range")}


def test_prices_are_finite_and_no_rank_is_without_weight(session: Session) -> None:
    programme = make_programme(session)
    weights = {str(rank): 1.0 for rank in range(2, 10)}
    wrong = Policy(weights={**weights, "9": -1.0}, km=float("nan"), reward=float("inf"))
    with pytest.raises(InvalidFields) as refusal:
        set_policy(session, programme.id, wrong, now=NOW)
    assert fields_of(refusal) == {
        ("weight_1", "missing"), ("weight_9", "not_a_price"),
        ("km", "not_a_price"), ("reward", "not_a_price"),
    }  # fmt: skip
    set_policy(session, programme.id, Policy(km=0.5), now=NOW)
    assert programme.km == 0.5


def test_the_draw_is_no_price_that_the_agency_sets(session: Session) -> None:
    programme = make_programme(session, lottery_seed=40)
    set_policy(session, programme.id, Policy(lottery_seed=7), now=NOW)
    assert programme.lottery_seed == 40


def test_a_new_programme_promises_its_first_draw(session: Session) -> None:
    facts = ProgrammeFacts("p", "Campagne", "Campaign", TODAY)
    programme = session.get_one(Programme, create_programme(session, facts, now=NOW))
    assert programme.next_seed is not None
    assert programme.seed_digest == digest_of(programme.next_seed, programme.next_salt)


def test_how_people_are_served_is_chosen_within_bounds(session: Session) -> None:
    programme = make_programme(session)
    wrong = ServingFacts(rolling_s=4, hold_minutes=0, hold_extensions=11, reminder_days=(3,))
    with pytest.raises(InvalidFields) as refusal:
        set_serving(session, programme.id, wrong, now=NOW)
    assert {field for field, _ in fields_of(refusal)} == {
        "rolling_s", "hold_minutes", "hold_extensions", "reminder_days"
    }  # fmt: skip
    chosen = ServingFacts(serving=Serving.DIRECT, reminder_days=(1, 7), quiet_to=time(7))
    set_serving(session, programme.id, chosen, now=NOW)
    session.expire_all()
    assert (programme.serving, programme.reminder_days, programme.quiet_to) == (
        Serving.DIRECT,
        [7, 1],
        time(7),
    )
    assert programme_rules.load(session).serving == replace(chosen, reminder_days=(7, 1))


def test_a_programme_of_before_is_served_as_before(session: Session) -> None:
    """The defaults of the table are those of the facts."""
    make_programme(session)
    session.expire_all()
    assert programme_rules.load(session).serving == ServingFacts()


def test_products_are_kept_and_changed(session: Session) -> None:
    product_id = create_product(session, ProductFacts("CMN", "Comirnaty", 6, 31), now=NOW)
    change_product(session, product_id, ProductFacts("CMN", "Comirnaty", 7, 31), now=NOW)
    assert session.get_one(Product, product_id).doses_per_vial == 7
    with pytest.raises(RuleCodeTaken):
        create_product(session, ProductFacts("CMN", "Autre", 6), now=NOW)
    with pytest.raises(InvalidFields) as refusal:
        create_product(session, ProductFacts("", "", 0, -1), now=NOW)
    assert {field for field, _ in fields_of(refusal)} == {"code", "name", "doses_per_vial", "shelf_days"}


def test_a_pair_and_a_single_dose_are_both_schedules(session: Session) -> None:
    programme, product = make_programme(session), make_product(session)
    pair = create_schedule(
        session, programme.id,
        ScheduleFacts("pair", product.id, product.id, min_days=21, ideal_days=28, max_days=49), now=NOW,
    )  # fmt: skip
    alone = create_schedule(session, programme.id, ScheduleFacts("one", product.id, min_days=21), now=NOW)
    assert (session.get_one(Schedule, pair).doses, session.get_one(Schedule, alone).doses) == (2, 1)
    assert session.get_one(Schedule, alone).min_days is None


@pytest.mark.parametrize(
    ("named", "fault"),
    [
        (dict(min_days=22, ideal_days=21), ("ideal_days", "not_within_interval")),
        (dict(max_days=27), ("ideal_days", "not_within_interval")),
        (dict(min_days=0), ("min_days", "out_of_range")),
        (dict(max_days=None), ("max_days", "missing")),
        (dict(min_age=18, max_age=17), ("max_age", "below_least")),
        (dict(min_age=-1), ("min_age", "out_of_range")),
        (dict(valid_from=TODAY, valid_to=TODAY - timedelta(1)), ("valid_to", "before_start")),
        (dict(first_product_id=60000), ("first_product_id", "unknown_product")),
        (dict(code=""), ("code", "missing")),
    ],
)
def test_a_wrong_schedule_names_its_field(
    session: Session, named: dict[str, Any], fault: tuple[str, str]
) -> None:
    programme, product = make_programme(session), make_product(session)
    right = ScheduleFacts("pair", product.id, product.id, min_days=21, ideal_days=28, max_days=49)
    with pytest.raises(InvalidFields) as refusal:
        create_schedule(session, programme.id, replace(right, **named), now=NOW)
    assert fault in fields_of(refusal)


def test_the_edges_of_an_interval_are_inside(session: Session) -> None:
    programme, product = make_programme(session), make_product(session)
    same = ScheduleFacts("pair", product.id, product.id, 18, 18, 28, 28, 28, TODAY, TODAY)
    schedule = session.get_one(Schedule, create_schedule(session, programme.id, same, now=NOW))
    change_schedule(session, schedule.id, replace(same, max_days=35), now=NOW)
    assert (schedule.min_days, schedule.max_days) == (28, 35)


def test_a_schedules_code_is_its_own_in_the_programme(session: Session) -> None:
    programme, product = make_programme(session), make_product(session)
    make_schedule(session, programme, product, code="pair")
    with pytest.raises(RuleCodeTaken):
        create_schedule(session, programme.id, ScheduleFacts("pair", product.id), now=NOW)


def test_groups_have_ranks_and_phases(session: Session) -> None:
    programme = make_programme(session)
    group_id = create_priority_group(
        session, programme.id, GroupFacts("75", "75 ans", "75 and over", 1, 75), now=NOW
    )
    phase_id = add_phase(session, group_id, TODAY, now=NOW)
    change_phase(session, phase_id, TODAY, TODAY, now=NOW)
    with pytest.raises(InvalidFields) as refusal:
        change_phase(session, phase_id, TODAY, TODAY - timedelta(1), now=NOW)
    assert fields_of(refusal) == {("ends_on", "before_start")}
    remove_phase(session, phase_id, now=NOW)
    session.flush()
    assert session.get(EligibilityPhase, phase_id) is None
    with pytest.raises(RuleUnknown):
        remove_phase(session, phase_id, now=NOW)
    change_priority_group(session, group_id, GroupFacts("75", "75 ans", "75 and over", 2, 75), now=NOW)
    assert session.get_one(PriorityGroup, group_id).rank == 2
    with pytest.raises(InvalidFields) as refusal:
        create_priority_group(session, programme.id, GroupFacts("x", "x", "x", 10), now=NOW)
    assert fields_of(refusal) == {("rank", "out_of_range")}
