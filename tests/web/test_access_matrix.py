"""Every route × every role × own and other centre, drawn from the application's own map of addresses."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from flask import Flask, url_for
from werkzeug.routing import Rule as Route

from tests.builders import make_centre
from tests.web.access.rule import PUBLIC, Rule
from tests.web.access.table import TABLE, joined
from tests.web.staff import make_staff, sign_in_client
from vaccination.db import transaction
from vaccination.domain.actor import Grant, Role
from vaccination.settings import Settings
from web.access import access_of
from web.app import create_app


@dataclass(frozen=True)
class Call:
    """One request of the matrix."""

    endpoint: str
    method: str
    role: Role | None
    centre_id: int
    is_own: bool

    def __str__(self) -> str:
        whose = "own" if self.is_own else "other"
        return f"{self.method} {self.endpoint} as {self.role or 'nobody'} at {whose} centre"


@pytest.fixture
def matrix_app(settings: Settings, sqlite_url: str) -> Flask:
    app = create_app(replace(settings, database_url=sqlite_url), testing=True)
    app.config.update(WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    return app


def _routes(app: Flask) -> Iterator[Route]:
    for route in app.url_map.iter_rules():
        if not route.endpoint.endswith("static"):
            yield route


def test_every_route_is_in_the_table_and_the_table_has_no_other(settings: Settings) -> None:
    app = create_app(settings, testing=True)
    routes = {route.endpoint for route in _routes(app)}
    assert routes == set(TABLE)


def test_two_features_may_not_claim_one_route() -> None:
    assert joined([("offers", {"offers.show": PUBLIC}), ("fair", {"fair.home": PUBLIC})]).keys() == {
        "offers.show",
        "fair.home",
    }
    with pytest.raises(AssertionError, match=r"fair repeats \['offers.show'\]"):
        joined([("offers", {"offers.show": PUBLIC}), ("fair", {"offers.show": PUBLIC})])


def test_every_view_is_marked_as_the_table_says(settings: Settings) -> None:
    app = create_app(settings, testing=True)
    for route in _routes(app):
        access = access_of(app.view_functions[route.endpoint])
        assert access is not None, f"{route.endpoint} names no roles"
        expected = TABLE[route.endpoint]
        assert set(access.roles) == set(expected.roles), route.endpoint
        assert access.public is not bool(expected.roles), route.endpoint


def test_routes_of_a_centre_are_known_as_such(settings: Settings) -> None:
    app = create_app(settings, testing=True)
    for route in _routes(app):
        if TABLE[route.endpoint].roles:
            assert TABLE[route.endpoint].at_centre is ("centre_id" in route.arguments), route.endpoint


def test_each_role_opens_its_own_routes_and_no_other(matrix_app: Flask) -> None:
    with transaction() as session:
        own, other = make_centre(session).id, make_centre(session).id
    for role in Role:
        make_staff(role.value, Grant(role, None if role is Role.AGENCY else own))
    wrong = []
    for route in _routes(matrix_app):
        rule = TABLE[route.endpoint]
        for call in _calls(route, rule, own, other):
            status = _status(matrix_app, route, rule, call)
            if not _is_right(status, rule, call, route):
                wrong.append(f"{call}: {status}")
    assert not wrong, "\n".join(wrong)


def _calls(route: Route, rule: Rule, own: int, other: int) -> Iterator[Call]:
    for method in sorted((route.methods or set()) & {"GET", "POST", "PUT", "DELETE", "PATCH"}):
        yield Call(route.endpoint, method, None, own, is_own=False)
        for role in Role:
            yield Call(route.endpoint, method, role, own, is_own=True)
            if rule.at_centre:
                yield Call(route.endpoint, method, role, other, is_own=False)


def _status(app: Flask, route: Route, rule: Rule, call: Call) -> int:
    client = app.test_client()
    if call.role is not None:
        sign_in_client(client, call.role.value)
    values: dict[str, str | int] = {}
    for argument in route._converters:  # without those that have a fixed value
        is_number = "Integer" in type(route._converters[argument]).__name__
        values[argument] = 1 if is_number else "x"
    values |= rule.values
    if "centre_id" in route.arguments:
        values["centre_id"] = call.centre_id
    with app.test_request_context():
        address = url_for(route.endpoint, **values)  # type: ignore[arg-type]
    return client.open(address, method=call.method).status_code


def _is_right(status: int, rule: Rule, call: Call, route: Route) -> bool:
    if not rule.roles:
        return status not in (401, 403) and status < 500
    if call.role is None:
        return status == (303 if call.method == "GET" else 401)
    if call.role not in rule.roles:
        return status == 403
    everywhere = call.role is Role.AGENCY
    if rule.at_centre and not call.is_own and not everywhere:
        return status == 404
    if route.arguments <= {"centre_id"} and status == 404:
        return False  # nothing else in the address could be missing
    return status not in (401, 403) and status < 500


def test_a_view_without_a_mark_is_closed(own_app: Flask) -> None:
    own_app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    answer = own_app.test_client().get("/forgotten")
    assert answer.status_code == 403
    assert "secret" not in answer.text


def test_menus_lead_only_where_their_readers_may_go(settings: Settings) -> None:
    app = create_app(settings, testing=True)
    for entry in app.extensions["menu"]:
        access = access_of(app.view_functions[entry.endpoint])
        assert access is not None and set(entry.roles) <= set(access.roles), entry.endpoint
