"""The versions of rows are kept more cheaply from here on."""

from shared.migrations import kernel

revision = "archive_0014"
down_revision = "archive_0013"


def upgrade() -> None:
    kernel.install("versions")
