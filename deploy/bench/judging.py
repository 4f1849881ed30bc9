"""The rules over a whole region: how long it takes to ask all of them about every figure, and how long the
list of what they found takes while nothing was written meanwhile, and after one agency wrote.
"""

import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date

import msgspec
from psycopg import AsyncConnection

from deploy.bench.figure import Figure as Measured
from deploy.bench.figure import at_most
from deploy.bench.ground import Ground
from deploy.demo import data
from services.intake.findings.filters import Filters, by_level, chosen
from services.intake.findings.region import Judged, listed
from shared.access.permissions import Viewer
from shared.contracts.values import Figure
from shared.eventsourcing.sql import Connection
from shared.spm.catalogue import current
from shared.spm.meaning.grounds import Grounds, Submitted
from shared.spm.meaning.judging import judged

AGENCIES, PERIODS, ROUNDS = 50, 5, 20
CYCLE, TODAY = "3402-2026", date(2027, 1, 18)
_CYCLE = b"""
    INSERT INTO cycle
        (cycle, version, region, region_name, year, sop, catalogue, report_due, opened_by, opened_on)
    VALUES ('3402-2026', 1, '3402', 'Kabupaten Bantul', 2026, '04/SOP/2022', %s, '2027-03-31', 'bench',
        '2026-08-03')"""
_SUBMISSION = b"""
    INSERT INTO submission (submission, version, cycle, agency, agency_name, period, services, state,
        revision, digest, thresholds, opened_on, reason, notes, last_by, last_at)
    VALUES (%s, 1, %s, %s, %s, 'tahunan', '[]', 'open', 0, '', 0, '2026-09-01', '', '[]', 'bench',
        now())"""
_FIGURE = b"INSERT INTO figure (submission, service, figure, by, at) VALUES (%s, %s, %s, 'bench', now())"


async def measure(ground: Ground) -> list[Measured]:
    """Medians of some rounds, one after the other."""
    figures = {name: _conspicuous(figure) for name, figure in data.figures().items()}
    alone = statistics.median([_judge_all(figures) for _ in range(ROUNDS)])
    database = ground.fresh_database("intake", "bench_judging")
    async with await AsyncConnection.connect(database.owner, autocommit=True) as conn:
        await _fill(conn, figures)
        kept: Judged = {}
        found = await listed(conn, _everybody(), CYCLE, TODAY, kept)

        async def after_a_write() -> None:
            await conn.execute("UPDATE submission SET version = version + 1 WHERE agency = 'opd07'")

        first = await _timed(conn, lambda: _forget(kept), kept)
        again = await _timed(conn, _nothing, kept)
        written = await _timed(conn, after_a_write, kept)
    figures_many = f"{AGENCIES} agencies × {len(figures)} services"
    note = f"{len(found):,} findings; store and rules, without the page's template"
    return [
        at_most(f"rules over {figures_many} × {PERIODS} periods", alone, "ms", 1000, "all rules, in memory"),
        at_most(f"findings list, nothing written, among {len(found):,}", again, "ms", 50, note),
        at_most(f"findings list after a write, among {len(found):,}", written, "ms", 50, note),
        at_most(f"findings list in a new process, among {len(found):,}", first, "ms", 1000, note),
    ]


def _conspicuous(figure: Figure) -> Figure:
    """A figure that many rules have something to say about."""
    return replace(
        figure, answer="filled", served=90, entitled=100, budget=None, realised=None, quality={}, reason=""
    )


def _grounds(figures: dict[str, Figure]) -> Grounds:
    before = {name: replace(figure, served=10, entitled=300) for name, figure in figures.items()}
    return Grounds(last_year=before, populations=dict.fromkeys(figures, 500))


def _judge_all(figures: dict[str, Figure]) -> float:
    submitted, grounds = Submitted(current(), figures), _grounds(figures)
    begun = time.perf_counter()
    for _ in range(AGENCIES * PERIODS):
        judged(submitted, grounds)
    return (time.perf_counter() - begun) * 1000


async def _fill(conn: Connection, figures: dict[str, Figure]) -> None:
    await conn.execute(_CYCLE, [current().version])
    last_year = _grounds(figures).last_year
    async with conn.cursor() as cursor:
        for cycle, of_year in ((CYCLE, figures), ("3402-2025", last_year)):
            for number in range(AGENCIES):
                agency = f"opd{number:02}"
                name = f"submission-{cycle}-{agency}-tahunan"
                await cursor.execute(_SUBMISSION, [name, cycle, agency, f"Dinas {number}"])
                rows = [
                    (name, service, msgspec.json.encode(figure).decode())
                    for service, figure in of_year.items()
                ]
                await cursor.executemany(_FIGURE, rows)
        populations = [(service, 500) for service in figures]
        await cursor.executemany(
            b"INSERT INTO population VALUES ('3402', %s, 2026, %s, '2026-06-30', 'bench', 'bench', now())",
            populations,
        )


async def _timed(conn: Connection, before: Callable[[], Awaitable[None]], kept: Judged) -> float:
    """A page of the list as somebody filters it (ms)."""
    took = list[float]()
    for _ in range(ROUNDS):
        await before()
        begun = time.perf_counter()
        rows = await listed(conn, _everybody(), CYCLE, TODAY, kept)
        shown = chosen(rows, Filters(level="warn"), current())
        by_level(rows)
        took.append((time.perf_counter() - begun) * 1000)
        if not shown:
            raise RuntimeError("nothing was found")
    return statistics.median(took)


async def _forget(kept: Judged) -> None:
    kept.clear()


async def _nothing() -> None:
    return None


def _everybody() -> Viewer:
    return Viewer(person="bench", name="", region="3402", agency="", agency_name="", offices=(), reach=None)
