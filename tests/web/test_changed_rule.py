"""A rule is changed on its page: how many it no longer allows what they have, and the way to tell them."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from tests.journeys.after_a_cut import make_place
from tests.web.staff import client_of
from tests.web.visitor import Visitor
from vaccination.db import transaction
from vaccination.domain.actor import Role
from vaccination.domain.disruptions import DisruptionKind, DisruptionStatus
from vaccination.models.disruptions import Disruption
from vaccination.models.programmes import Schedule
from web import queue


@pytest.fixture(autouse=True)
def bell(redis_url: str) -> Iterator[None]:
    queue.bind(redis_url)
    yield
    queue.unbind()


@pytest.fixture
def typed(lite_app: Flask) -> dict[str, str]:
    """The form of the schedule by which three people stand booked, as it is."""
    make_place(3, booked=True)
    with transaction() as session:
        rule = session.scalars(select(Schedule)).one()
        return {
            "row": str(rule.id), "code": rule.code, "first_product_id": str(rule.first_product_id),
            "second_product_id": str(rule.second_product_id), "min_days": "21", "ideal_days": "28",
            "max_days": "49", "min_age": "", "max_age": "",
        }  # fmt: skip


def test_the_page_counts_and_leads_to_the_draft(lite_app: Flask, typed: dict[str, str]) -> None:
    agency = Visitor(client_of(lite_app, Role.AGENCY))
    path = f"/agency/programme/schedules/{typed.pop('row')}"
    assert "rule_changed" not in agency.open(path).text
    agency.send(path, **{**typed, "min_days": "29", "ideal_days": "30"})
    assert agency.path == path and "3 personnes ont des rendez-vous" in agency.text
    assert 'value="rule_changed"' in agency.text
    assert 'value="rule_changed"' in agency.open("/agency/disruptions").text
    agency.send_to("/agency/disruptions", path, kind="rule_changed", schedule_id=path.rpartition("/")[2])
    draft = agency.path
    assert draft.rpartition("/")[2].isdigit() and typed["code"] in agency.text
    agency.send_to(f"{draft}/send", draft)
    with transaction() as session:
        row = session.scalars(select(Disruption)).one()
        assert (row.kind, row.status, row.people) == (
            DisruptionKind.RULE_CHANGED, DisruptionStatus.SENT, 3,
        )  # fmt: skip


def test_an_age_leads_there_too(lite_app: Flask, typed: dict[str, str]) -> None:
    agency = Visitor(client_of(lite_app, Role.AGENCY))
    path = f"/agency/programme/schedules/{typed.pop('row')}"
    agency.send(path, **{**typed, "min_age": "90"})
    assert agency.path == path and 'value="rule_changed"' in agency.text


def test_a_rule_that_touches_nobody_is_kept_as_before(lite_app: Flask, typed: dict[str, str]) -> None:
    agency = Visitor(client_of(lite_app, Role.AGENCY))
    path = f"/agency/programme/schedules/{typed.pop('row')}"
    agency.send(path, **{**typed, "ideal_days": "30"})
    assert agency.path == "/agency/programme"


@pytest.mark.parametrize("schedule_id", ["", "no", "999999"])
def test_a_rule_that_is_not_there_touches_nobody(
    lite_app: Flask, typed: dict[str, str], schedule_id: str
) -> None:
    agency = Visitor(client_of(lite_app, Role.AGENCY))
    answer = agency.send("/agency/disruptions", kind="rule_changed", schedule_id=schedule_id)
    assert answer.status_code in (400, 409)
    with transaction() as session:
        assert session.scalars(select(Disruption)).all() == []
