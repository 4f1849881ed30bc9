"""A correction is said on every page of its cycle, begins where people look for it, and what was done before
it stays to be seen.

The pages are found by the routes: what is added later is asked too.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from importlib import import_module

from fastapi.routing import RouteContext
from psycopg import AsyncConnection

from services.intake.board.tasks import Task
from shared.service_names import SERVICES
from tests.architecture.test_endpoint_matrix import method
from tests.architecture.test_roles_table import routes
from tests.integration.test_correction import begun, correct
from tests.support.applications import NOW
from tests.support.four_rooms import FourRooms, four_rooms
from tests.support.parts import PostgresPart
from tests.support.player import ROLES, Player, asked, play

MARK, BEGINS = 'class="corrected"', "/laporan/koreksi"
SAID = re.compile("Koreksi 1( selesai)?</span>")
NOT_SAID = {
    "/arsip": "the shelf names at each item what replaced it",
    "/jejak-audit/pertanyaan": "each answer is made of lines, those of a correction among them",
    "/jejak-audit/pertanyaan/{cycle}/angka": "the same",
    "/jejak-audit/beda/{cycle}": "what a correction made other stands among what differs",
}
"""Pages that show something of a cycle and do not say it, and why."""
OFFICES = ("kabag", "tim_spm", "unsur_opd")
LATER = timedelta(days=40)


def pages() -> Iterator[RouteContext]:
    """Every page, of all services, that shows something of one cycle."""
    for service in SERVICES:
        for route in routes(service):
            of_cycle = re.search(r"\{(cycle|case)\}", route.path) or "siklus" in str(
                route.endpoint.__annotations__
            )
            if method(route) == "GET" and not route.path.startswith("/api/") and of_cycle:
                yield route


def path_of(route: RouteContext, player: Player) -> str:
    names = {"cycle": player.cycle, "case": f"{player.cycle}-dinkes-tahunan", "step": "report_draft"}
    names |= {"kind": "laporan", "digest": "e" * 64, "recipient": "gubernur", "item": "laporan"}
    path = re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: names.get(found[1], "1"), route.path)
    return path if "{" in route.path else f"{path}?siklus={player.cycle}"


async def shown(rooms: FourRooms, path: str, roles: Sequence[str] = ROLES) -> list[tuple[str, str]]:
    """The page as everybody sees it who may: role and text."""
    found = [(role, await rooms.page(path, role)) for role in roles]
    return [(role, text) for role, (status, text) in found if status == 200 and "</html>" in text]


async def told(player: Player, roles: Sequence[str]) -> dict[str, bool]:
    """By the path of its route, whether each page says it, to everybody."""
    said = {}
    for route in pages():
        texts = [text for _role, text in await shown(player.rooms, path_of(route, player), roles)]
        if texts:
            said[route.path] = all(text.count(MARK) == 1 and SAID.search(text) for text in texts)
    return said


async def begins(player: Player) -> dict[str, set[str]]:
    """Who finds the way to a correction on the pages where people look."""
    case, cycle = f"{player.cycle}-dinkes-tahunan", player.cycle
    places = (f"/siklus/{cycle}", f"/isian/{case}", f"/pengesahan/{cycle}")
    return {
        place: {role for role, text in await shown(player.rooms, place) if BEGINS in text} for place in places
    }


async def test_every_page_of_the_cycle_says_it(postgres: PostgresPart) -> None:
    async with four_rooms(postgres.fresh_database) as rooms:
        player = await begun(rooms, 1)
        assert await play(player)
        assert MARK not in (await rooms.page(f"/siklus/{player.cycle}", "kabag"))[1]
        assert set(map(frozenset, (await begins(player)).values())) == {frozenset({"kabag"})}
        first, player.day = player.day, player.day + LATER
        rooms.at(NOW + LATER)
        await correct(player)
        running = (await rooms.page(f"/siklus/{player.cycle}", "kabag"))[1]
        assert "Koreksi 1</span>" in running, "not done yet"
        said = await told(player, OFFICES)
        assert {path for path, yes in said.items() if not yes} == NOT_SAID.keys()
        assert len(said) > 15
        kept = await kept_by_verification(rooms)
        await as_upgraded(rooms)
        assert await kept_by_verification(rooms) == kept
        decided = (await rooms.page(f"/dokumen/{player.cycle}/laporan", "kabag"))[1]
        assert f'href="/isian/{player.cycle}-dinkes-tahunan"' in decided, "who is next, with a link"
        assert [(task.role, task.act) for task in await asked(player)] == [("unsur_opd", "correct")]
        assert await play(player, in_time)
        assert all(yes for path, yes in (await told(player, OFFICES[:1])).items() if path not in NOT_SAID), (
            "and afterwards"
        )
        for path in (f"/siklus/{player.cycle}", f"/siklus/{player.cycle}/riwayat"):
            text = (await rooms.page(path, "inspektur"))[1]
            assert text.count("putaran 1") == 6, "each step from the verification on keeps its first days"
            assert "Koreksi 1 selesai" in text
        for page in (running, (await rooms.page(f"/siklus/{player.cycle}", "kabag"))[1]):
            head = page[page.index("batas lapor") : page.index("langkah selesai")]
            assert "dikirim" in head
            assert "lewat" not in head, "what was sent in time stays so"
        assert first != player.day


async def kept_by_verification(rooms: FourRooms) -> object:
    async with rooms.running("verification").pool.connection() as conn:
        row = await (await conn.execute(b"SELECT correction FROM endorsement")).fetchone()
    assert row
    return row[0]


async def as_upgraded(rooms: FourRooms) -> None:
    """What the migration makes of a database of before verification kept the correction."""
    made = import_module("services.verification.migrations.0012_correction")
    async with await AsyncConnection.connect(rooms.databases["verification"].owner) as conn:
        await conn.execute("UPDATE endorsement SET correction = '{}'")
        await conn.execute(made.FILL)


async def in_time(task: Task) -> None:
    """Nobody is asked anything with the days of the round before."""
    assert task.left is None or task.left >= 0, task
