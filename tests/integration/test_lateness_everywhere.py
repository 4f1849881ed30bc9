"""Lateness is measured at what happened: a late hand-in, verdict, draft, printing,
dispatch and step say so on every page, for ever.

Nothing that is done is measured against today: no page of a closed cycle says how much time is left,
or by how many days it is over.
"""

import random
import re
from datetime import UTC, date, datetime, timedelta

from services.intake.board.tasks import Task
from shared.sop.calendar import seed
from tests.support.four_rooms import FourRooms, four_rooms
from tests.support.parts import PostgresPart
from tests.support.player import MOST_ACTS, Player, asked
from tests.support.steps import KEY

CYCLE = "3402-2026"
OPEN_WORDS = re.compile(r"lewat\s+\d+\s+hari kerja|sisa\s+\d+\s+hari kerja|hari terakhir")
CASE = f"{CYCLE}-dinkes-tahunan"
LATE_BY = 40
PAGES = {
    "kabag": (
        *(
            f"/siklus/{CYCLE}",
            f"/siklus/{CYCLE}/riwayat",
            *(f"/langkah/{CYCLE}/{key}" for key in KEY.values()),
        ),
        *(
            f"/isian?siklus={CYCLE}",
            f"/isian/{CASE}",
            f"/verifikasi?siklus={CYCLE}",
            f"/verifikasi/{CASE}",
            f"/pengesahan/{CYCLE}",
        ),
        *(
            f"/dokumen?siklus={CYCLE}",
            *(f"/dokumen/{CYCLE}/{kind}" for kind in ("sk_tim", "laporan", "pengantar_gubernur")),
        ),
        *(f"/pengiriman/{CYCLE}", f"/arsip?siklus={CYCLE}"),
    ),
    "unsur_opd": (f"/siklus/{CYCLE}", f"/isian?siklus={CYCLE}", f"/isian/{CASE}"),
}
LATE = {
    "fill": (
        f"/siklus/{CYCLE}",
        f"/isian?siklus={CYCLE}",
        f"/isian/{CASE}",
        f"/verifikasi?siklus={CYCLE}",
        f"/verifikasi/{CASE}",
    ),
    "verify": (
        f"/siklus/{CYCLE}",
        f"/langkah/{CYCLE}/{KEY[8]}",
        f"/verifikasi?siklus={CYCLE}",
        f"/verifikasi/{CASE}",
    ),
    "report": (
        f"/siklus/{CYCLE}",
        f"/langkah/{CYCLE}/{KEY[9]}",
        f"/dokumen?siklus={CYCLE}",
        f"/dokumen/{CYCLE}/laporan",
    ),
    "endorse": (f"/siklus/{CYCLE}", f"/langkah/{CYCLE}/{KEY[10]}", f"/pengesahan/{CYCLE}"),
    "print": (f"/siklus/{CYCLE}", f"/langkah/{CYCLE}/{KEY[11]}", f"/dokumen/{CYCLE}/laporan"),
    "send": (f"/siklus/{CYCLE}", f"/langkah/{CYCLE}/{KEY[12]}", f"/pengiriman/{CYCLE}"),
    "archive": (f"/siklus/{CYCLE}", f"/langkah/{CYCLE}/{KEY[13]}"),
}
"""Which pages show each act that was late."""


async def play(rooms: FourRooms, player: Player) -> dict[str, int]:
    """The whole cycle; each act of LATE is done that many working days after its due day.
    Answers by how many, counted here.
    """
    late: dict[str, int] = {}
    calendar, done = seed(), set[str]()
    await player.register()
    await player.open()
    for _ in range(MOST_ACTS):
        if await player.board() is None:
            return late
        task = next(iter(sorted(await asked(player), key=lambda one: one.act == "decree")))
        if task.act in LATE and task.act not in done and task.due_on is not None:
            done.add(task.act)
            on = calendar.after(task.due_on, LATE_BY + len(done))
            late[task.act] = LATE_BY + len(done)
            move(rooms, player, on)
        await player.do(task)
    raise AssertionError("the cycle never came to its end")


def move(rooms: FourRooms, player: Player, on: date) -> None:
    """It is that day now."""
    player.day = on
    rooms.at(datetime(on.year, on.month, on.day, 4, tzinfo=UTC))


async def test_what_was_late_says_so_on_every_page_and_nothing_done_is_measured_against_today(
    postgres: PostgresPart,
) -> None:
    async with four_rooms(postgres.fresh_database) as rooms:
        player = Player(rooms, random.Random(1), troubles=0)
        late = await play(rooms, player)
        assert late.keys() == LATE.keys()
        move(rooms, player, player.day + timedelta(days=300))
        shown = {
            (path, role): await rooms.page(path, role) for role, paths in PAGES.items() for path in paths
        }
        assert {status for status, _ in shown.values()} == {200}
        against_today = {
            key: found for key, (_, text) in shown.items() if (found := OPEN_WORDS.findall(text))
        }
        assert against_today == {}
        for act, paths in LATE.items():
            for path in paths:
                text = shown[path, "kabag"][1]
                assert f"{late[act]} hari kerja terlambat" in text, f"{act} on {path}"


async def test_what_is_returned_after_the_filling_answers_to_the_checking(postgres: PostgresPart) -> None:
    """A hand-in in time is not called late because it was returned,
    and mended within the days of the checking.
    """
    async with four_rooms(postgres.fresh_database) as rooms:
        player = Player(rooms, random.Random(1), troubles=1)
        player.trouble = lambda: False  # type: ignore[method-assign]
        await player.register()
        await player.open()
        task: Task | None = None
        for _ in range(MOST_ACTS):
            tasks = await asked(player)
            task = next((one for one in tasks if one.act in {"fill", "verify"}), tasks[0])
            if task.act == "verify":
                break
            if task.act == "fill":
                assert task.due_on is not None
                move(rooms, player, task.due_on)
            await player.do(task)
        assert task is not None
        player.trouble = lambda: True  # type: ignore[method-assign]
        await player.verify()
        (mend,) = [one for one in await asked(player) if one.act == "mend"]
        assert mend.due_on is not None
        move(rooms, player, mend.due_on)
        text = (await rooms.page(f"/isian/{CASE}", "unsur_opd"))[1]
        assert "hari terakhir" in text
        assert not re.search(r"lewat\s+\d", text)
        await player.do(mend)
        for path in LATE["fill"]:
            assert "hari kerja terlambat" not in (await rooms.page(path, "kabag"))[1], path
