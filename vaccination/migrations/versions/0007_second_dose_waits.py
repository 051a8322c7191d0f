"""who waits for a second dose after a first that was given here; no share of seats for offers; tied holds

`request` and `appointment` name each other, so on SQLite `request` cannot be made anew: its CHECK is written
into the schema in place, which SQLite's manual allows for constraints (lang_altertable, section 7).
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_OLD = (
    "(booked IS NULL AND status IN ('waiting', 'cancelled'))"
    " OR (booked IS NOT NULL AND booked = 1 AND status IN ('planned', 'completed')"
    " AND schedule_doses IS NOT NULL"
    " AND ((schedule_doses = 1 AND kind = 'course' AND COALESCE(first_dose, 0) = 1 AND second_dose IS NULL)"
    " OR (schedule_doses = 2 AND kind = 'course' AND COALESCE(first_dose, 0) = 1"
    " AND COALESCE(second_dose, 0) = 2)"
    " OR (schedule_doses = 2 AND kind = 'second_dose' AND first_dose IS NULL"
    " AND COALESCE(second_dose, 0) = 2)))"
)
_WAITS = (
    " OR (booked IS NOT NULL AND booked = 1 AND status = 'waiting' AND kind = 'second_dose'"
    " AND schedule_id IS NULL AND schedule_doses IS NULL"
    " AND COALESCE(first_dose, 0) = 1 AND second_dose IS NULL)"
)


def upgrade() -> None:
    _check_of_request(_OLD, _OLD + _WAITS)
    op.execute("ALTER TABLE programme DROP COLUMN direct_share")
    # every hold of before was of one person who chose alone
    op.execute("UPDATE hold SET household_id = NULL WHERE household_id IS NOT NULL")


def downgrade() -> None:
    waits = sa.text("SELECT count(*) FROM request WHERE status = 'waiting' AND booked = 1")
    if op.get_bind().execute(waits).scalar_one():
        raise RuntimeError("people wait for a second dose after one given here: book or complete them first")
    double = "DOUBLE" if op.get_bind().dialect.name == "sqlite" else "DOUBLE PRECISION"
    op.execute(
        f"ALTER TABLE programme ADD COLUMN direct_share {double} DEFAULT 0 NOT NULL"
        " CONSTRAINT ck_programme_direct_share CHECK (direct_share BETWEEN 0 AND 1)"
    )
    _check_of_request(_OLD + _WAITS, _OLD)


def _check_of_request(old: str, new: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        _in_the_schema(f"CHECK ({old})", f"CHECK ({new})")
        return
    op.drop_constraint(op.f("ck_request_whole"), "request", type_="check")
    op.create_check_constraint(op.f("ck_request_whole"), "request", new)


def _in_the_schema(old: str, new: str) -> None:
    connection = op.get_bind()
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    changed = connection.execute(
        sa.text(
            "UPDATE sqlite_master SET sql = replace(sql, :old, :new)"
            " WHERE type = 'table' AND name = 'request' AND instr(sql, :old) > 0"
        ),
        {"old": old, "new": new},
    ).rowcount
    if changed != 1:
        raise RuntimeError("the CHECK of request is not what migration 0001 wrote")
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = OFF")
