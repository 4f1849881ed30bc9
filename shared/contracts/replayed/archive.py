"""What archive found when a replay certificate was asked for."""

from dataclasses import dataclass

from shared.contracts.replayed import statement

PRODUCER = "archive"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayCompared(statement.ReplayCompared):
    """Everything of archive was replayed and compared for a certificate."""
