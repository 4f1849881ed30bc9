"""Steps are known by their keys; a line of the timeline says to which part of the SOP it belongs,
and the SOP of its cycle says which step that is.
"""

from alembic import op
from sqlalchemy import text

from shared.migrations import step_keys

revision = "intake_0008"
down_revision = "intake_0007"

PARTS = {
    "first": ("cycle-opened",),
    "intake.submission-received:*": (
        "submission-opened",
        "submission-received",
        "submission-reopened",
        "signed-sheet-attached",
    ),
    "verification.all-submissions-approved": (
        "submission-returned",
        "submission-approved",
        "approval-voided",
    ),
    "verification.report-endorsed": ("endorsement-requested", "report-endorsed", "endorsement-refused"),
    "documents.document-handed-over:sk_tim": ("document-handed-over", "team-decree-issued"),
    "documents.copies-printed:laporan": ("copies-printed",),
    "archive.cycle-archived": ("item-filed", "hard-copy-filed", "cycle-archived"),
}


def upgrade() -> None:
    step_keys.rename("step", "step_part", "reopened_part", "plan", "happening")
    for part, events in PARTS.items():
        op.execute(
            text("UPDATE happening SET step = :part WHERE what = ANY(:events)").bindparams(
                part=part, events=list(events)
            )
        )
    op.execute(
        "UPDATE happening SET step = 'documents.document-drafted:' || (facts->>'document') WHERE what = "
        "'document-drafted'"
    )
    op.execute(
        "UPDATE happening SET step = 'documents.dispatch-sent:' || (facts->>'recipient') WHERE what IN "
        "('dispatch-sent', 'receipt-recorded')"
    )
