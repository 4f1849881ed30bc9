"""What a region sets about the rules of figures, until now the proposals held, and they are version 0; who
looks after what the rules find, and how it ended.
"""

import sqlalchemy as sa
from alembic import op

revision = "intake_0015"
down_revision = "intake_0014"


def upgrade() -> None:
    op.add_column("submission", sa.Column("thresholds", sa.Integer, nullable=False, server_default="0"))
    op.alter_column("submission", "thresholds", server_default=None)
    said = ("source", "by")
    op.create_table(
        "threshold",
        sa.Column("region", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("threshold", sa.Text, nullable=False),
        sa.Column("limit", sa.Integer, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in said),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "population",
        sa.Column("region", sa.Text, primary_key=True),
        sa.Column("service", sa.Text, primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True),
        sa.Column("population", sa.BigInteger, nullable=False),
        sa.Column("counted_on", sa.Date, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in said),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "finding_act",
        sa.Column("submission", sa.Text, primary_key=True),
        sa.Column("finding", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text) for name in ("assignee", "text", "resolved_by")),
    )
