"""Looking back: what a sheet costs as it was, beside what it costs as it is, among more and more versions."""

import statistics
import time
from collections.abc import Mapping
from datetime import UTC, datetime

import psycopg
from sqlalchemy import select

from deploy.bench.figure import Figure, at_most
from deploy.bench.ground import Ground
from services.intake.tables import figure
from shared.eventsourcing.past.moment import Moment, look_back, present
from shared.eventsourcing.sql import Connection, fetch, open_pool

ONE_SHEET = select(figure).where(figure.c.submission == "submission-3402-2026-a1-tahunan")
SIZES: Mapping[int, int] = {10_000: 10, 100_000: 100, 1_000_000: 1_000}
"""Versions in all, and of how many sheets: the sheet itself is the same at each size."""
CELLS, VERSIONS, ROUNDS = 20, 50, 60
MADE = "'{}'::jsonb, 'sri', now()"
_FILL = f"""
    WITH cell AS (SELECT 'submission-3402-2026-a' || s || '-tahunan' AS submission, 'kes.a' || c AS service,
        s, v FROM generate_series(1, %(sheets)s) s, generate_series(1, {CELLS}) c,
        generate_series(1, {VERSIONS}) v)
    INSERT INTO was.figure (submission, service, figure, by, at, from_position, to_position)
    SELECT submission, service, {MADE}, v * %(sheets)s + s,
        CASE WHEN v = {VERSIONS} THEN 9223372036854775807 ELSE (v + 1) * %(sheets)s + s END FROM cell"""  # noqa: S608  numbers of ours
_LIVE = f"""
    INSERT INTO figure SELECT submission, service, figure, by, at FROM was.figure
    WHERE to_position = 9223372036854775807 AND from_position > {VERSIONS}"""  # noqa: S608  numbers of ours


async def measure(ground: Ground) -> list[Figure]:
    """A sheet at an early, a middle and its newest version, the slowest of these, and as it is now."""
    found = []
    for size, sheets in SIZES.items():
        database = ground.fresh_database("intake", f"bench_past_{size}")
        with psycopg.connect(database.owner, autocommit=True) as owner:
            owner.execute(b"ALTER TABLE figure DISABLE TRIGGER keep_past")
            owner.execute(_FILL.encode(), {"sheets": sheets})
            owner.execute(_LIVE.encode())
            owner.execute(b"VACUUM ANALYZE figure, was.figure")
        pool = open_pool(database.app, size=1)
        await pool.open()
        async with pool.connection() as conn:
            now = await _median_ms(conn, None)
            moments = [version * sheets + sheets for version in (1, VERSIONS // 2, VERSIONS)]
            then = max([await _median_ms(conn, moment) for moment in moments])
        await pool.close()
        note = f"as it is {now:.2f} ms; {CELLS} cells of {VERSIONS} versions each"
        found.append(at_most(f"a sheet as it was, of {size:,} versions", then, "ms", 50, note))
    return found


async def _median_ms(conn: Connection, position: int | None) -> float:
    """How long a sheet takes to read, as it was at a position or as it is. RuntimeError if a cell lacks."""
    took = []
    for _ in range(ROUNDS):
        with present():
            if position is not None:
                look_back(Moment(position, datetime.now(UTC)))
            begun = time.perf_counter()
            rows = await fetch(conn, ONE_SHEET)
            took.append((time.perf_counter() - begun) * 1000)
        if len(rows) != CELLS:
            raise RuntimeError(f"{len(rows)} cells at {position}")
    return statistics.median(took)
