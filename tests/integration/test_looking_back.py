"""Pages that are asked for as they were: which moments an address may name, what it leads to, and what has no
past.
"""

import asyncio
import random
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from sqlalchemy import select

from services.intake.tables import cycle
from shared.clock import WIB
from shared.eventsourcing import store
from shared.eventsourcing.past.moment import Moment, NotKept, at_event, at_time, look_back, present
from shared.eventsourcing.sql import Connection, fetch
from shared.service_names import SERVICES
from tests.support.applications import bearer
from tests.support.four_rooms import FourRooms, four_rooms
from tests.support.parts import PostgresPart
from tests.support.player import Player


@pytest.fixture
async def rooms(postgres: PostgresPart) -> AsyncIterator[FourRooms]:
    """A cycle that was opened a moment after an agency was registered, with a tick after each."""
    async with four_rooms(postgres.fresh_database) as made:
        player = Player(made, random.Random(0))
        await player.register()
        await settled(made)
        await player.open()
        await settled(made)
        for app in made.apps.values():
            app.state.clock = lambda: datetime.now(UTC)
        yield made


async def settled(rooms: FourRooms) -> None:
    for service in SERVICES:
        async with rooms.running(service).pool.connection() as conn:
            await store.tick(conn, await store.settled(conn))
    await asyncio.sleep(0.002)


async def ticks(rooms: FourRooms, service: str = "intake") -> list[datetime]:
    async with rooms.running(service).pool.connection() as conn:
        return [at for (at,) in await (await conn.execute(b"SELECT at FROM tick ORDER BY at")).fetchall()]


def typed(at: datetime) -> str:
    return at.astimezone(WIB).replace(tzinfo=None).isoformat()


async def test_a_moment_before_and_after(rooms: FourRooms) -> None:
    registered, opened = await ticks(rooms)
    assert "SPM 2026" not in (await rooms.page(f"/siklus?pada={typed(registered)}", "kabag"))[1]
    assert "SPM 2026" in (await rooms.page(f"/siklus?pada={typed(opened)}", "kabag"))[1]
    event = "intake:cycle-3402-2026@1"
    for path in ("/siklus", "/dokumen", "/arsip", "/pengesahan"):  # each service says it of its own taking in
        assert (await rooms.page(f"{path}?pada={event}", "kabag"))[0] == 200
    assert "SPM 2026" in (await rooms.page(f"/siklus?pada={event}", "kabag"))[1]
    assert "SPM 2026" not in (await rooms.page("/siklus?pada=intake:agency-dinkes@1", "kabag"))[1]


async def test_the_past_cannot_be_acted_in_and_its_links_stay_there(rooms: FourRooms) -> None:
    at = typed((await ticks(rooms))[-1])
    for path in ("/", "/siklus", "/opd", "/kalender", "/siklus/3402-2026", "/dokumen", "/pegawai", "/aturan"):
        status, text = await rooms.page(f"{path}?pada={at}", "kabag")
        assert (status, text.count("past-banner")) == (200, 1), path
        main = text[text.index("<main") : text.index("</main>")]
        assert not re.findall(r'<form[^>]*method="post"', main), path
        links = [link for link in re.findall(r'href="(/[^"]*)"', main) if not link.startswith("/masuk")]
        strayed = [link for link in links if f"pada={at}" not in link]
        assert strayed == [], f"{strayed} of {path} lead out of the moment"
        assert f'data-now href="{path}"' in text
        assert f'name="pada" value="{at}"' in text or "<form" not in main


WRONG = {
    "x": 422, "2026-02-30": 422, "2026-02-03T25:00": 422, "2999-01-01": 422, "-1": 422, "0001-01-01": 200,
    "9999-12-31": 422, "2026-02-03T10:00+07:00": 422, "intake:cycle-1@1,intake:cycle-1@1": 422,
    "intake:cycle-3402-2026@99": 404, "archive:cycle-3402-2026@1": 404, "x:cycle-3402-2026@1": 404,
    "intake:cycle-7501-2026@1": 404, "intake:cycle-3402-2026@999999999": 404, "' OR 1=1": 422,
    "%00": 422, "9" * 3000: 422,
}  # fmt: skip


async def test_whatever_is_asked_for_as_a_moment_is_answered_in_words(rooms: FourRooms) -> None:
    for said, expected in WRONG.items():
        status, text = await rooms.page(f"/siklus?pada={said}", "kabag")
        assert status == expected, (said[:60], status)
        assert "past-banner" not in text or status == 200


async def test_a_moment_before_all_says_when_the_first_record_is(rooms: FourRooms) -> None:
    text = (await rooms.page("/siklus?pada=2020-01-01", "kabag"))[1]
    assert "catatan pertama" in text
    assert "catatan pertama" not in (await rooms.page("/siklus?pada=intake:cycle-3402-2026@1", "kabag"))[1]


