"""what was scarce in a plan, and what-ifs that confirm it"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_LIVE = sa.text("status IN ('queued', 'running')")


def upgrade() -> None:
    op.create_table(
        "plan_price",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_run_id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("bands", sa.Integer(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("price", sa.Double(), nullable=False),
        sa.Column("near_priority", sa.Integer(), nullable=True),
        sa.Column("near_people", sa.Integer(), nullable=False),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_plan_price_days")),
        sa.CheckConstraint("(product_id IS NULL) = (bands > 0)", name=op.f("ck_plan_price_seat_or_dose")),
        *_foreign_keys("plan_price", "plan_run", "centre", "product"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_price")),
    )
    op.create_index("ix_plan_price_run", "plan_price", ["plan_run_id"])
    op.create_table(
        "plan_what_if",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_run_id", sa.Integer(), nullable=False),
        _enum("kind", "what_if_kind", "seats", "doses"),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("bands", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("price", sa.Double(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=True),
        _enum("status", "what_if_status", "queued", "running", "done", "failed"),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("progress", sa.JSON(), nullable=False),
        sa.Column("planned_before", sa.Integer(), nullable=True),
        sa.Column("planned_after", sa.Integer(), nullable=True),
        sa.Column("score_before", sa.Double(), nullable=True),
        sa.Column("score_after", sa.Double(), nullable=True),
        sa.Column("bound_before", sa.Double(), nullable=True),
        sa.Column("bound_after", sa.Double(), nullable=True),
        sa.Column("failure", sa.String(length=40), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_plan_what_if_amount")),
        sa.CheckConstraint(
            "(kind = 'seats') = (product_id IS NULL)", name=op.f("ck_plan_what_if_seat_or_dose")
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["user.id"], name=op.f("fk_plan_what_if_asked_by_user")),
        *_foreign_keys("plan_what_if", "plan_run", "centre", "product"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_what_if")),
    )
    op.create_index("ix_plan_what_if_run", "plan_what_if", ["plan_run_id"])
    op.create_index(
        "ix_plan_what_if_one_live", "plan_what_if", ["plan_run_id"],
        unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE,
    )  # fmt: skip


def _enum(column: str, name: str, *values: str) -> sa.Column[str]:
    kind = sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)
    return sa.Column(column, kind, nullable=False)


def _foreign_keys(table: str, *targets: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([f"{other}_id"], [f"{other}.id"], name=op.f(f"fk_{table}_{other}_id_{other}"))
        for other in targets
    ]


def downgrade() -> None:
    op.drop_table("plan_what_if")
    op.drop_table("plan_price")
