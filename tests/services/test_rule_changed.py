"""The agency changes a rule: who stands booked against it is found, counted and proposed something else."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from tests.builders import NOW, TODAY, make_lot, make_product, make_schedule, make_stock
from tests.services.disrupted import FIRST_DAY, make_booked, pair, propose_all
from tests.services.regions import Region
from vaccination.domain.appointment import AppointmentStatus
from vaccination.domain.disruptions import DisruptionKind
from vaccination.domain.serving import HoldPurpose
from vaccination.models.disruptions import Disruption
from vaccination.models.people import Person
from vaccination.models.serving import Hold
from vaccination.queries.touched import touched
from vaccination.readmodels import disruption_list
from vaccination.services.replacing.disruptions import NobodyTouched, Prepare, prepare, send
from vaccination.services.replacing.replacements import accept

SECOND_DAY = FIRST_DAY + timedelta(28)


@pytest.fixture
def region(session: Session) -> Region:
    return make_booked(session)


def change(session: Session, region: Region, **rule: object) -> None:
    for name, value in rule.items():
        setattr(region.schedule, name, value)
    session.flush()


def command(region: Region) -> Prepare:
    return Prepare(DisruptionKind.RULE_CHANGED, schedule_id=region.schedule.id)


def prepared(session: Session, region: Region) -> int:
    return prepare(session, command(region), now=NOW)


def numbers(session: Session, disruption_id: int) -> list[tuple[int, ...]]:
    found = touched(session, session.get_one(Disruption, disruption_id), now=NOW)
    return [one.numbers for one in found]


@pytest.mark.parametrize(
    ("rule", "doses"),
    [
        ({"min_days": 29, "ideal_days": 30}, (2,)),
        ({"ideal_days": 27, "max_days": 27}, (2,)),
        ({"valid_to": FIRST_DAY - timedelta(1)}, (1,)),
        ({"valid_from": FIRST_DAY + timedelta(1)}, (1,)),
        ({"min_age": 70}, (1, 2)),
        ({"max_age": 60}, (1, 2)),
        ({"valid_to": TODAY, "min_days": 29, "ideal_days": 30}, (1, 2)),
    ],
)
def test_who_stands_against_the_rule_is_touched(
    session: Session, region: Region, rule: Mapping[str, object], doses: tuple[int, ...]
) -> None:
    change(session, region, **rule)
    assert disruption_list.no_longer_allowed(session, region.schedule.id, NOW) == 3
    assert numbers(session, prepared(session, region)) == [doses] * 3


@pytest.mark.parametrize(
    "rule",
    [
        {}, {"min_days": 28}, {"max_days": 28}, {"valid_to": FIRST_DAY}, {"valid_from": FIRST_DAY},
        {"min_age": 60, "max_age": 70}, {"ideal_days": 40},
    ],
)  # fmt: skip
def test_what_the_rule_still_allows_stands(
    session: Session, region: Region, rule: Mapping[str, object]
) -> None:
    change(session, region, **rule)
    assert disruption_list.no_longer_allowed(session, region.schedule.id, NOW) == 0
    assert disruption_list.causes(session, NOW) == ()
    with pytest.raises(NobodyTouched):
        prepared(session, region)


def test_a_birthday_between_booking_and_coming_rules_nobody_out(session: Session, region: Region) -> None:
    person = session.get_one(Person, region.requests[0].person_id)
    person.birth_date = date(TODAY.year - 55, FIRST_DAY.month, FIRST_DAY.day)  # 55 on the day of the dose
    change(session, region, max_age=54, min_age=None)
    touched_ids = [
        one.request_id
        for one in touched(session, session.get_one(Disruption, prepared(session, region)), now=NOW)
    ]
    assert touched_ids == [request.id for request in region.requests[1:]], "they were booked at 54"


def test_the_causes_tell_schedules_by_their_days(session: Session, region: Region) -> None:
    change(session, region, min_days=29, ideal_days=30)
    (cause,) = disruption_list.causes(session, NOW)
    assert (cause.kind, cause.schedule_id, cause.schedule, cause.count) == (
        DisruptionKind.RULE_CHANGED, region.schedule.id, region.schedule.code, 3,
    )  # fmt: skip
    disruption_id = prepared(session, region)
    assert disruption_list.one(session, disruption_id).product == region.schedule.code
    send(session, disruption_id, now=NOW)
    propose_all(session, disruption_id)
    assert disruption_list.causes(session, NOW) == (), "everybody has a proposal"
    assert disruption_list.no_longer_allowed(session, region.schedule.id, NOW) == 0


def test_an_interval_that_grew_moves_the_second_dose(session: Session, region: Region) -> None:
    change(session, region, min_days=29, ideal_days=30)
    disruption_id = prepared(session, region)
    send(session, disruption_id, now=NOW)
    rows = propose_all(session, disruption_id)
    assert [session.get_one(Hold, row.hold_id).purpose for row in rows] == [HoldPurpose.MOVE_SECOND] * 3
    accept(session, region.requests[0].id, now=NOW)
    first, second = pair(session, region.requests[0])
    assert first.day == FIRST_DAY and 29 <= (second.day - first.day).days <= 49
    assert disruption_list.no_longer_allowed(session, region.schedule.id, NOW) == 0


def test_who_had_the_first_dose_needs_the_second_only(session: Session, region: Region) -> None:
    pair(session, region.requests[0])[0].status = AppointmentStatus.VACCINATED
    change(session, region, min_age=70)
    disruption = session.get_one(Disruption, prepared(session, region))
    found = {one.request_id: one.numbers for one in touched(session, disruption, now=NOW)}
    assert found[region.requests[0].id] == (2,)


def test_an_age_that_is_no_longer_allowed_gets_another_vaccine(session: Session, region: Region) -> None:
    product = make_product(session)
    other = make_schedule(session, region.programme, product)
    make_stock(session, region.centre, make_lot(session, product), 60)
    change(session, region, min_age=70)
    disruption_id = prepared(session, region)
    send(session, disruption_id, now=NOW)
    rows = propose_all(session, disruption_id)
    assert [session.get_one(Hold, row.hold_id).schedule_id for row in rows] == [other.id] * 3
    accept(session, region.requests[0].id, now=NOW)
    assert {one.product_id for one in pair(session, region.requests[0])} == {product.id}
    session.expire_all()
    assert region.requests[0].schedule_id == other.id


def test_a_product_that_may_begin_no_more_is_replaced_by_another(session: Session, region: Region) -> None:
    product = make_product(session)
    other = make_schedule(session, region.programme, product)
    make_stock(session, region.centre, make_lot(session, product), 60)
    change(session, region, valid_to=TODAY)
    disruption_id = prepared(session, region)
    send(session, disruption_id, now=NOW)
    rows = propose_all(session, disruption_id)
    assert {session.get_one(Hold, row.hold_id).schedule_id for row in rows} == {other.id}


def test_without_another_vaccine_people_are_told_and_called(session: Session, region: Region) -> None:
    change(session, region, min_age=70)
    disruption_id = prepared(session, region)
    send(session, disruption_id, now=NOW)
    assert [row.hold_id for row in propose_all(session, disruption_id)] == [None] * 3
