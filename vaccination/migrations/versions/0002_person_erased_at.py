"""when a person was erased"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_person_erased_at", "person", ["erased_at"])


def downgrade() -> None:
    op.drop_index("ix_person_erased_at", "person")
    op.drop_column("person", "erased_at")
