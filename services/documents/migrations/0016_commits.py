"""Each event says from here on with which commit it came."""

from shared.migrations import kernel

revision = "documents_0016"
down_revision = "documents_0015"


def upgrade() -> None:
    kernel.install("commits")
