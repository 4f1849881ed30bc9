"""As it was: the versions of read-model rows that the database keeps by itself, and the moments at which
pages are asked for.
"""

import asyncio
import importlib
import random
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import select

from services.intake.tables import cycle
from shared.clock import WIB
from shared.eventsourcing import store
from shared.eventsourcing.past.moment import Moment, NotKept, at_event, at_time, look_back, present
from shared.eventsourcing.sql import Connection, fetch
from shared.service_names import SERVICES
from tests.support.applications import bearer, migrated
from tests.support.four_rooms import FourRooms, four_rooms
from tests.support.parts import PostgresPart
from tests.support.player import Player

OPEN = 2**63 - 1
_VERSIONS = (
    "SELECT served, from_position, to_position FROM was.tally WHERE stream = %s ORDER BY from_position"
)


@pytest.fixture
def owner(postgres: PostgresPart) -> psycopg.Connection[Any]:
    """A database of a service with one more table, of which every version is kept."""
    database = postgres.fresh_database("past")
    migrated("archive", database)
    conn = psycopg.connect(database.owner, autocommit=True)
    conn.execute("CREATE TABLE tally (stream text PRIMARY KEY, served integer NOT NULL)")
    conn.execute("CREATE INDEX tally_served ON tally (served)")
    conn.execute("SELECT keep_past('tally')")
    return conn


def versions(conn: psycopg.Connection[Any], stream: str = "a") -> list[tuple[int, int, int]]:
    return conn.execute(_VERSIONS, (stream,)).fetchall()


def test_each_commit_makes_one_version_and_ends_the_one_before(owner: psycopg.Connection[Any]) -> None:
    owner.execute("INSERT INTO tally VALUES ('a', 1)")
    with owner.transaction():  # of which nobody ever saw the 2
        owner.execute("UPDATE tally SET served = 2 WHERE stream = 'a'")
        owner.execute("UPDATE tally SET served = 3 WHERE stream = 'a'")
    owner.execute("UPDATE tally SET served = 3 WHERE stream = 'a'")  # changes nothing
    owner.execute("DELETE FROM tally WHERE stream = 'a'")
    owner.execute("INSERT INTO tally VALUES ('a', 4)")
    found = versions(owner)
    assert [served for served, *_ in found] == [1, 3, 4]
    assert found[0][2] == found[1][1]
    assert found[1][2] < found[2][1]
    assert found[2][2] == OPEN


def test_a_row_that_came_and_went_in_one_commit_was_never_there(owner: psycopg.Connection[Any]) -> None:
    with owner.transaction():
        owner.execute("INSERT INTO tally VALUES ('a', 1)")
        owner.execute("DELETE FROM tally WHERE stream = 'a'")
    with owner.transaction(force_rollback=True):
        owner.execute("INSERT INTO tally VALUES ('a', 2)")
    assert versions(owner) == []


def test_a_row_under_another_key_ends_where_it_was(owner: psycopg.Connection[Any]) -> None:
    owner.execute("INSERT INTO tally VALUES ('a', 1)")
    owner.execute("UPDATE tally SET stream = 'b'")
    ((_, _, ended),), ((_, begun, _),) = versions(owner), versions(owner, "b")
    assert ended == begun


def test_a_table_with_more_columns_is_kept_with_them(owner: psycopg.Connection[Any]) -> None:
    owner.execute("INSERT INTO tally VALUES ('a', 1)")
    owner.execute("ALTER TABLE tally ADD COLUMN by text")
    owner.execute("SELECT keep_past('tally')")
    owner.execute("UPDATE tally SET by = 'sri'")
    assert owner.execute("SELECT by FROM was.tally ORDER BY from_position").fetchall() == [(None,), ("sri",)]


def test_settled_stays_below_a_commit_that_is_still_under_way(owner: psycopg.Connection[Any]) -> None:
    """What was answered for a moment is never joined by a commit that took longer."""
    with psycopg.connect(owner.info.dsn, password=owner.info.password) as slow:
        slow.execute("SELECT commit_position()")
        slow.execute("INSERT INTO tally VALUES ('a', 1)")
        owner.execute("INSERT INTO tally VALUES ('b', 1)")
        ((settled,),) = owner.execute("SELECT settled_position()").fetchall()
        slow.commit()
    ((_, late, _),), ((_, quick, _),) = versions(owner), versions(owner, "b")
    assert settled < late < quick
    assert owner.execute("SELECT settled_position()").fetchall() == [(quick,)]


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO was.item SELECT * FROM was.item",
        "UPDATE was.item SET to_position = 0",
        "DELETE FROM was.item",
        "SELECT keep_past('item')",
        "DROP TRIGGER keep_past ON item",
        "UPDATE was.begun SET position = 0",
    ],
)
def test_the_service_itself_cannot_write_the_past(postgres: PostgresPart, statement: str) -> None:
    database = postgres.fresh_database("past")
    migrated("archive", database)
    with psycopg.connect(database.app) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute(statement.encode())


_LIVE = """SELECT c.relname,
    array_agg((a.attname, format_type(a.atttypid, a.atttypmod))::text ORDER BY a.attname),
    EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'keep_past')
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    AND a.attname NOT IN ('from_position', 'to_position')
    WHERE c.relnamespace = %s::regnamespace AND c.relkind = 'r' AND c.relname = ANY (%s) GROUP BY c.oid, 1"""


@pytest.mark.parametrize("service", SERVICES)
def test_of_every_read_model_every_version_is_kept(postgres: PostgresPart, service: str) -> None:
    """A table or a column that is added later and whose migration does not call `keep_past` is named here."""
    metadata = importlib.import_module(f"services.{service}.bootstrap").ROOM.metadata
    database = postgres.fresh_database("past")
    migrated(service, database)
    names = [str(table.name) for table in metadata.sorted_tables]
    with psycopg.connect(database.owner) as conn:
        live = {row[0]: row[1:] for row in conn.execute(_LIVE, ("public", names)).fetchall()}
        kept = {row[0]: row[1:] for row in conn.execute(_LIVE, ("was", names)).fetchall()}
    assert live.keys() == kept.keys() == set(names)
    for name, (columns, triggered) in live.items():
        assert triggered, f"{name} is not kept"
        assert columns == kept[name][0], f"{name} has other columns than its past"


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


@pytest.mark.parametrize(
    "ke", ["//evil.example", "/\\evil.example", "https://evil.example", "x", "/a b", "/" + "a" * 2000]
)
async def test_a_replay_leads_out_of_no_installation(rooms: FourRooms, ke: str) -> None:
    async with rooms.browser() as http:
        answer = await http.get("/siklus/3402-2026/saat", params={"ke": ke}, headers=bearer("as_kabag"))
    assert answer.status_code == 422


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
