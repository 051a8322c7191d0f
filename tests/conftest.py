"""What every folder of tests may ask for: databases of both kinds, a real Redis, settings that fail by name.

`session`   a session on a migrated SQLite and then on a migrated PostgreSQL, rolled back after the test
`database`  the address of a fresh database of each kind, to which `vaccination.db` is bound: commits are real
`postgres_url`, `sqlite_url`   a fresh database of one kind, bound in the same way (races, plans, journeys)
`redis_url`   a real Redis, emptied before each test
`browser`     a running Chromium (tests/journeys has pages that watch what they ask for)
`settings`    Settings whose addresses lead nowhere but to what the test asked for
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import Browser, Playwright, sync_playwright
from redis import Redis
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests import servers
from tests.browser import launch
from tests.builders import TODAY
from tests.databases import PostgresDatabases, SqliteDatabases
from vaccination import db
from vaccination.security.fields import KeyRing, generate_keys, use_keys
from vaccination.security.signing_keys import generate_signing_keys
from vaccination.settings import Settings
from web.catalogues import compile_catalogues

BACKENDS = ("sqlite", "postgresql")
# A test's time says more about the neighbours of a small machine than about the code.
hypothesis_settings.register_profile("shared_machine", deadline=None)
hypothesis_settings.load_profile("shared_machine")
FIELD_KEYS = generate_keys()
LONG = ("journeys/test_every_page", "tests/journeys", "tests/chaos", "tests/embedded", "tests/jobs")
# Valid on the builders' days and, for journeys, on the day on which the tests run.
SIGNING_KEYS = generate_signing_keys(min(TODAY, datetime.now(UTC).date()))


def pytest_configure(config: pytest.Config) -> None:
    """Pages under test speak the catalogues as they are now."""
    compile_catalogues()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with few long tests first: begun last, one process would walk them while the other is idle."""
    items.sort(key=lambda item: next((i for i, path in enumerate(LONG) if path in item.nodeid), len(LONG)))


@pytest.fixture(autouse=True)
def field_keys() -> Iterator[str]:
    """Every test may write and read personal fields; a test of the keys themselves binds its own."""
    use_keys(KeyRing.from_text(FIELD_KEYS))
    yield FIELD_KEYS
    use_keys(None)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Poisoned: whoever forgets to ask for a database, a Redis or a mail server fails by name."""
    return Settings(
        database_url="sqlite:////not-in-tests/region.sqlite",
        redis_url="redis://not-in-tests:1/0",
        secret_key="only-for-tests",
        field_keys=FIELD_KEYS,
        signing_keys=SIGNING_KEYS,
        base_url="http://localhost",
        files_dir=tmp_path / "files",
        mail_url="",
        planner_seconds=20,
        planner_workers=1,
        secure_cookies=False,
    )


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The socket folder of our PostgreSQL."""
    with servers.postgres() as sockets:
        yield sockets


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """The address of our Redis."""
    with servers.redis_server() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_databases(postgres_server: str) -> PostgresDatabases:
    return PostgresDatabases(postgres_server)


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    return SqliteDatabases(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """A real Redis with nothing in it."""
    with Redis.from_url(redis_server) as client:
        client.flushall()
    return redis_server


@pytest.fixture
def postgres_url(postgres_databases: PostgresDatabases) -> Iterator[str]:
    """A fresh, migrated PostgreSQL database; `vaccination.db` is bound to it."""
    with postgres_databases.fresh() as url, _bound(url):
        yield url


@pytest.fixture
def sqlite_url(sqlite_databases: SqliteDatabases) -> Iterator[str]:
    """A fresh, migrated SQLite database; `vaccination.db` is bound to it."""
    with sqlite_databases.fresh() as url, _bound(url):
        yield url


@pytest.fixture(params=BACKENDS)
def database(request: pytest.FixtureRequest) -> str:
    """The address of a fresh, migrated, bound database of each kind in turn."""
    return str(request.getfixturevalue("postgres_url" if request.param == "postgresql" else "sqlite_url"))


@pytest.fixture(params=BACKENDS)
def session(request: pytest.FixtureRequest) -> Iterator[Session]:
    """A session on each kind of database, rolled back; `db` is not bound to it."""
    engine: Engine = request.getfixturevalue(f"{request.param}_engine")
    with Session(engine, expire_on_commit=False) as session:
        yield session
        session.rollback()


@pytest.fixture(scope="session")
def postgresql_engine(postgres_databases: PostgresDatabases) -> Iterator[Engine]:
    with postgres_databases.fresh() as url, _engine(url) as engine:
        yield engine


@pytest.fixture(scope="session")
def sqlite_engine(sqlite_databases: SqliteDatabases) -> Iterator[Engine]:
    with sqlite_databases.fresh() as url, _engine(url) as engine:
        yield engine


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Chromium's driver; a second one in the same process would not start."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A running Chromium; open a context of your own in it."""
    browser = launch(playwright)
    yield browser
    browser.close()


@contextmanager
def _engine(url: str, make: Callable[..., Engine] = db.make_engine) -> Iterator[Engine]:
    engine = make(url)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _bound(url: str) -> Iterator[None]:
    """Bind this process, with room for a test's threads; unbind after, so that the next test must ask."""
    with _engine(url, lambda address: db.bind(address, pool_size=20)):
        yield
    db.SessionFactory.configure(bind=None)
