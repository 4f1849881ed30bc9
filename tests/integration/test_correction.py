"""An official correction, from its decision to the second receipts and the second closing, by what the home
page asks: at whichever point it is decided after the first copies, and a correction of a correction.
"""

import asyncio
import random
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from services.documents.domain.document_commands import DecideCorrection
from services.documents.papers import corrections
from services.intake.board.tasks import Task
from shared.eventsourcing.commands.decider import Refused
from tests.integration.asked_now import refused_now
from tests.support.four_rooms import FourRooms, four_rooms
from tests.support.parts import PostgresPart
from tests.support.player import Player, act, play

DISPATCHES = ("gubernur", "kemendagri")
NEW_FIGURES = "Angka barunya belum disetujui:"
CALLED = re.compile(r'class="file" lang="id" href="[^"]*">([^<]*)<')


async def decision(player: Player) -> DecideCorrection:
    """The figures of the one agency are wrong."""
    async with player.rooms.running("documents").pool.connection() as conn:
        named = tuple(await corrections.reported(conn, player.cycle))
    report = await player.document("laporan")
    return DecideCorrection(
        digest=report["settled_digest"],
        submissions=named,
        number="130/7/2026",
        issued_on=player.day,
        file=player.file(),
        reason="Terlayani tercetak keliru.",
        **player.said("kabag"),
    )


async def correct(player: Player) -> None:
    await player.give("documents", f"document-{player.cycle}-laporan", await decision(player), "kabag")


async def until(player: Player, what: str, times: int = 1) -> None:
    """Plays until this has happened."""
    while len(await happened(player, what)) < times:
        await act(player)


async def happened(player: Player, what: str) -> list[str]:
    query = b"SELECT stream FROM happening WHERE cycle = %s AND what = %s ORDER BY recorded_at"
    async with player.rooms.running("intake").pool.connection() as conn:
        rows = await (await conn.execute(query, (player.cycle, what))).fetchall()
    return [stream for (stream,) in rows]


def in_order(player: Player) -> Callable[[Task], Awaitable[None]]:
    """Looks at what is asked: it may be done now, and no letter before the report that it goes with."""

    async def look(task: Task) -> None:
        assert await refused_now(player, task) == ""
        if task.act == "letter":
            assert (await player.document("laporan"))["settled_digest"], "the report is endorsed"

    return look


async def begun(rooms: FourRooms, chance: int) -> Player:
    player = Player(rooms, random.Random(chance), troubles=0)
    await player.register()
    await player.open()
    return player


@pytest.mark.parametrize(
    ("point", "times"),
    [("dispatch-sent", 1), ("receipt-recorded", 1)],
)
async def test_decided_before_the_cycle_is_closed(postgres: PostgresPart, point: str, times: int) -> None:
    async with four_rooms(postgres.fresh_database) as rooms:
        player = await begun(rooms, times)
        await until(player, point, times)
        sent = await happened(player, "dispatch-sent")
        await correct(player)
        assert await play(player, in_order(player)), "the cycle never came to its end"
        prefix = f"dispatch-{player.cycle}-"
        again = {f"{prefix}{to}_koreksi_1" for to in DISPATCHES}
        assert {*await happened(player, "dispatch-sent")} == {*sent, *again}
        assert {*await happened(player, "receipt-recorded")} >= again