async def test_what_goes_on_now_has_no_past(rooms: FourRooms) -> None:
    at = typed((await ticks(rooms))[-1])
    for path, role in (
        ("/jejak-audit/verifikasi", "inspektur"),
        ("/macet", "operator"),
        ("/siklus/buka", "kabag"),
    ):
        status, text = await rooms.page(f"{path}?pada={at}", role)
        assert (status, "Hanya ada sekarang" in text) == (409, True), path


async def test_one_event_after_the_other_leads_through_the_whole_cycle(rooms: FourRooms) -> None:
    """By the links of the banner, as a browser without script goes; the way back shows the same."""
    async with rooms.browser() as http:
        headers = bearer("as_kabag")
        listed = (await http.get("/api/intake/cycles/3402-2026/moments", headers=headers)).json()
        there, met = "/siklus/3402-2026/saat?arah=awal&ke=/siklus/3402-2026%3Fdari=x", list[str]()
        for way in ("maju", "mundur"):
            for _ in listed:
                answer = await http.get(there, headers=headers)
                assert answer.status_code == 303, answer.text
                at = answer.headers["location"]
                met.append(at)
                page = await http.get(at, headers=headers)
                assert page.status_code == 200
                (there,) = re.findall(rf'href="([^"]*arah={way}[^"]*)"', page.text)
                there = there.replace("&amp;", "&")
    forth, back = met[: len(listed)], met[len(listed) :]
    assert forth == [f"/siklus/3402-2026?dari=x&pada={one['pada']}" for one in listed]
    assert len(listed) > 1
    assert back == forth[::-1]


ELSEWHERE = ("//evil.example", "/\\evil.example", "https://evil.example", "x", "/a b", f"/{'a' * 2000}")


async def test_a_replay_leads_out_of_no_installation(rooms: FourRooms) -> None:
    async with rooms.browser() as http:
        for ke in ELSEWHERE:
            asked = await http.get("/siklus/3402-2026/saat", params={"ke": ke}, headers=bearer("as_kabag"))
            assert asked.status_code == 422, ke


async def test_a_day_as_officials_type_it(rooms: FourRooms) -> None:
    today = datetime.now(WIB)
    said = f"{today.day}/{today.month}/{today.year}"
    status, text = await rooms.page(f"/siklus?pada_hari={said}", "kabag")
    assert (status, text.count("past-banner")) == (200, 1)
    assert f"pada={today.date().isoformat()}T" in text, "a day that is not over is a moment of it"
    assert (await rooms.page("/siklus?pada_hari=31/2/2026", "kabag"))[0] == 422
    assert (await rooms.page(f"/siklus?pada_hari={said}&pada_jam=25.00", "kabag"))[0] == 422
    assert (await rooms.page("/siklus?pada_hari=1/2/2026&pada_jam=10.30", "kabag"))[0] == 200


async def test_a_clock_that_goes_back_changes_no_answer(rooms: FourRooms) -> None:
    async with rooms.running("intake").pool.connection() as conn:
        moment = await at_time(conn, datetime.now(UTC) - timedelta(microseconds=1))
        ((last,),) = await (await conn.execute(b"SELECT max(at) FROM tick")).fetchall()
        await store.tick(conn, moment.position + 1000)  # as if said by a clock that stands before the last
        ((next_,),) = await (await conn.execute(b"SELECT max(at) FROM tick")).fetchall()
        assert next_ >= last
        assert (await at_time(conn, last)).position == moment.position


async def test_nothing_is_said_of_a_time_before_versions_were_kept(rooms: FourRooms) -> None:
    async with rooms.running("intake").pool.connection() as conn:
        owner = rooms.databases["intake"].owner
        with psycopg.connect(owner) as other:
            other.execute(
                "UPDATE was.begun SET position = "
                "(SELECT position FROM event WHERE stream = 'cycle-3402-2026')"
            )
        with pytest.raises(NotKept) as told:
            await at_event(conn, "intake", "intake", "agency-dinkes", 1)
        assert told.value.since is not None
        assert await at_event(conn, "intake", "intake", "cycle-3402-2026", 1) is not None
    status, text = await rooms.page("/siklus?pada=intake:agency-dinkes@1", "kabag")
    assert (status, "tidak tersimpan" in text) == (422, True)


async def test_whoever_looks_back_leaves_nothing_behind(rooms: FourRooms) -> None:
    """The next request of the same connection, and what runs beside, sees the present."""
    async with rooms.running("intake").pool.connection() as conn:
        with present():
            look_back(Moment(0, datetime.now(UTC)))
            assert await count(conn) == 0
        assert await count(conn) == 1


async def count(conn: Connection) -> int:
    return len(await fetch(conn, select(cycle)))
