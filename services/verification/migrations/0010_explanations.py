"""What an agency says to what the rules found in a revision; until now nobody was asked."""

from alembic import op

revision = "verification_0010"
down_revision = "verification_0009"


def upgrade() -> None:
    op.execute("ALTER TABLE revision ADD COLUMN explanations jsonb NOT NULL DEFAULT '[]'")
