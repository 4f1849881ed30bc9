"""Every version of every row is kept from here on, so that each page can be shown as it was."""

from shared.migrations import kernel

revision = "documents_0013"
down_revision = "documents_0012"
TABLES = (
    "act",
    "approved",
    "calendar_override",
    "cycle",
    "dispatch",
    "dispatch_item",
    "document",
    "draft",
    "endorsement",
    "printing",
    "step",
)


def upgrade() -> None:
    kernel.install("past")
    kernel.keep_past(*TABLES)
