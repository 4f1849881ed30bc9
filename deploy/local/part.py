"""What every supervised or given part looks like to the supervisor and in the table of `jejak up`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from deploy.local.child import Child

Kind = Literal["real", "embedded", "existing", "own"]


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
    patience: float = 60.0
    restarts: int = field(default=0)
