"""Signing in and out through the pages."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.builders import make_centre
from tests.web.staff import PASSWORD, client_of, make_staff, sign_in_client, token_of
from vaccination.db import transaction
from vaccination.domain.actor import Grant, Role


def _sign_in(client: FlaskClient, login: str, password: str = PASSWORD, **more: str):  # type: ignore[no-untyped-def]
    form = {"csrf_token": token_of(client), "login": login, "password": password, **more}
    return client.post("/account/sign-in", data=form)


def test_right_password_opens_closed_pages(client: FlaskClient) -> None:
    make_staff("iris", Grant(Role.DESK, None))
    assert client.get("/account/password").status_code == 303
    assert _sign_in(client, " Iris ").status_code == 303
    assert client.get("/account/password").status_code == 200


def test_wrong_password_says_so_and_opens_nothing(client: FlaskClient) -> None:
    make_staff("iris", Grant(Role.DESK, None))
    answer = _sign_in(client, "iris", "not this one at all")
    assert answer.status_code == 400
    assert 'href="#login"' in answer.text
    assert "not this one" not in answer.text
    assert client.get("/account/password").status_code == 303


def test_unknown_login_gets_the_same_page_as_a_wrong_password(client: FlaskClient) -> None:
    make_staff("iris", Grant(Role.DESK, None))
    wrong = _sign_in(client, "iris", "not this one at all").text
    unknown = _sign_in(client, "nobody", "not this one at all").text
    assert _plain(wrong, "iris") == _plain(unknown, "nobody")


def _plain(page: str, login: str) -> str:
    """The page without what was typed and without its token, which differs from moment to moment."""
    return re.sub(r'name="csrf_token" value="[^"]*"', "", page.replace(login, ""))


def test_the_sixth_guess_waits_even_when_right(client: FlaskClient) -> None:
    make_staff("iris", Grant(Role.DESK, None))
    for _ in range(5):
        _sign_in(client, "iris", "not this one at all")
    assert _sign_in(client, "iris").status_code == 400


def test_a_network_may_not_guess_for_ever(lite_app: Flask) -> None:
    client = lite_app.test_client()
    token = token_of(client)
    form = {"csrf_token": token, "login": "nobody", "password": "x"}
    codes = [client.post("/account/sign-in", data=form).status_code for _ in range(22)]
    assert codes[0] == 400
    assert codes[-1] == 429


def test_signing_in_gives_a_new_token_each_time(lite_app: Flask) -> None:
    make_staff("iris", Grant(Role.DESK, None))
    client = lite_app.test_client()
    client.set_cookie("sign-in", "planted-by-somebody-else", domain="localhost")
    csrf_before = token_of(client)
    _sign_in(client, "iris")
    first = client.get_cookie("sign-in")
    assert first is not None and first.value != "planted-by-somebody-else"
    assert token_of(client, "/account/password") != csrf_before


def test_sign_out_ends_the_session_on_the_server(lite_app: Flask) -> None:
    client = client_of(lite_app, Role.DESK)
    cookie = client.get_cookie("sign-in")
    assert cookie is not None
    answer = client.post("/account/sign-out", data={"csrf_token": token_of(client, "/account/password")})
    assert answer.status_code == 303
    assert "Clear-Site-Data" in answer.headers
    stolen = lite_app.test_client()
    stolen.set_cookie("sign-in", cookie.value, domain="localhost")
    assert stolen.get("/account/password").status_code == 303


def test_a_new_password_ends_every_open_session(lite_app: Flask) -> None:
    here = client_of(lite_app, Role.DESK)
    elsewhere = sign_in_client(lite_app.test_client(), "desk-everywhere")
    form = {
        "csrf_token": token_of(here, "/account/password"),
        "present": PASSWORD,
        "new": "a river under the bridge",
        "again": "a river under the bridge",
    }
    assert here.post("/account/password", data=form).status_code == 303
    assert elsewhere.get("/account/password").status_code == 303


def test_a_weak_new_password_is_refused_beside_its_field(lite_app: Flask) -> None:
    client = client_of(lite_app, Role.DESK)
    form = {
        "csrf_token": token_of(client, "/account/password"),
        "present": PASSWORD,
        "new": "short",
        "again": "short",
    }
    answer = client.post("/account/password", data=form)
    assert answer.status_code == 400
    assert 'id="new-fault"' in answer.text
    form["present"], form["new"], form["again"] = (
        "wrong",
        "a river under the bridge",
        "a river under the bridge",
    )
    answer = client.post("/account/password", data=form)
    assert 'id="present-fault"' in answer.text


ELSEWHERE = (
    "https://elsewhere.example/",
    "//elsewhere.example/",
    "/\\elsewhere.example/",
    "/\t/elsewhere.example/",
    "javascript:alert(1)",
)


def test_after_signing_in_one_returns_to_the_page_asked_for_but_never_elsewhere(lite_app: Flask) -> None:
    make_staff("iris", Grant(Role.DESK, None))
    back = _sign_in(lite_app.test_client(), "iris", next="/some/page")
    assert back.headers["Location"] == "/some/page"
    for target in ELSEWHERE:
        location = _sign_in(lite_app.test_client(), "iris", next=target).headers["Location"]
        assert location.startswith("/") and "elsewhere" not in location and "script" not in location


@pytest.mark.parametrize("role", list(Role))
def test_signing_in_leads_to_a_page_which_is_open(lite_app: Flask, role: Role) -> None:
    with transaction() as session:
        centre_id = make_centre(session).id
    make_staff("iris", Grant(role, None if role is Role.AGENCY else centre_id))
    client = lite_app.test_client()
    landing = _sign_in(client, "iris").headers["Location"]
    assert client.get(landing, follow_redirects=True).status_code == 200
