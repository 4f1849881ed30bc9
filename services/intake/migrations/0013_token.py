"""Which tokens there are: of which agency, under whose office, until when."""

import sqlalchemy as sa
from alembic import op

revision = "intake_0013"
down_revision = "intake_0012"


def upgrade() -> None:
    op.create_table(
        "token",
        sa.Column("token", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("region", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("agency", sa.Text, nullable=False),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("valid_until", sa.Date, nullable=False),
        sa.Column("given_by", sa.Text, nullable=False),
        sa.Column("given_on", sa.Date, nullable=False),
        sa.Column("ended_by", sa.Text, nullable=False),
        sa.Column("ended_on", sa.Date),
        sa.Column("reason", sa.Text, nullable=False),
    )
