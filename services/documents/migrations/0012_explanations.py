"""What agencies said to the warnings of approved figures; approvals of before said nothing about it."""

from alembic import op

revision = "documents_0012"
down_revision = "documents_0011"


def upgrade() -> None:
    op.execute("ALTER TABLE approved ADD COLUMN explanations jsonb NOT NULL DEFAULT '[]'")
