"""When the lock of an item was made final, so that nothing is asked of the store twice."""

from alembic import op

revision = "archive_0002"
down_revision = "archive_0001"


def upgrade() -> None:
    op.execute("ALTER TABLE item ADD COLUMN sealed_at timestamptz")
