"""Answers of commands are kept for 400 days."""

from shared.migrations import kernel

revision = "verification_0005"
down_revision = "verification_0004"


def upgrade() -> None:
    kernel.install("kept")