async def test_decided_after_the_cycle_is_closed_and_once_more(postgres: PostgresPart) -> None:
    async with four_rooms(postgres.fresh_database) as rooms:
        player = await begun(rooms, 1)
        assert await play(player)
        for number in (1, 2):
            await correct(player)
            page = (await rooms.page(f"/dokumen/{player.cycle}/laporan", "kabag"))[1]
            assert NEW_FIGURES in page
            board = await player.board()
            assert board, "the cycle is open again"
            states = {row.step.number: row.state for row in board.steps}
            assert all(states[step] == "done" for step in range(1, 8))
            assert all(states[step] != "done" for step in range(8, 14)), states
            with pytest.raises(Refused) as refused:
                await correct(player)
            assert refused.value.code in {"correction-open", "submissions-missing"}
            assert await play(player, in_order(player)), "the cycle never came to its end"
            closed = await happened(player, "cycle-archived")
            assert len(closed) == number + 1
        async with rooms.running("archive").pool.connection() as conn:
            rows = await (
                await conn.execute(b"SELECT item FROM item WHERE filed_digest IS NOT NULL")
            ).fetchall()
        names = {name for (name,) in rows}
        for suffix in ("", "_koreksi_1", "_koreksi_2"):
            assert {f"{name}{suffix}" for name in ("laporan", "tanda_terima_gubernur")} <= names
        shelf = (await rooms.page(f"/arsip?siklus={player.cycle}", "arsiparis"))[1]
        assert {"keputusan_koreksi_1", "keputusan_koreksi_2"} <= names
        # report, two letters, two receipts, the paper: each by the correction that took its place
        assert [shelf.count(f"digantikan oleh koreksi ke-{number}") for number in (1, 2)] == [6, 6]
        page = (await rooms.page(f"/dokumen/{player.cycle}/laporan", "kabag"))[1]
        assert "koreksi ke-2" in page
        assert "digantikan oleh koreksi ke-1" in page
        assert "digantikan oleh koreksi ke-2" in page
        # endorsed and printed stays what it was, also of what was replaced
        assert page.count("</span> disahkan</span>") == 3
        assert page.count('"quiet">tidak berlaku lagi<') == page.count("; dicetak ") == 2
        endorsing = (await rooms.page(f"/pengesahan/{player.cycle}", "kabag"))[1]
        assert set(CALLED.findall(endorsing)) <= set(CALLED.findall(page)), "a draft has one name"
        assert CALLED.findall(endorsing)
        papers = (await rooms.page(f"/dokumen?siklus={player.cycle}", "kabag"))[1]
        assert (papers.count("koreksi ke-2"), papers.count("dikirim dan diterima")) == (3, 2)
        kinds = ("laporan", "pengantar_gubernur", "pengantar_kemendagri")
        places = [f"/dokumen/{player.cycle}/{kind}" for kind in kinds]
        texts = [(await rooms.page(place, "kabag"))[1] for place in (*places, f"/pengiriman/{player.cycle}")]
        for text in texts:
            called = set(re.findall(r'class="file" lang="id" href="[^"]*/berkas/(\w+)">([^<]*)<', text))
            assert len(called) == len(dict(called)) == len({name for _, name in called}) > 2, called


async def test_only_what_it_names_is_open_and_only_of_what_is_printed(postgres: PostgresPart) -> None:
    async with four_rooms(postgres.fresh_database) as rooms:
        player = await begun(rooms, 2)
        await until(player, "report-endorsed")
        with pytest.raises(Refused) as refused:
            await correct(player)
        assert refused.value.code == "not-printed"
        await until(player, "copies-printed")
        said = await decision(player)
        stream = f"document-{player.cycle}-laporan"
        for wrong, code in (
            (replace(said, submissions=()), "submissions-missing"),
            (replace(said, number=" "), "number-missing"),
            (replace(said, reason=" "), "reason-missing"),
            (replace(said, by="as_tim_spm"), "R17"),
        ):
            with pytest.raises(Refused) as refused:
                await player.give("documents", stream, wrong, wrong.by.removeprefix("as_"))
            assert refused.value.code == code
        both = [player.give("documents", stream, said, "kabag") for said in (said, replace(said, number="2"))]
        done = await asyncio.gather(*both, return_exceptions=True)
        assert sorted(getattr(one, "code", "let through") for one in done) == [
            "correction-open",
            "let through",
        ]
        with pytest.raises(Refused) as refused:
            await player.take_back()
        assert refused.value.code == "submission-open", "the named submission is open"
