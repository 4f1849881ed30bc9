"""Answers of commands are kept for 400 days."""

from shared.migrations import kernel

revision = "archive_0006"
down_revision = "archive_0005"


def upgrade() -> None:
    kernel.install("kept")
