"""Each event says from here on with which commit it came."""

from shared.migrations import kernel

revision = "verification_0016"
down_revision = "verification_0015"


def upgrade() -> None:
    kernel.install("commits")
