"""The versions of rows are kept more cheaply from here on."""

from shared.migrations import kernel

revision = "verification_0014"
down_revision = "verification_0013"


def upgrade() -> None:
    kernel.install("versions")
