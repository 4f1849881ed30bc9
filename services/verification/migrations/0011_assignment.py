"""Who of Tim SPM looks after a submission; until now nobody was named."""

import sqlalchemy as sa
from alembic import op

revision = "verification_0011"
down_revision = "verification_0010"


def upgrade() -> None:
    op.create_table(
        "assignment",
        sa.Column("submission", sa.Text, primary_key=True),
        sa.Column("cycle", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("assignee", "by")),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.execute("CREATE INDEX ix_assignment_cycle ON assignment (cycle)")
