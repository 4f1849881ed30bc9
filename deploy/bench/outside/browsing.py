"""Pages and lists of a large kabupaten after many years, through the front door: the board of fifty agencies
with all services, a list among tens of thousands of cases, the audit trail and its search among a million
lines.
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.bench.figure import Figure, at_most, percentile
from deploy.bench.outside import kabupaten, multiplied
from deploy.bench.outside.installation import Installation
from deploy.bench.outside.line import Line
from deploy.bench.outside.load import sign_in
from deploy.demo.stage import INSPEKTUR, KABAG
from shared.access.session import COOKIE

WARM_UP, TIMES, LARGEST_KB = 5, 40, 120
SEARCHES: Mapping[str, str] = {
    "a word on most lines": "cari=ibu",
    "a beginning of words": "cari=kese",
    "a name": "cari=Petugas+opd07",
    "two words": "cari=dinas+2026",
    "a number on one line": "cari=791900",
    "a word on no line": "cari=antartika",
    "who did it": "oleh=Petugas+opd07",
    "who did it, of fifty": "oleh=Petugas",
    "an agency": "opd=opd07",
    "a figure": "nilai=791.900,00",
    "a kind": "jenis=submission-received",
    "what Jejak did": "pelaku=system",
    "a kind that no program did": "jenis=figure-entered&pelaku=program",
    "a month long ago": "sejak=1+Mar+2019&hingga=31+Mar+2019",
    "all years": "sejak=1+Jan+2018",
    "all fields": "cari=ibu&oleh=Petugas+opd07&opd=opd07&pelaku=person&jenis=figure-entered&sejak=1+Jan+2020",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """How long answers took (ms), and how large they were."""

    took_ms: tuple[float, ...]
    size: int

    @property
    def median(self) -> float:
        return percentile(self.took_ms, 0.5)

    @property
    def note(self) -> str:
        return f"95th percentile {percentile(self.took_ms, 0.95):.0f} ms, {self.size / 1000:.0f} kB"


def largest(seen: Mapping[str, Seen]) -> Figure:
    """The largest of some pages as it goes over the line, compressed."""
    path = max(seen, key=lambda one: seen[one].size)
    return at_most("largest page, compressed", seen[path].size / 1000, "kB", LARGEST_KB, path)


class NotSeen(Exception):
    """A page was not given; the text says how."""


def measure(folder: Path) -> list[Figure]:
    """Medians of some askings one after the other."""
    people = kabupaten.write_people(folder / "people.toml")
    told = {
        "JEJAK_PEOPLE": str(people),
        "JEJAK_COMPARE_EVENTS": "1",
    }  # what is compared would be found to differ
    with Installation.ours(folder / "large", **told) as installation:
        cycle = kabupaten.begin(installation)
        multiplied.cases(installation.owner("intake"), cycle)
        multiplied.lines(installation.owner("archive"))
        tokens = sign_in(installation.address, {"kabag": KABAG, "inspektur": INSPEKTUR})
        return asyncio.run(_pages(installation.port, tokens, cycle))


async def _pages(port: int, tokens: Mapping[str, str], cycle: str) -> list[Figure]:
    kabag, inspektur = ({"Cookie": f"{COOKIE}={token}", "Accept": "text/html"} for token in tokens.values())
    program = {"Authorization": f"Bearer {tokens['kabag']}"}
    async with Line(port) as line:
        board = await see(line, "/", kabag)
        reached = await see(line, f"/siklus/{cycle}/capaian", kabag)
        sheets = await see(line, "/isian", kabag)
        listed = await see(line, f"/api/intake/cycles/{multiplied.A_CYCLE}/submissions?limit=50", program)
        trail = await see(line, "/jejak-audit", inspektur)
        found = {what: await see(line, f"/jejak-audit?{said}", inspektur) for what, said in SEARCHES.items()}
    slowest = max(found, key=lambda what: found[what].median)
    each = ", ".join(f"{what} {seen.median:.0f}" for what, seen in found.items())
    cases, lines = f"among {multiplied.CASES:,} cases", f"among {multiplied.LINES:,} lines"
    agencies = f"{len(kabupaten.AGENCIES)} agencies × 29 services"
    return [
        at_most(f"board of {agencies}", board.median, "ms", 60, board.note),
        at_most(f"what {agencies} reached", reached.median, "ms", 60, reached.note),
        at_most(f"list of submissions, page, {cases}", sheets.median, "ms", 50, sheets.note),
        at_most(f"list of submissions, 50 as JSON, {cases}", listed.median, "ms", 50, listed.note),
        at_most(f"audit page {lines}", trail.median, "ms", 50, trail.note),
        at_most(f"audit search {lines}, the slowest", found[slowest].median, "ms", 300, f"{slowest}; {each}"),
        largest({"board": board, "reached": reached, "list": sheets, "audit page": trail, **found}),
    ]


async def see(line: Line, path: str, headers: Mapping[str, str]) -> Seen:
    """Asks again and again, as a browser does; what the first askings bring into memory stays there."""
    took, size = list[float](), 0
    for _ in range(WARM_UP + TIMES):
        begun = time.perf_counter()
        status, body = await line.ask("GET", path, {**headers, "Accept-Encoding": "gzip"})
        took.append((time.perf_counter() - begun) * 1000)
        size = len(body)
        if status != 200:
            raise NotSeen(f"{path}: {status} {body[:300].decode(errors='replace')}")
    return Seen(tuple(took[WARM_UP:]), size)
