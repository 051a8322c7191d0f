"""The migrations make exactly the tables that the models describe, on both databases."""

from datetime import timedelta

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Enum, Table, inspect, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests import builders
from tests.architecture.tree import ROOT
from vaccination.db import make_engine, transaction
from vaccination.domain.actor import Role
from vaccination.domain.messages import MessageChannel, MessageKind
from vaccination.domain.serving import Serving
from vaccination.models.accounts import RoleGrant
from vaccination.models.appointments import Appointment
from vaccination.models.every import metadata
from vaccination.models.messages import Message
from vaccination.models.programmes import Programme


def test_there_is_one_head() -> None:
    script = ScriptDirectory.from_config(Config(str(ROOT / "alembic.ini")))
    assert len(script.get_heads()) == 1


def test_models_equal_migrations(database: str) -> None:
    engine = make_engine(database)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_every_check_of_the_models_is_in_the_database(database: str) -> None:
    """The comparison above sees neither CHECKs nor the values of an enum, which are a CHECK as well."""
    engine = make_engine(database)
    for table in metadata.tables.values():
        found = {
            check["name"]: check["sqltext"] for check in inspect(engine).get_check_constraints(table.name)
        }
        assert set(found) == {str(c.name) for c in table.constraints if isinstance(c, CheckConstraint)}
        for name, values in _enums(table).items():
            assert all(f"'{value}'" in found[name] for value in values), name
    engine.dispose()


def test_the_citizens_journey_goes_and_comes_back(database: str) -> None:
    """Downgraded to 0005 and up again, a region keeps what code of before can read."""
    with transaction() as session:
        _region(session)
    _migrate(database, "0005", back=True)
    _migrate(database, "head")
    with transaction() as session:
        programme = session.scalars(select(Programme)).one()
        assert (programme.serving, programme.reminder_days) == (Serving.PLANNED, [7, 2, 1])
        assert [message.kind for message in session.scalars(select(Message))] == [MessageKind.RECEIVED]
        assert list(session.scalars(select(RoleGrant.role))) == [Role.PHONE]
        assert len(session.scalars(select(Appointment)).all()) == 2


def test_what_migration_7_changes_goes_and_comes_back(database: str) -> None:
    """Downgraded to 0006 and up again: the CHECK of requests and the share of seats, each time."""
    with transaction() as session:
        _region(session)
    _migrate(database, "0006", back=True)
    assert ("direct_share" in _columns(database), _lets_wait(database)) == (True, False)
    _migrate(database, "head")
    assert ("direct_share" in _columns(database), _lets_wait(database)) == (False, True)
    engine = make_engine(database)
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    engine.dispose()


def _columns(database: str) -> set[str]:
    engine = make_engine(database)
    found = {column["name"] for column in inspect(engine).get_columns("programme")}
    engine.dispose()
    return found


def _lets_wait(database: str) -> bool:
    """Whether somebody may wait for a second dose after one given here; tried, not read."""
    engine = make_engine(database)
    wait = (
        "UPDATE request SET status = 'waiting', kind = 'second_dose', schedule_id = NULL,"
        " schedule_doses = NULL, second_dose = NULL, first_given_on = '2027-05-03',"
        " first_product_id = (SELECT min(id) FROM product)"
    )
    try:
        with engine.connect() as connection:
            connection.execute(text(wait))
            connection.rollback()
        return True
    except IntegrityError:
        return False
    finally:
        engine.dispose()


def _enums(table: Table) -> dict[str, list[str]]:
    return {
        f"ck_{table.name}_{column.type.name}": column.type.enums
        for column in table.columns
        if isinstance(column.type, Enum)
    }


def _region(session: Session) -> None:
    """A pair that is booked, two messages of which one is of a new kind, a user of an old and a new role."""
    programme, centre = builders.make_programme(session), builders.make_centre(session)
    schedule = builders.make_schedule(session, programme, builders.make_product(session))
    days = builders.TODAY, builders.TODAY + timedelta(28)
    slots = tuple(builders.make_slots(session, centre, day)[0] for day in days)
    request = builders.make_request(session, programme)
    builders.book_pair(session, request, schedule, slots)
    builders.make_user(session, Role.PHONE, Role.PROXY)
    for kind in (MessageKind.RECEIVED, MessageKind.LAPSED):
        session.add(
            Message(
                request_id=request.id, kind=kind, channel=MessageChannel.LETTER, locale="fr",
                dedupe_key=kind.value, next_try_at=builders.NOW, created_at=builders.NOW,
            )
        )  # fmt: skip


def _migrate(database: str, revision: str, *, back: bool = False) -> None:
    config = Config(str(ROOT / "alembic.ini"))
    engine = make_engine(database)
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        (command.downgrade if back else command.upgrade)(config, revision)
    engine.dispose()
