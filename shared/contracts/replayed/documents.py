"""What documents found when a replay certificate was asked for."""

from dataclasses import dataclass

from shared.contracts.replayed import statement

PRODUCER = "documents"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayCompared(statement.ReplayCompared):
    """Everything of documents was replayed and compared for a certificate."""
