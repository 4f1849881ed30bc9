"""Steps are known by their keys."""

from shared.migrations import step_keys

revision = "verification_0007"
down_revision = "verification_0006"


def upgrade() -> None:
    step_keys.rename("step")
    step_keys.tell_sop()
