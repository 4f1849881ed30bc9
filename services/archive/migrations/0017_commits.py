"""Each event says from here on with which commit it came."""

from shared.migrations import kernel

revision = "archive_0017"
down_revision = "archive_0016"


def upgrade() -> None:
    kernel.install("commits")
