"""An event's identity is its content: digests of what was taken in,
and a place for own events that the broker will not take.
"""

from shared.migrations import kernel

revision = "verification_0003"
down_revision = "verification_0002"


def upgrade() -> None:
    kernel.install("identity")
