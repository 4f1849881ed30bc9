"""A later catalogue is a new file: a cycle that was opened before goes on by the one it recorded,
beside one that is opened by the new one.
"""

import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from services.documents.domain.report import Report
from services.documents.papers import drafting
from services.intake.domain.submission_commands import EnterFigure
from shared.contracts.values import Figure, QualityItem
from shared.eventsourcing.commands.decider import Refused
from shared.spm.catalogue import catalogues
from tests.support.applications import HERE
from tests.support.four_rooms import FourRooms, four_rooms
from tests.support.intake_room import IntakeRoom, complete, fill, intake_room, to_step_6, to_step_7
from tests.support.parts import PostgresPart
from tests.support.player import Player, act, asked
from tests.support.second_catalogue import (
    ADDED,
    ADDED_NAME,
    ITEM_NAME,
    NEW_COLUMN,
    NEW_ITEM,
    NEW_NAME,
    NIHIL,
    OLD_COLUMN,
    OLD_NAME,
    RENAMED,
    upgraded,
)

NOBODY = Figure(answer="nihil", reason="tidak ada")
ONE = QualityItem(required=4, fulfilled=3)


@dataclass
class Filling(Player):
    """Hands in what the catalogue of the cycle allows, and tries first what only version 2 does."""

    async def enter(self, service: str, figure: Figure) -> None:
        await self.give(
            "intake",
            self.submission,
            EnterFigure(service=service, figure=figure, by="as_unsur_opd", occurred_on=self.day),
            "unsur_opd",
        )

    async def fill(self) -> None:
        kinds = catalogues()[self.catalogue].services
        half = Figure(served=50, entitled=100, budget=10, realised=9, origin="x")
        for service in (RENAMED, NIHIL):
            quality = {kind.id: QualityItem(required=4, fulfilled=3) for kind in kinds[service].quality}
            await self.enter(service, replace(half, quality=quality))
        if self.catalogue == 1:
            with pytest.raises(Refused, match="selalu punya penerima"):
                await self.enter(NIHIL, NOBODY)
            with pytest.raises(Refused, match="tidak ada pada layanan ini"):
                await self.enter(RENAMED, replace(half, quality={NEW_ITEM: ONE}))
        else:
            await self.enter(NIHIL, NOBODY)
        await self.prove_and_hand_in(RENAMED, NIHIL)


async def until(player: Player, act_name: str) -> None:
    """Plays until this is asked."""
    while not any(task.act == act_name for task in await asked(player)):
        await act(player)


async def report_of(rooms: FourRooms, cycle: str) -> Report:
    """The report as it would be drafted now."""
    async with rooms.running("documents").pool.connection() as conn:
        found = (await drafting.gather(conn, rooms.running("documents").people, cycle, "laporan")).report
    assert found is not None
    return found


async def test_a_cycle_goes_on_by_its_catalogue_beside_one_of_the_next(
    postgres: PostgresPart, tmp_path: Path
) -> None:
    async with four_rooms(postgres.fresh_database) as rooms:
        before = Filling(rooms, random.Random(0), troubles=0, year=2025)
        await before.register()
        await before.open()
        await until(before, "fill")
        with upgraded(tmp_path):
            after = Filling(rooms, random.Random(1), troubles=0, files=5_000, year=2026)
            await after.open()
            assert (before.catalogue, after.catalogue) == (1, 2)
            await until(after, "fill")
            await pages_say(rooms, "/isian", before, after)
            for player in (before, after):
                await player.fill()
            await pages_say(rooms, "/isian", before, after)
            await pages_say(rooms, "/verifikasi", before, after)
            for player in (before, after):
                await player.verify()
            await reports_weigh(rooms, before, after)
            for player in (before, after):
                while await player.board() is not None:
                    await act(player)


async def pages_say(rooms: FourRooms, pages: str, before: Player, after: Player) -> None:
    role = "unsur_opd" if pages == "/isian" else "tim_spm"
    for player, name, item in ((before, OLD_NAME, False), (after, NEW_NAME, True)):
        status, text = await rooms.page(f"{pages}/{player.cycle}-dinkes-tahunan", role)
        assert status == 200
        assert [called for called in (OLD_NAME, NEW_NAME) if called in text] == [name]
        assert (ITEM_NAME in text) == item


