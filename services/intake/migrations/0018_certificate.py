"""The replay certificates that are open, for which this service answers."""

from alembic import op

from shared.migrations import kernel

revision = "intake_0018"
down_revision = "intake_0017"


def upgrade() -> None:
    op.execute(
        "CREATE TABLE certificate_open (certificate integer PRIMARY KEY, asked_at timestamptz NOT NULL)"
    )
    kernel.keep_past("certificate_open")
