"""Every version of every row is kept from here on, so that each page can be shown as it was."""

from shared.migrations import kernel

revision = "verification_0013"
down_revision = "verification_0012"
TABLES = (
    "act",
    "assignment",
    "calendar_override",
    "cycle",
    "endorsement",
    "expected",
    "revision",
    "round",
    "signed_sheet",
    "step",
    "verification",
)


def upgrade() -> None:
    kernel.install("past")
    kernel.keep_past(*TABLES)
