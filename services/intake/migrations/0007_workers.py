"""A place where working processes say how they are, for the processes that only serve pages."""

from shared.migrations import kernel

revision = "intake_0007"
down_revision = "intake_0006"


def upgrade() -> None:
    kernel.install("workers")