async def reports_weigh(rooms: FourRooms, before: Player, after: Player) -> None:
    now, then = await report_of(rooms, before.cycle), await report_of(rooms, after.cycle)
    assert (now.catalogue.version, then.catalogue.version) == (1, 2)
    assert now.index.services[RENAMED].index == 80 // 2 + 20 * 3 // 4
    assert then.index.services[RENAMED].index == 60 // 2 + 40 * 3 // 4
    assert (ADDED in now.index.services, ADDED in then.index.services) == (False, True)
    assert (now.index.services[NIHIL].index is None, then.index.services[NIHIL].index is None) == (
        False,
        True,
    )


@pytest.fixture
async def room(postgres: PostgresPart) -> AsyncIterator[IntakeRoom]:
    async with intake_room(postgres.fresh_database("intake")) as made:
        yield made


def names(services: Sequence[dict[str, str]]) -> dict[str, str]:
    return {service["id"]: service["name"] for service in services}


async def test_routes_answer_by_the_catalogue_of_the_cycle(room: IntakeRoom, tmp_path: Path) -> None:
    await to_step_7(room, "dinkes")
    await fill(room, "dinkes")
    case = "3402-2026-dinkes-tahunan"
    with upgraded(tmp_path):
        assert names(await room.give("GET", "/services", "tari"))[RENAMED] == NEW_NAME  # type: ignore[arg-type]  # a list
        of_cycle = names(await room.give("GET", "/services?cycle=3402-2026", "tari"))  # type: ignore[arg-type]  # a list
        assert (of_cycle[RENAMED], ADDED in of_cycle) == (OLD_NAME, False)
        assert (await room.call("GET", "/services?cycle=3402-2020", "tari")).status_code == 404
        refused = await room.call(
            "PUT", f"/submissions/{case}/figures/{NIHIL}", "sri", {"answer": "nihil", "reason": "tidak ada"}
        )
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "answer")
        async with room.browsing("sri") as sri:
            typed = {f"{RENAMED}.was": "{}", f"{RENAMED}.quality.{NEW_ITEM}.required": "3"}
            sheet = {**typed, "_csrf": (await sri.fields(f"/isian/{case}"))["_csrf"]}
            posted = await sri.post(f"/isian/{case}", sheet, Origin=HERE, Accept="application/json")
        assert (posted.status_code, NEW_ITEM in posted.text) == (200, False)
        board = await room.page("tari", "/siklus/3402-2026")
        assert [column for column in (OLD_COLUMN, NEW_COLUMN) if f">{column}<" in board.text] == [OLD_COLUMN]
    found = await room.give("GET", f"/submissions/{case}", "sri")
    asked = {one["rule"] for figure in found["figures"].values() for one in figure["findings"]}
    assert asked == {"R07"}, "there is no evidence yet, and nothing else is amiss"


async def test_only_services_of_its_catalogue_are_asked_of_a_cycle(room: IntakeRoom, tmp_path: Path) -> None:
    await to_step_6(room, "dinkes")
    with upgraded(tmp_path):
        page = await room.page("hesti", "/langkah/3402-2026/socialisation")
        assert (ADDED_NAME in page.text, OLD_NAME in page.text) == (False, False), (
            "neither asked for nor missed"
        )
        opening = await room.page("hesti", "/siklus/buka?year=2027&occurred_on=2026-09-01")
        assert "18 layanan belum ditugaskan kepada siapa pun." in opening.text, (
            "17 of version 1, and the new one"
        )
        assigned = {"service": ADDED, "valid_from": "2026-08-10"}
        await room.give("POST", "/agencies/dinkes/assignments", "bagus", assigned)
        page = await room.page("hesti", "/langkah/3402-2026/socialisation")
        assert ADDED_NAME not in page.text
        agencies = await room.page("bagus", "/opd")
        assert (ADDED_NAME in agencies.text, NEW_NAME in agencies.text) == (True, True)
        assert (await complete(room, 6, "hesti", date(2026, 9, 1))).status_code == 200
        (submission,) = (await room.give("GET", "/cycles/3402-2026/submissions", "tari"))["items"]
        assert RENAMED in submission["services"]
        assert ADDED not in submission["services"]
        figure = f"/submissions/3402-2026-dinkes-tahunan/figures/{NIHIL}"
        assert (
            await room.call("PUT", figure, "sri", {"answer": "nihil", "reason": "tidak ada"})
        ).status_code == 422, "opened by version 1"
