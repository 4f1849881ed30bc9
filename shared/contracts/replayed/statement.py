"""The shape of what a service found when everything of it was replayed and compared.

No values of cells: keys of rows, names of streams and counts, so that it may stand in a certificate.
"""

from dataclasses import dataclass
from typing import Literal

from shared.contracts.fields import Name

Verdict = Literal["identical", "differs", "incomplete"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableReplayed:
    """One read model: rows now, rows made again from the events, and the keys of rows that are not the same
    (at most ten; none: identical).
    """

    table: Name
    live: int
    rebuilt: int
    differing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """An event, a line of the log or a file that is not as it was recorded, and where: the event by source,
    stream and version, all else by its `place`.
    """

    kind: Name
    source: str = ""
    stream: str = ""
    version: int = 0
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayCompared:
    """What a service found for a certificate. `differences`: the first hundred of `differing`.
    `not_compared`: what could not be looked at; empty where everything was. `software`: the version that
    looked.
    """

    certificate: int
    software: Name
    events: int
    tables: tuple[TableReplayed, ...]
    differences: tuple[Differing, ...]
    differing: int
    not_compared: tuple[str, ...]


def verdict(said: ReplayCompared) -> Verdict:
    """`identical`, `differs`, or `incomplete` where nothing differs and not all could be looked at."""
    if said.differing or any(table.differing for table in said.tables):
        return "differs"
    return "incomplete" if said.not_compared else "identical"
