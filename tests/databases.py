"""Migrated databases, made once and copied for each test that writes."""

import itertools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from alembic import command
from alembic.config import Config

from tests.servers import postgres_url, run_in_postgres
from vaccination.db import make_engine

ROOT = Path(__file__).resolve().parent.parent


def migrate(url: str, revision: str = "head") -> None:
    """Bring the database to a revision, as a deployment does."""
    engine = make_engine(url)
    with engine.connect() as connection:
        command.upgrade(Config(str(ROOT / "alembic.ini"), attributes={"connection": connection}), revision)
    engine.dispose()  # a template must not be in use, a file must be whole without its WAL


@dataclass
class PostgresDatabases:
    """Copies of one migrated database in our own cluster."""

    sockets: str
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        run_in_postgres(self.sockets, "CREATE DATABASE migrated")
        migrate(postgres_url(self.sockets, "migrated"))

    @contextmanager
    def fresh(self, template: str = "migrated") -> Iterator[str]:
        """A database for one test, dropped afterwards whoever is still connected."""
        name = f"t{next(self._numbers)}"
        run_in_postgres(self.sockets, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        try:
            yield postgres_url(self.sockets, name)
        finally:
            run_in_postgres(self.sockets, f"DROP DATABASE {name} WITH (FORCE)")


@dataclass
class SqliteDatabases:
    """Copies of one migrated file."""

    folder: Path
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        migrate(f"sqlite:///{self.folder / 'migrated.sqlite'}")

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """A file for one test."""
        path = self.folder / f"t{next(self._numbers)}.sqlite"
        shutil.copy(self.folder / "migrated.sqlite", path)
        try:
            yield f"sqlite:///{path}"
        finally:
            for leftover in self.folder.glob(f"{path.name}*"):
                leftover.unlink()
