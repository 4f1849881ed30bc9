"""The latest official correction of a report, beside its endorsement; what was before, from the events."""

from alembic import op

revision = "verification_0012"
down_revision = "verification_0011"

FILL = """UPDATE endorsement SET correction = found.told FROM (
    SELECT DISTINCT ON (stream) stream, jsonb_build_object('correction', data -> 'correction',
        'reason', data -> 'reason', 'by', data -> 'by', 'decided_on', data -> 'occurred_on') AS told
    FROM event WHERE stream LIKE 'endorsement-%' AND type = 'correction-admitted'
    ORDER BY stream, version DESC
) found WHERE found.stream = endorsement.stream"""


def upgrade() -> None:
    op.execute("ALTER TABLE endorsement ADD COLUMN correction jsonb NOT NULL DEFAULT '{}'")
    op.execute(FILL)
