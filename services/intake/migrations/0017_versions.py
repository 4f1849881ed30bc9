"""The versions of rows are kept more cheaply from here on."""

from shared.migrations import kernel

revision = "intake_0017"
down_revision = "intake_0016"


def upgrade() -> None:
    kernel.install("versions")
