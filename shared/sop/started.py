"""Steps that have started, as the read models of documents and verification hold them:
found by key or by what they wait for.

Role: asked by queries, so that no page needs to know how an SOP counts its steps. Pure.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from shared.sop.definition import sops

Row = Mapping[str, Any]


def numbered(row: Row) -> dict[str, Any]:
    """The row with the number that the SOP of its cycle shows for the step."""
    return {**row, "number": sops()[row["sop"]].step(row["step"]).number}


def waiting_for(rows: Iterable[Row], part: str) -> dict[str, Any] | None:
    """Of the steps of one cycle the one that waits for `part`, written as in the SOP file;
    None before it has started.
    """
    return next((numbered(row) for row in rows if sops()[row["sop"]].step_of(part).key == row["step"]), None)
