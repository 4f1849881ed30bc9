"""A place where working processes say how they are, for the processes that only serve pages."""

from shared.migrations import kernel

revision = "verification_0006"
down_revision = "verification_0005"


def upgrade() -> None:
    kernel.install("workers")
