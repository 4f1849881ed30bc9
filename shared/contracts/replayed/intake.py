"""What intake found when a replay certificate was asked for."""

from dataclasses import dataclass

from shared.contracts.replayed import statement

PRODUCER = "intake"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayCompared(statement.ReplayCompared):
    """Everything of intake was replayed and compared for a certificate."""
