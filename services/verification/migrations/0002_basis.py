"""Which figures are settled and which the waiting draft was compiled from.
Version 1 of their events said neither, so no rebuild is needed.
"""

from alembic import op

revision = "verification_0002"
down_revision = "verification_0001"


def upgrade() -> None:
    op.execute(
        "ALTER TABLE endorsement ADD COLUMN digests jsonb NOT NULL DEFAULT '{}', "
        "ADD COLUMN basis jsonb NOT NULL DEFAULT '{}'"
    )
