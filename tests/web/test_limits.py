"""Counting tries: in Redis without anybody's address, in this process when Redis is away."""

import time
from dataclasses import replace

import pytest
from flask import Flask
from redis import Redis

from tests.web.staff import token_of
from vaccination.settings import Settings
from web import limits
from web.app import create_app

ADDRESS = "203.0.113.77"


def _app(settings: Settings, redis_url: str) -> Flask:
    app = create_app(replace(settings, redis_url=redis_url), features=())
    # the limiter is one a process and remembers that the Redis of an earlier test was away
    limits.limiter._storage_dead = False
    return app


def _sign_in_codes(app: Flask, tries: int, address: str = ADDRESS) -> list[int]:
    client = app.test_client()
    token = token_of(client)
    form = {"csrf_token": token, "login": "", "password": ""}
    environ = {"REMOTE_ADDR": address}
    return [
        client.post("/account/sign-in", data=form, environ_overrides=environ).status_code
        for _ in range(tries)
    ]


def test_redis_counts_and_holds_no_address(settings: Settings, redis_url: str) -> None:
    codes = _sign_in_codes(_app(settings, redis_url), 21)
    assert codes == [400] * 20 + [429]
    with Redis.from_url(redis_url) as client:
        keys = [key.decode() for key in client.scan_iter()]
    assert keys
    assert not any("203.0" in key for key in keys)


def test_neighbours_share_a_count_and_strangers_do_not(settings: Settings, redis_url: str) -> None:
    app = _app(settings, redis_url)
    _sign_in_codes(app, 20)
    assert _sign_in_codes(app, 1, "203.0.113.78") == [429]
    assert _sign_in_codes(app, 1, "198.51.100.1") == [400]


def test_without_redis_the_pages_go_on_and_still_count(settings: Settings) -> None:
    app = _app(settings, "unix:///not-in-tests/redis.sock?db=0")
    began = time.monotonic()
    codes = _sign_in_codes(app, 22)
    assert codes[0] == 400 and codes[-1] == 429
    assert time.monotonic() - began < 20


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.1", "203.0.113.254", True),
        ("203.0.113.1", "203.0.114.1", False),
        ("2001:db8:0:11::1", "2001:db8:0:22::1", True),
        ("2001:db8:0:11::1", "2001:db8:1:11::1", False),
    ],
)
def test_a_neighbourhood_is_a_part_of_the_network(plain_app: Flask, one: str, other: str, same: bool) -> None:
    names = []
    for address in (one, other):
        with plain_app.test_request_context(environ_overrides={"REMOTE_ADDR": address}):
            names.append(limits.neighbourhood())
    assert (names[0] == names[1]) is same
