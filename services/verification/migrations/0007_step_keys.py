"""Steps are known by their keys; an endorsement waits for what the SOP puts before it."""

from alembic import op

from shared.migrations import step_keys

revision = "verification_0007"
down_revision = "verification_0006"


def upgrade() -> None:
    step_keys.rename("step")
    step_keys.tell_sop()
    op.execute("ALTER TABLE endorsement ADD COLUMN held boolean NOT NULL DEFAULT false")
