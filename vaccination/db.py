"""The store's edge: binding, the one place which commits, and the read-only snapshot (ADR 0003)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

SessionFactory: sessionmaker[Session] = sessionmaker(expire_on_commit=False)


def make_engine(url: str, pool_size: int = 5) -> Engine:
    """An engine for SQLite (WAL, foreign keys on, writers queue at BEGIN) or PostgreSQL (psycopg 3)."""
    if make_url(url).get_backend_name() == "sqlite":
        engine = create_engine(
            url,
            connect_args={"timeout": 30, "isolation_level": None},
            pool_size=pool_size,
            hide_parameters=True,  # what a person wrote stays out of exception texts, hence out of logs
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"options": "-c lock_timeout=5000 -c statement_timeout=300000"},
    )


def bind(url: str, pool_size: int = 5) -> Engine:
    """Bind the sessions of this process to a database; call once at each edge."""
    engine = make_engine(url, pool_size)
    SessionFactory.configure(bind=engine)
    return engine


@contextmanager
def transaction() -> Iterator[Session]:
    """The only place which commits: all of the block, or none of it."""
    with SessionFactory.begin() as session:
        yield session


DatabaseTrouble = SQLAlchemyError
"""What goes wrong with the database, for the few who can do without it."""


@contextmanager
def snapshot() -> Iterator[Session]:
    """A consistent, read-only view: every statement of the block sees the same moment."""
    with SessionFactory() as session:
        session.connection(execution_options=_SNAPSHOT[session.get_bind().dialect.name])
        yield session
        session.rollback()


_SNAPSHOT: dict[str, dict[str, Any]] = {
    "postgresql": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
    "sqlite": {"read_only": True},
}


def _prepare_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=30000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    # IMMEDIATE: a transaction that reads first and writes later would else fail with "database is locked".
    read_only = connection.get_execution_options().get("read_only")
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
