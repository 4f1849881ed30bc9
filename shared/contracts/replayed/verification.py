"""What verification found when a replay certificate was asked for."""

from dataclasses import dataclass

from shared.contracts.replayed import statement

PRODUCER = "verification"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayCompared(statement.ReplayCompared):
    """Everything of verification was replayed and compared for a certificate."""
