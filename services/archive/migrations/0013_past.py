"""Every version of every row is kept from here on, so that each page can be shown as it was."""

from shared.migrations import kernel

revision = "archive_0013"
down_revision = "archive_0012"
TABLES = (
    "cycle",
    "cycle_file",
    "hard_copy",
    "item",
    "store_probe",
)


def upgrade() -> None:
    kernel.install("past")
    kernel.keep_past(*TABLES, "tree", "leaf_count")
