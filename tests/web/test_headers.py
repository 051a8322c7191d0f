"""What every answer carries, and which hosts and sites are listened to."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from tests.web.staff import token_of
from vaccination.settings import Settings
from web import headers, layout
from web.app import create_app


def _policy(app: Flask, address: str = "/help", **extra: str) -> dict[str, str]:
    csp = app.test_client().get(address, **extra).headers["Content-Security-Policy"]
    return dict(part.strip().split(" ", 1) for part in csp.split(";"))


def test_nothing_may_come_from_or_go_to_elsewhere(plain_app: Flask) -> None:
    policy = _policy(plain_app)
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in str(policy) and "http" not in str(policy)


@pytest.mark.parametrize("address", ["/help", "/parts", "/not-there", "/static/css/base.css"])
def test_every_answer_is_closed_tight(plain_app: Flask, address: str) -> None:
    found = plain_app.test_client().get(address).headers
    assert found["X-Content-Type-Options"] == "nosniff"
    assert found["Referrer-Policy"] == "no-referrer"
    assert found["Cross-Origin-Opener-Policy"] == found["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in found["Permissions-Policy"]


def test_only_a_scan_page_has_the_camera(own_app: Flask) -> None:
    view = own_app.view_functions["about.help_page"]

    def scanning() -> object:
        headers.scan_page()
        return view()

    scanning._access = view._access  # type: ignore[attr-defined]
    own_app.view_functions["about.help_page"] = scanning
    answer = own_app.test_client().get("/help")
    assert "camera=(self)" in answer.headers["Permissions-Policy"]
    assert "'wasm-unsafe-eval'" in answer.headers["Content-Security-Policy"]


def test_pages_are_not_kept_and_files_are(plain_app: Flask) -> None:
    client = plain_app.test_client()
    assert client.get("/help").headers["Cache-Control"] == "no-store"
    assert "immutable" in client.get("/static/css/base.css?v=1").headers["Cache-Control"]


def test_a_page_asks_for_one_stylesheet_which_holds_every_sheet(plain_app: Flask) -> None:
    client = plain_app.test_client()
    addresses = re.findall(r'<link rel="stylesheet" href="([^"]+)"', client.get("/help").text)
    assert len(addresses) == 1
    answer = client.get(addresses[0])
    assert answer.mimetype == "text/css" and "immutable" in answer.headers["Cache-Control"]
    for sheet in (Path(layout.__file__).parent / "static" / "css").glob("*.css"):
        assert sheet.read_text(encoding="utf-8") in answer.text, f"{sheet.name} is not in layout.SHEETS"


def test_https_is_remembered_only_over_https(settings: Settings) -> None:
    secure = replace(settings, base_url="https://vaccination.example", secure_cookies=True)
    client = create_app(secure, testing=True, features=()).test_client()
    over_https = client.get("/account/sign-in", base_url="https://vaccination.example")
    assert "max-age=31536000" in over_https.headers["Strict-Transport-Security"]
    cookie = over_https.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    assert "Secure" in cookie and "HttpOnly" in cookie and "Path=/" in cookie and "Domain" not in cookie
    over_http = client.get("/help", base_url="http://vaccination.example")
    assert "Strict-Transport-Security" not in over_http.headers


def test_a_strange_host_is_not_answered(settings: Settings) -> None:
    here = create_app(replace(settings, base_url="https://vaccination.example"), testing=True, features=())
    client = here.test_client()
    assert client.get("/help", base_url="https://vaccination.example").status_code == 200
    assert client.get("/help", base_url="https://elsewhere.example").status_code == 400


def test_forwarded_headers_count_only_behind_a_named_proxy(settings: Settings) -> None:
    spoofed = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "elsewhere.example"}
    alone = create_app(settings, testing=True, features=()).test_client()
    assert "Strict-Transport-Security" not in alone.get("/help", headers=spoofed).headers
    behind = create_app(replace(settings, trusted_proxies=1), testing=True, features=()).test_client()
    answer = behind.get("/help", headers={"X-Forwarded-Proto": "https"})
    assert "Strict-Transport-Security" in answer.headers


def test_a_post_without_token_is_refused(plain_app: Flask) -> None:
    client = plain_app.test_client()
    form = {"login": "iris", "password": "x"}
    assert client.post("/account/sign-in", data=form).status_code == 400
    assert client.post("/account/sign-in", data={**form, "csrf_token": "made-up"}).status_code == 400
    elsewhere = token_of(plain_app.test_client())
    assert client.post("/account/sign-in", data={**form, "csrf_token": elsewhere}).status_code == 400


def test_a_form_of_another_site_is_refused_even_with_a_token(plain_app: Flask) -> None:
    client = plain_app.test_client()
    form = {"csrf_token": token_of(client)}
    answer = client.post("/account/sign-out", data=form, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert client.post("/account/sign-out", data=form).status_code == 303


def test_an_unforeseen_fault_says_nothing_of_the_inside(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(settings, features=("parts",))
    app.config["RATELIMIT_ENABLED"] = False

    def broken() -> str:
        raise RuntimeError("Camille Lefevre, born 1948")

    app.view_functions["about.help_page"] = broken
    broken._access = create_app(settings, testing=True).view_functions["about.help_page"]._access  # type: ignore[attr-defined]
    answer = app.test_client().get("/help")
    assert answer.status_code == 500
    assert "Lefevre" not in answer.text and "RuntimeError" not in answer.text
    assert "Lefevre" not in caplog.text and "RuntimeError" in caplog.text


def test_the_log_holds_no_address(plain_app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="web.requests")
    plain_app.test_client().get("/help?name=Lefevre")
    plain_app.test_client().get("/not/there/Lefevre")
    assert "GET /help 200" in caplog.text
    assert "Lefevre" not in caplog.text


def test_programs_are_answered_in_json(plain_app: Flask) -> None:
    answer = plain_app.test_client().get("/not-there", headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert answer.json is not None and answer.json["code"] == "not_found"
