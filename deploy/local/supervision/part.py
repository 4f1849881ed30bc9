"""What every supervised or given part looks like to the supervisor and in the table of `jejak up`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from deploy.local.supervision.child import Child
from deploy.messages import sentence

Kind = Literal["real", "embedded", "existing", "own"]


def nothing() -> None:
    """For a part that needs nothing."""


def always() -> bool:
    """For a part that keeps nothing."""
    return True


@dataclass(slots=True)
class Part:
    """One row of the table: a process of ours (`child`) or a server that was given (`child` is None)."""

    name: str
    title: str
    version: str
    kind: Kind
    guarantee: str  # key of its sentence in deploy.messages
    address: str
    ready: Callable[[], bool]
    child: Child | None = None
    patience: float = 120.0
    variable: str = ""  # the one that gave the address of a server that exists
    restarts: int = field(default=0)
    on_back: Callable[[], None] = nothing  # called when it is ready again after a death
    answers: Callable[[], bool] | None = None  # whether it says anything at all; asked as long as it runs
    hung_after: float = 10.0  # seconds without an answer and without work after which it is started again
    intact: Callable[[], bool] = always  # False when what it keeps has gone from the disk
    # called before it is started again: what it needs is prepared anew where it is missing
    make_ready: Callable[[], None] = nothing

    def row(self) -> dict[str, Any]:
        """The part as a row of the table."""
        return {
            "name": self.name,
            "title": self.title,
            "version": self.version,
            "kind": self.kind,
            "guarantees": sentence(self.guarantee),
            "address": self.address,
            "pid": self.child.pid if self.child else None,
            "running": self.child.alive() if self.child else self.ready(),
        }
