"""Who brought which file: a digest alone opens nothing."""

from shared.migrations import uploads

revision = "intake_0004"
down_revision = "intake_0003"


def upgrade() -> None:
    uploads.install()
