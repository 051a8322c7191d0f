"""The application on a fresh database of each kind; `plain_app` needs none."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from vaccination.settings import Settings
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


@pytest.fixture
def plain_app(settings: Settings) -> Flask:
    """The shared pages, without a database."""
    return create_app(settings, testing=True, features=("parts",))
