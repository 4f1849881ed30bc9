"""How often a step was done: each time with its days, also those of before it was open again.

SOP steps 8 to 13. Previous hop: `board/queries.py`, with what the timeline keeps of a step. Next hop:
`board/board.py`; the bars of `board/chart.py`. Pure. What was done once stays as it was, whatever follows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from services.intake.queries import Row

ACTS = ("step-started", "step-reopened", "due-date-revised", "step-completed")


@dataclass(frozen=True, slots=True)
class Round:
    """From the day on which it was the step's turn to the day on which it was done; None: not yet, or not
    known.
    """

    started_on: date
    due_on: date | None = None
    completed_on: date | None = None

    def ended_late(self) -> bool:
        return bool(self.due_on and self.completed_on and self.completed_on > self.due_on)


def rounds(rows: Iterable[Row]) -> Mapping[str, tuple[Round, ...]]:
    """For each step its rounds, the present one last, from the rows of ACTS in any order."""
    found: dict[str, tuple[Round, ...]] = {}
    for row in sorted(rows, key=lambda row: int(row["version"])):
        found[row["step"]] = _after(found.get(row["step"], ()), row)
    return found


def _after(known: tuple[Round, ...], row: Row) -> tuple[Round, ...]:
    running = known[-1] if known and known[-1].completed_on is None else None
    match row["what"]:
        case "step-started":
            begun = Round(row["occurred_on"], _due_of(row))
            return (*known[:-1], begun) if running else (*known, begun)
        case "step-reopened":
            return known if running or not known else (*known, Round(row["occurred_on"]))
        case "step-completed" if running:
            return (*known[:-1], replace(running, completed_on=row["occurred_on"]))
        case "due-date-revised" if running:
            return (*known[:-1], replace(running, due_on=_due_of(row)))
        case _:
            return known


def _due_of(row: Row) -> date:
    return date.fromisoformat(row["facts"]["due"])
