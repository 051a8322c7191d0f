"""parts of a plan that several planners solve"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    kinds = "queued", "running", "done", "failed"
    status = sa.Enum(*kinds, name="part_status", native_enum=False, create_constraint=True, length=32)
    op.create_table(
        "plan_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_run_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("status", status, nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("problem_file", sa.String(length=200), nullable=False),
        sa.Column("plan_file", sa.String(length=200), nullable=False),
        sa.Column("solve_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_run_id"], ["plan_run.id"], name=op.f("fk_plan_part_plan_run_id_plan_run")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_part")),
        sa.UniqueConstraint(
            "plan_run_id", "attempt", "number", name=op.f("uq_plan_part_plan_run_id_attempt_number")
        ),
    )


def downgrade() -> None:
    op.drop_table("plan_part")
