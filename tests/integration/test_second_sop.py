"""A revised SOP is a new file: a cycle under it is played to its end beside one under 04/SOP/2022,
each by its own steps.

The other SOP has a plain step more (a review by APIP) and prints and sends in one step.
No program file knows it.
"""

import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from services.intake.domain.step import RecordStep, step
from shared.contracts.intake import StepCompleted, StepStarted
from shared.contracts.values import DueDate, StoredFile
from shared.eventsourcing.commands.decider import Refused
from shared.sop import definition
from shared.sop.definition import CURRENT, load, sops
from shared.sop.steps import Sop
from tests.support.four_rooms import FourRooms, four_rooms
from tests.support.given_when_then import Given
from tests.support.parts import PostgresPart
from tests.support.player import Player
from tests.support.playing import act, asked
from tests.support.steps import KEY

FILE = Path(__file__).parents[1] / "support" / "sop_07_2026.toml"


@pytest.fixture(autouse=True)
def revised() -> Iterator[Sop]:
    """The revised SOP, known beside the present one."""
    sop = load(FILE)
    known = definition.sops()
    assert isinstance(known, dict)
    known[sop.version] = sop
    yield sop
    del known[sop.version]


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


DAY = date(2026, 8, 3)
DUE = DueDate(
    due_on=DAY,
    earliest_on=DAY,
    counted_from=DAY,
    duration="3–5 hari kerja",
    skipped=(),
    calendar="libur-id-0.109+0",
)
PAPER = StoredFile(digest="a" * 64, name="reviu.pdf", media_type="application/pdf", size=9)


def record(key: str, role: str) -> RecordStep:
    return RecordStep(
        cycle="3402-2026", step=key, role=role, summary="Sudah", evidence=(PAPER,), by="tari", occurred_on=DAY
    )


def begun(sop: str, key: str) -> Given:
    return Given(step, (StepStarted(cycle="3402-2026", sop=sop, step=key, started_on=DAY, due=DUE),))


def test_any_plain_step_is_recorded_by_the_role_that_its_sop_names(revised: Sop) -> None:
    review = record("apip_review", "tim_spm")
    begun(revised.version, "apip_review").when(review).then(
        StepCompleted(
            cycle="3402-2026",
            step="apip_review",
            summary="Sudah",
            by="tari",
            occurred_on=DAY,
            evidence=(PAPER,),
        )
    )
    begun(revised.version, "apip_review").when(record("apip_review", "kabag")).refused("other-role")


@pytest.mark.parametrize("key", KEY.values())
def test_no_step_that_has_its_own_way_is_recorded_by_word_alone(key: str) -> None:
    begun(CURRENT, key).when(record(key, sops()[CURRENT].step(key).role)).refused("step-not-plain")
