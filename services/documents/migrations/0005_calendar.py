"""The overrides of the working calendar: how late something was is counted in working days here too."""

from alembic import op

revision = "documents_0005"
down_revision = "documents_0004"


def upgrade() -> None:
    op.execute(
        "CREATE TABLE calendar_override (day date PRIMARY KEY, kind text NOT NULL, name text NOT NULL)"
    )
