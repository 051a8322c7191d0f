"""Runs migrations on the database that DATABASE_URL names (or on a connection handed in by a test)."""

import os

from alembic import context
from sqlalchemy import Connection, text

from vaccination.db import make_engine
from vaccination.models.every import metadata

_LOCK = 0x76_61_78  # advisory lock: two machines that start at once migrate one after the other


def _migrate(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET lock_timeout = '5s'"))
        connection.execute(text("SET statement_timeout = '15min'"))
        connection.execute(text(f"SELECT pg_advisory_lock({_LOCK})"))
        connection.commit()
    context.configure(connection=connection, target_metadata=metadata, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_unlock({_LOCK})"))
        connection.commit()


def _run() -> None:
    given = context.config.attributes.get("connection")
    if given is not None:
        _migrate(given)
        return
    url = context.config.get_main_option("sqlalchemy.url") or os.environ.get("DATABASE_URL", "")
    if not url:
        raise SystemExit("DATABASE_URL is missing: name the database to migrate")
    with make_engine(url).connect() as connection:
        _migrate(connection)


_run()
