"""The application on a fresh database of each kind; `plain_app` needs none."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from vaccination.settings import Settings
from web import queue
from web.app import create_app


@pytest.fixture
def app(settings: Settings, database: str) -> Flask:
    """Every feature, on SQLite and then on PostgreSQL."""
    return create_app(replace(settings, database_url=database), testing=True)


@pytest.fixture
def lite_app(settings: Settings, sqlite_url: str) -> Flask:
    """Every feature, on SQLite only: for what no database changes."""
    return create_app(replace(settings, database_url=sqlite_url), testing=True)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser with no cookie."""
    return app.test_client()


@pytest.fixture(scope="session")
def plain_app() -> Flask:
    """The shared pages, without a database; made once, so a test changes nothing of it."""
    settings = Settings(
        database_url="sqlite:////not-in-tests/region.sqlite",
        redis_url="redis://not-in-tests:1/0",
        secret_key="only-for-tests",
        field_keys="",
        signing_keys="",
        base_url="http://localhost",
        secure_cookies=False,
    )
    return create_app(settings, testing=True, features=("parts",))


@pytest.fixture
def own_app(settings: Settings) -> Flask:
    """The same, for a test which changes it."""
    return create_app(settings, testing=True, features=("parts",))


@pytest.fixture
def ringing(redis_url: str) -> Iterator[None]:
    """A Redis to ring for jobs; nobody answers."""
    queue.bind(redis_url)
    yield
    queue.unbind()
