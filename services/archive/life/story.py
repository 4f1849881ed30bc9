"""What belongs to the life of a figure, and what each event of it changed: lines of the log in, chapters out.

SOP steps 7 to 13. Previous hop: `queries.py`, with the lines of its streams. Next hop: `pages.py`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from services.archive.proof.answers.verifier_figures import APPROVED, final_report
from services.archive.proof.answers.verifier_lines import Told

Row = Mapping[str, Any]
Figure = dict[str, Any]
Cell = tuple[str, str]
"""What a cell is called, and how its value reads."""
NO_CELL: Cell = ("", "")

ENTERED, SYSTEM = "figure-entered", "system"
OF_THE_REPORT = frozenset({
    "document-drafted", "endorsement-requested", "report-endorsed", "endorsement-refused",
    "endorsement-withdrawn", "copies-printed", "dispatch-sent", "dispatch-corrected", "receipt-recorded",
    "correction-decided", "correction-admitted", "item-filed", "cycle-archived",
})  # fmt: skip
"""What happens to the report in which the figure stands; its own streams say all else."""


class Changed(NamedTuple):
    """One cell of the figure that reads otherwise; empty: it was, or is, blank."""

    cell: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """One event: its line; of a figure that was entered also the one before (empty: the first)."""

    row: Row
    before: Figure | None = None

    @property
    def by_a_person(self) -> bool:
        """Whether somebody did it; else it followed from what somebody did."""
        return bool(self.row["event"]["metadata"]["actor"]["role"] != SYSTEM)

    @property
    def figure(self) -> Figure:
        """The figure as it was entered."""
        found: Figure = self.row["event"]["data"]["figure"]
        return found


def told(rows: Iterable[Row], service: str) -> list[Chapter]:
    """The life of one service in the order of the log; what is only about others is left out."""
    chapters, before = list[Chapter](), Figure()
    for row in rows:
        if not concerns(row["stream"], row["type"], row["event"]["data"], service):
            continue
        if row["type"] != ENTERED:
            chapters.append(Chapter(row))
            continue
        chapters.append(Chapter(row, before))
        before = chapters[-1].figure
    return chapters


def concerns(stream: str, kind: str, data: Mapping[str, Any], service: str) -> bool:
    """Whether an event speaks of this service, or of all of its submission, or of the report it stands in."""
    if not stream.startswith(("submission-", "verification-", "finding-")):
        return kind in OF_THE_REPORT
    if "service" in data:
        return bool(data["service"] == service)
    evidence = data.get("evidence")
    services = evidence.get("services") if isinstance(evidence, Mapping) else data.get("services")
    return service in services if isinstance(services, list) and services else True


def changed(before: Mapping[str, Cell], after: Mapping[str, Cell]) -> list[Changed]:
    """The cells that are others than before, by their names in the log; what has no value is left out of
    either side, so that a zero is told from a blank.
    """
    found = list[Changed]()
    for name in dict.fromkeys([*after, *before]):
        old, new = before.get(name, NO_CELL), after.get(name, NO_CELL)
        if old != new:
            found.append(Changed(new[0] or old[0], old[1], new[1]))
    return found


class Printed(NamedTuple):
    """The figure as the final report has it: what it said, the digest of the report, its revision."""

    figure: Figure
    digest: str
    revision: int


def printed(rows: Iterable[Row], case: str, service: str) -> Printed | None:
    """The figure in the report that was settled last; None where there is none, or it says nothing of it, or
    who looks may not see it.
    """
    lines = [Told(row["index"], row["event"]) for row in rows]
    settled, basis = final_report(lines)
    for line in reversed(lines):
        of_it = line.kind == APPROVED and line.data["digest"] == basis.get(f"submission-{case}")
        if settled and of_it and service in line.data["figures"]:
            return Printed(line.data["figures"][service], settled.data["digest"], line.data["revision"])
    return None


def evidence_of(row: Row) -> str:
    """Where the evidence that an event attached is opened as it was then; empty for other events."""
    if row["type"] != "evidence-attached":
        return ""
    case, digest = row["stream"].partition("-")[2], row["event"]["data"]["evidence"]["file"]["digest"]
    return f"/isian/{case}/bukti/{digest}?pada={row['source']}:{row['stream']}@{row['version']}"


def latest(chapters: Sequence[Chapter]) -> Figure:
    """The figure as it stands after all of it; empty where none was entered."""
    return next((one.figure for one in reversed(chapters) if one.before is not None), {})
