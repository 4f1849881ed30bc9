"""Who brought which file: a digest alone opens nothing."""

from shared.migrations import uploads

revision = "documents_0003"
down_revision = "documents_0002"


def upgrade() -> None:
    uploads.install()
