"""Each event says from here on with which commit it came."""

from shared.migrations import kernel

revision = "intake_0019"
down_revision = "intake_0018"


def upgrade() -> None:
    kernel.install("commits")
