"""The official correction that a cycle's file waits for; until now there was none."""

from alembic import op

revision = "archive_0011"
down_revision = "archive_0010"


def upgrade() -> None:
    op.execute("ALTER TABLE cycle_file ADD COLUMN correction integer NOT NULL DEFAULT 0")
