"""A place where working processes say how they are, for the processes that only serve pages."""

from shared.migrations import kernel

revision = "archive_0007"
down_revision = "archive_0006"


def upgrade() -> None:
    kernel.install("workers")
