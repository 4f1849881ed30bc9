"""An event's identity is its content: digests of what was taken in,
and a place for own events that the broker will not take.
"""

from shared.migrations import kernel

revision = "documents_0002"
down_revision = "documents_0001"


def upgrade() -> None:
    kernel.install("identity")
