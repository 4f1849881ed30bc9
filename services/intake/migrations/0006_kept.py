"""Answers of commands are kept for 400 days."""

from shared.migrations import kernel

revision = "intake_0006"
down_revision = "intake_0005"


def upgrade() -> None:
    kernel.install("kept")
