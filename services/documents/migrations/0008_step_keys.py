"""Steps are known by their keys."""

from shared.migrations import step_keys

revision = "documents_0008"
down_revision = "documents_0007"


def upgrade() -> None:
    step_keys.rename("step", "document")
    step_keys.rename_in("act", "facts")
    step_keys.tell_sop()
