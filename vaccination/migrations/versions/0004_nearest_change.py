"""the nearest change that would have helped who was left out"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # runs of before looked for no change: the defaults say so, and code of before writes neither column
    with op.batch_alter_table("unplanned") as table:
        table.add_column(sa.Column("change", sa.String(length=40), nullable=False, server_default=""))
        table.add_column(sa.Column("amount", sa.Double(), nullable=False, server_default="0"))


def downgrade() -> None:
    with op.batch_alter_table("unplanned") as table:
        table.drop_column("amount")
        table.drop_column("change")
