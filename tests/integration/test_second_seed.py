"""Jejak may come with other holidays one day: what was counted stays and can be explained,
and everything goes on by the new ones.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from services.archive.trail.lateness import Lateness
from services.intake.bootstrap import ROOM
from services.intake.domain.settings import settings
from shared.contracts.registry import encode
from shared.sop import calendar
from shared.sop.calendar import seed
from tests.support.intake_room import CYCLE, IntakeRoom, complete, intake_room, opened
from tests.support.parts import PostgresPart
from tests.support.steps import KEY

DUE = f"/cycles/{CYCLE}/steps"


@contextmanager
def other_holidays(folder: Path) -> Iterator[None]:
    """As after an upgrade, when every process begins anew: another seed,
    with a holiday and five years more.
    """
    text = calendar.SEED.read_text(encoding="utf-8")
    for before, after in (
        ('version = "libur-id-0.109"', 'version = "libur-id-0.110"'),
        ("last_year = 2035", "last_year = 2040"),
        ("2026-08-17 =", '2026-08-04 = "Hari Kabupaten"\n2026-08-17 ='),
    ):
        assert text.count(before) == 1
        text = text.replace(before, after)
    path = folder / "holidays.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(calendar, "SEED", path)
        seed.cache_clear()
        patched.setitem(ROOM.categories, "settings", replace(settings, initial=seed()))  # type: ignore[arg-type]  # a dictionary
        try:
            yield
        finally:
            patched.undo()
            seed.cache_clear()


async def override(room: IntakeRoom, day: str, source: str) -> None:
    body = {
        "day": day,
        "kind": "holiday",
        "name": "Cuti bersama",
        "source": source,
        "occurred_on": "2026-08-03",
    }
    await room.give("POST", "/calendar/days", "bagus", body)


async def calendars(room: IntakeRoom) -> list[str]:
    """The versions that the changes of the calendar made, in their order."""
    async with room.running.pool.connection() as conn:
        rows = await (await conn.execute(b"SELECT calendar FROM calendar_change ORDER BY number")).fetchall()
    return [row[0] for row in rows]


async def test_a_due_date_stays_under_other_holidays_until_an_official_takes_the_newer_one_over(
    postgres: PostgresPart, tmp_path: Path
) -> None:
    database, page = postgres.fresh_database("second_seed"), f"/langkah/{CYCLE}/guidance"
    async with intake_room(database) as before:
        await override(before, "2026-08-18", "SKB 5/2026")
        await opened(before, "satpolpp")
        counted = (await before.give("GET", f"{DUE}/guidance", "wening"))["due"]
        assert (counted["due_on"], counted["calendar"]) == ("2026-08-05", "libur-id-0.109+1")
    with other_holidays(tmp_path):
        async with intake_room(database) as after:
            after.taken = before.taken
            assert (await after.give("GET", f"{DUE}/guidance", "wening"))["due"] == counted
            async with after.browsing("bagus") as http:
                text = (await http.get(page)).text
                assert (
                    "Tenggat ini dihitung dengan kalender versi 0.109+1. Menurut kalender sekarang: Kam, "
                    "6 Agu 2026."
                ) in text
                assert 'value="kalender libur nasional 0.110"' in text
            await override(after, "2039-08-18", "SKB 7/2039")
            assert await calendars(after) == ["libur-id-0.109+1", "libur-id-0.110+2"]
            assert (await after.give("GET", f"{DUE}/guidance", "wening"))["due"] == counted, (
                "nothing moves by itself"
            )
            async with after.browsing("bagus") as http:
                assert (await http.send(page, f"{page}/tenggat", source="")).status_code == 303
                assert (
                    "tenggat menjadi Kam, 6 Agu 2026: kalender libur nasional 0.110"
                    in (await http.get(page)).text
                )
            taken_over = (await after.give("GET", f"{DUE}/guidance", "wening"))["due"]
            assert (taken_over["due_on"], taken_over["calendar"]) == ("2026-08-06", "libur-id-0.110+2")
            assert (await complete(after, 1, "hesti", date(2026, 8, 10))).status_code == 200
            following = (await after.give("GET", f"{DUE}/{KEY[2]}", "wening"))["due"]
            assert (following["calendar"], following["counted_from"]) == ("libur-id-0.110+2", "2026-08-10")
            assert (await after.give("GET", f"{DUE}/guidance", "wening"))["state"] == "done"


async def test_the_log_of_both_times_is_read_by_the_present_holidays(
    postgres: PostgresPart, tmp_path: Path
) -> None:
    async with intake_room(postgres.fresh_database("second_seed_log")) as room:
        await override(room, "2026-08-18", "SKB 5/2026")
        with other_holidays(tmp_path):
            known = Lateness("3402")
            async with room.running.pool.connection() as conn:
                rows = await (
                    await conn.execute(b"SELECT data FROM event WHERE type = 'calendar-changed'")
                ).fetchall()
            for (data,) in rows:
                said = {"type": "calendar-changed", "stream": "settings-calendar", "schema": 1, "data": data}
                known.learn(encode(said))
            calendar = known.calendar_of("3402")
            assert calendar.version == "libur-id-0.110+1"
            assert [calendar.is_working(date(2026, 8, day)) for day in (4, 5, 17, 18)] == [
                False,
                True,
                False,
                False,
            ]
