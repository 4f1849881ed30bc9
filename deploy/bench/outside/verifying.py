"""The pages on which Tim SPM works, through the front door: the queue while forty agencies with all services
wait, one of their submissions for the first and one for the second time, the sharing out, and what the rules
find in all of them.
"""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from deploy.bench.figure import Figure, at_most
from deploy.bench.outside import kabupaten
from deploy.bench.outside.browsing import Seen, largest, see
from deploy.bench.outside.installation import Installation
from deploy.bench.outside.line import Line
from deploy.bench.outside.load import sign_in
from deploy.demo.stage import FIRST, PERIOD
from shared.access.session import COOKIE

MOST_MS, FINDINGS_MS = 60, 50


def measure(folder: Path) -> list[Figure]:
    """Medians of some askings one after the other; each figure is held against its goal, and the queue also
    against the queue of a cycle in which nothing waits.
    """
    told = {"JEJAK_PEOPLE": str(kabupaten.write_people(folder / "people.toml"))}
    with Installation.ours(folder / "desk", **told) as installation:
        cycle = kabupaten.begin(installation)
        token = sign_in(installation.address, {"verifier": FIRST.verifier})["verifier"]
        seen = asyncio.run(_pages(installation.port, token, cycle))
    return figures_of(seen)


def figures_of(seen: Mapping[str, Seen]) -> list[Figure]:
    """What was seen, held against its goals."""
    goals = {
        "queue": f"queue of Tim SPM, {kabupaten.HANDED_IN} submissions wait",
        "one": "verification page, 29 services",
        "again": "the same, handed in again with other figures",
        "sharing": f"sharing out among {len(kabupaten.AGENCIES)} submissions",
    }
    findings = seen["findings"]
    beside = Figure(
        "queue while much waits, beside one in which nothing does",
        seen["queue"].median,
        "ms",
        seen["empty"].median,
        better="less",
        note="medians of one run",
    )
    return [
        *(at_most(said, seen[name].median, "ms", MOST_MS, seen[name].note) for name, said in goals.items()),
        at_most("findings page of the region", findings.median, "ms", FINDINGS_MS, findings.note),
        beside,
        largest(seen),
    ]


async def _pages(port: int, token: str, cycle: str) -> Mapping[str, Seen]:
    headers = {"Cookie": f"{COOKIE}={token}", "Accept": "text/html"}
    paths = {
        "queue": f"/verifikasi?siklus={cycle}",
        "empty": "/verifikasi?siklus=3402-2001",
        "one": f"/verifikasi/{cycle}-{kabupaten.AGENCIES[0]}-{PERIOD}",
        "again": f"/verifikasi/{cycle}-{kabupaten.AGAIN}-{PERIOD}",
        "sharing": f"/verifikasi/pembagian?siklus={cycle}",
        "findings": f"/temuan?siklus={cycle}",
    }
    async with Line(port) as line:
        return {name: await see(line, path, headers) for name, path in paths.items()}
