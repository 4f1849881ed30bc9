"""A revised SOP is a new file: a cycle under it is played to its end beside one under 04/SOP/2022,
each by its own steps.

The other SOP has a plain step more (a review by APIP) and prints and sends in one step.
No program file knows it.
"""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.eventsourcing.commands.decider import Refused
from shared.sop.definition import sops
from shared.sop.steps import Sop
from tests.support.four_rooms import FourRooms, four_rooms
from tests.support.parts import PostgresPart
from tests.support.player import Player, act, asked
from tests.support.steps import KEY, revised_sop
from tests.unit.one_recipient_more import one_recipient_more


@pytest.fixture(autouse=True)
def revised() -> Iterator[Sop]:
    with revised_sop() as sop:
        yield sop


async def test_two_cycles_under_two_sops_run_side_by_side_to_their_ends(
    postgres: PostgresPart, revised: Sop
) -> None:
    async with four_rooms(postgres.fresh_database) as rooms:
        now = Player(rooms, random.Random(3), troubles=1, year=2025)
        then = Player(rooms, random.Random(4), troubles=2, files=5_000, year=2026, sop=revised.version)
        await now.register()
        for player in (now, then):
            await player.open()
        open_ones = [now, then]
        while open_ones:
            for player in list(open_ones):
                if await player.board() is None:
                    open_ones.remove(player)
                else:
                    await act(player)
        for player in (now, then):
            sop = sops()[player.sop]
            assert await completed(rooms, player.cycle) == [one.key for one in sop.steps]
        assert await printed_and_sent_in_one(rooms, then.cycle) == {"laporan", "gubernur", "kemendagri"}


async def test_a_cycle_ends_without_a_recipient_that_only_the_file_of_kinds_names(
    postgres: PostgresPart, revised: Sop, tmp_path: Path
) -> None:
    with one_recipient_more(tmp_path):
        async with four_rooms(postgres.fresh_database) as rooms:
            player = Player(rooms, random.Random(5), troubles=1, sop=revised.version)
            await player.register()
            await player.open()
            while await player.board() is not None:
                for page in ("pengiriman", "dokumen", "arsip"):
                    status, text = await rooms.page(f"/{page}?siklus={player.cycle}", "inspektur")
                    assert (status, "dprd" in text.lower()) == (200, False)
                await act(player)
            assert await completed(rooms, player.cycle) == [one.key for one in revised.steps]
            async with rooms.running("documents").pool.connection() as conn:
                said = await conn.execute(b"SELECT DISTINCT stream FROM event WHERE stream LIKE 'dispatch-%'")
                found = {stream.rpartition("-")[2] for (stream,) in await said.fetchall()}
            assert found == {"gubernur", "kemendagri"}


async def completed(rooms: FourRooms, cycle: str) -> list[str]:
    """The steps of a cycle that are done, in the order in which the board shows them,
    each on its page with its number.
    """
    status, text = await rooms.page(f"/siklus/{cycle}", "kabag")
    assert status == 200
    async with rooms.running("intake").pool.connection() as conn:
        found = await conn.execute(
            b"SELECT step FROM step WHERE cycle = %s AND completed_on IS NOT NULL", (cycle,)
        )
        done = {row[0] for row in await found.fetchall()}
        sop = await (await conn.execute(b"SELECT sop FROM cycle WHERE cycle = %s", (cycle,))).fetchone()
    assert sop is not None
    for one in sops()[sop[0]].steps:
        assert f'href="/langkah/{cycle}/{one.key}"' in text
        shown, page = await rooms.page(f"/langkah/{cycle}/{one.key}", "inspektur")
        assert shown == 200
        assert f'<h1><span class="quiet">{one.number}</span> {one.name}' in page
    return [one.key for one in sops()[sop[0]].steps if one.key in done]


async def printed_and_sent_in_one(rooms: FourRooms, cycle: str) -> set[str]:
    async with rooms.running("intake").pool.connection() as conn:
        found = await conn.execute(
            b"SELECT part FROM step_part WHERE cycle = %s AND step = 'print_and_send'", (cycle,)
        )
        return {row[0] for row in await found.fetchall()}


async def test_nobody_endorses_before_the_review_that_the_sop_puts_before_it(
    postgres: PostgresPart, revised: Sop
) -> None:
    async with four_rooms(postgres.fresh_database) as rooms:
        player = Player(rooms, random.Random(0), troubles=0, sop=revised.version)
        await player.register()
        await player.open()
        while not any(task.step.step.key == "apip_review" for task in await asked(player)):
            await act(player)
        with pytest.raises(Refused, match="Langkah di antara"):
            await player.endorse()
        status, text = await rooms.page(f"/pengesahan/{player.cycle}", "kabag")
        assert (status, "Langkah di antara" in text, "/sahkan" in text) == (200, True, False)
        (review,) = [task for task in await asked(player) if task.act == "record"]
        await player.do(review)
        await player.endorse()


async def test_a_step_of_the_other_sop_is_nowhere_in_a_cycle(postgres: PostgresPart, revised: Sop) -> None:
    async with four_rooms(postgres.fresh_database) as rooms:
        player = Player(rooms, random.Random(0), year=2025)
        await player.register()
        await player.open()
        assert await asked(player)
        foreign = {one.key for one in revised.steps} - set(KEY.values())
        assert foreign
        for key in foreign:
            assert (await rooms.page(f"/langkah/{player.cycle}/{key}", "kabag"))[0] == 404
