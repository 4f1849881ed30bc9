"""What the pages of the questions show, and what is packed of an answer.

Every SOP step. Previous hop: `pages.py`, `api.py`. Next hop: `queries.py`, `proof/answers/`, the templates.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.archive import streams
from services.archive.check import differences
from services.archive.log import checkpoints
from services.archive.log.checkpoints import Signed
from services.archive.log.queries import Row
from services.archive.log.regions import Seen, seen_by
from services.archive.proof.answers.verifier_lines import UNREADABLE, Said, Told
from services.archive.proof.answers.verifier_nine import NINE, answered
from services.archive.questions.marks import Figure, figures_of
from services.archive.questions.queries import lines_of
from shared.eventsourcing.past.moment import looks_at
from shared.eventsourcing.sql import Connection
from shared.sop.calendar import seed
from shared.web.acting import Looking

QUESTIONS = "archive.questions"
PRINTED, DENOMINATORS, TAMPERED, DEADLINES = 1, 3, 7, 9
YEARS = range(-1, 4)
"""Years around that of a cycle whose days off are given to an answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with what it rests on. `said` is None where a line says nothing readable."""

    question: int
    said: list[Said] | None
    rows: list[Row]
    given: Mapping[str, Any]
    by_place: Mapping[int, Row] = field(default_factory=dict)

    @property
    def lines(self) -> list[Told]:
        """The lines as the answer reads them."""
        return told(self.rows)


def told(rows: list[Row]) -> list[Told]:
    """Lines of the log as answers read them."""
    return [Told(row["index"], row["event"]) for row in rows]


async def answer(
    conn: Connection, look: Looking, cycle: str, question: int, chosen: Figure | None, signed: Signed | None
) -> Answer:
    """The answer to a question about a cycle, from the lines that whoever looks may see, up to what `signed`
    covers; without it up to now.
    """
    seen = await seen_by(conn, look, QUESTIONS)
    newest = signed or await checkpoints.latest(conn)
    first, region = look.running.settings.region, cycle[:4]
    alone = {
        DENOMINATORS: [streams.rules(region)],
        DEADLINES: [streams.calendar(region, first)],
        TAMPERED: [streams.CERTIFICATES],
    }
    rows = await lines_of(
        conn,
        seen,
        cycle,
        kinds=NINE[question - 1][1],
        streams=alone.get(question, []),
        below=signed.size if signed else None,
    )
    if chosen:
        of_figure = set(streams.around_a_figure(cycle, chosen.case))
        rows = [row for row in rows if row["stream"] in of_figure]
    given = {
        "cycle": cycle,
        "year": int(cycle[5:]),
        "size": newest.size if newest else 0,
        "root": newest.root.hex() if newest else "",
        **({name: getattr(chosen, name) for name in ("case", "service")} if chosen else {}),
        **(days_off(rows, int(cycle[5:])) if question == DEADLINES else {}),
    }
    try:
        said = answered(question, told(rows), given)
    except UNREADABLE:
        said = None
    return Answer(question, said, rows, given, {row["index"]: row for row in rows})


def days_off(rows: list[Row], year: int) -> dict[str, list[str]]:
    """The days of the working calendar around a cycle that are others than their weekday says, as the log
    changed the calendar that Jejak comes with.
    """
    calendar = seed()
    for row in rows:
        if row["type"] == "calendar-changed":
            data = row["event"]["data"]
            calendar = calendar.overridden(date.fromisoformat(data["day"]), data["kind"], data["name"])
    years = {year + other for other in YEARS}
    return {
        "off": sorted(day.isoformat() for day in calendar.holidays if day.year in years),
        "working": sorted(day.isoformat() for day in calendar.working if day.year in years),
    }


async def figures(conn: Connection, look: Looking, cycle: str) -> list[Figure]:
    """The figures of a cycle that may be asked about; of lines that say nothing readable none."""
    rows = await of_figures(conn, await seen_by(conn, look, QUESTIONS), cycle)
    try:
        return figures_of(told(rows))
    except UNREADABLE:
        return []


async def of_figures(conn: Connection, seen: Seen, cycle: str) -> list[Row]:
    """The lines that say figures."""
    return await lines_of(conn, seen, cycle, kinds=("submission", "verification"), streams=(), below=None)


async def differing(conn: Connection, look: Looking) -> int | None:
    """How many differences comparing with the sources and the store finds now; None for who looks back."""
    if looks_at():
        return None
    return len(await differences.listed(conn, await seen_by(conn, look, QUESTIONS)))
