"""Every version of every row is kept from here on, so that each page can be shown as it was."""

from shared.migrations import kernel

revision = "intake_0016"
down_revision = "intake_0015"
TABLES = (
    "account",
    "agency",
    "assignment",
    "calendar_change",
    "cycle",
    "evidence",
    "explanation",
    "figure",
    "finding_act",
    "happening",
    "login",
    "office",
    "person",
    "person_told",
    "plan",
    "population",
    "reopened_part",
    "signed_sheet",
    "step",
    "step_part",
    "submission",
    "threshold",
    "token",
    "verdict",
)


def upgrade() -> None:
    kernel.install("past")
    kernel.keep_past(*TABLES)
