"""Sessions against somebody who tries: guessing, replaying after signing out, fixing an id, waiting,
setting clocks; in all four services.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator
from typing import Any

import psycopg
import pytest

from deploy.local.postgres.databases import AccessDatabase
from shared.access import roster
from shared.access.session import COOKIE, MEMORY_S, AccessAway, Sessions, digest_of
from shared.service_names import SERVICES
from tests.integration.four_doors import AGENCIES, AGUS, NOON, SRI, FourDoors, four_doors
from tests.support.access import IDLE, LONGEST, database, drop_database, make, sessions_of
from tests.support.parts import PostgresPart

SIGNED_IN, NOBODY = {403}, {401}
FORGOTTEN = MEMORY_S + 0.1


@pytest.fixture
async def doors(postgres: PostgresPart) -> AsyncIterator[FourDoors]:
    async with four_doors() as made:
        yield made


def as_owner(made: AccessDatabase, statement: str, *values: object) -> list[Any]:
    with psycopg.connect(made.owner, autocommit=True) as conn:
        cursor = conn.execute(statement.encode(), values)
        return cursor.fetchall() if cursor.description else []


async def signed_in(doors: FourDoors, person: str = "sri") -> str:
    async with doors.browser() as http:
        answer = await http.post("/api/intake/session", json={"person": person})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["token"])


async def test_one_session_opens_all_four_services_by_cookie_and_by_bearer(doors: FourDoors) -> None:
    session = await signed_in(doors)
    assert (await doors.by_cookie(session), await doors.by_bearer(session)) == (SIGNED_IN, SIGNED_IN)


@pytest.mark.parametrize("way", ["page", "program"])
async def test_signing_out_ends_it_everywhere_also_for_who_copied_it(doors: FourDoors, way: str) -> None:
    session = await signed_in(doors)
    assert await doors.by_cookie(session) == SIGNED_IN
    async with doors.browser(session if way == "page" else "") as http:
        if way == "page":
            token = (await http.get("/api/intake/session")).json()["form_token"]
            left = await http.post("/keluar", data={"_csrf": token})
            assert 'jejak_session=""' in left.headers["set-cookie"]
        else:
            left = await http.delete("/api/intake/session", headers={"Authorization": f"Bearer {session}"})
    assert left.status_code in {303, 204}
    await asyncio.sleep(FORGOTTEN)
    assert (await doors.by_cookie(session), await doors.by_bearer(session)) == (NOBODY, NOBODY)


async def test_signing_in_never_takes_over_an_id_that_was_there_before(doors: FourDoors) -> None:
    planted, old = secrets.token_urlsafe(32), await signed_in(doors)
    for before in (planted, old):
        async with doors.browser(before) as http:
            token = "" if before == planted else (await http.get("/api/intake/session")).json()["form_token"]
            answer = await http.post("/masuk", data={"person": "sri", "_csrf": token})
        assert answer.status_code == 303
        assert before not in answer.headers["set-cookie"]
    await asyncio.sleep(FORGOTTEN)
    assert (await doors.by_cookie(planted), await doors.by_cookie(old)) == (NOBODY, NOBODY)


SHAPES = [
    "A" * 43,
    "A" * 42,
    "A" * 44,
    "x.y.z",
    "eyJhbGciOiJub25lIn0.eyJzdWIiOiJzcmkifQ.",
    "' OR 1=1 --",
    '"',
    "a" * 60_000,
    "\xe9" * 43,
    "\xff\xfe",
    "a\tb",
    "%00",
    "sri",
    ";;=;,",
    "\\x00",
]


@pytest.mark.parametrize("shape", SHAPES, ids=range(len(SHAPES)))
async def test_what_is_no_session_is_nobody_and_never_a_failure(doors: FourDoors, shape: str) -> None:
    raw = shape.encode("latin-1")
    assert await doors.ask({"Cookie": f"{COOKIE}=".encode() + raw}) == NOBODY
    assert await doors.ask({"Authorization": b"Bearer " + raw}) == NOBODY
    assert await doors.ask({"Authorization": raw}) == NOBODY


async def test_a_bearer_goes_before_a_cookie_whatever_it_is_worth(doors: FourDoors) -> None:
    sri, agus = await signed_in(doors), await signed_in(doors, "agus")
    async with doors.browser(sri) as http:
        other = await http.get("/api/intake/session", headers={"Authorization": f"bearer {agus}"})
        wrong = [
            await http.get("/api/intake/session", headers={"Authorization": value})
            for value in ("Bearer x", "Bearer", "Bearer ")
        ]
        basic = await http.get("/api/intake/session", headers={"Authorization": "Basic c3JpOnNyaQ=="})
    assert (other.json()["person"], other.json()["form_token"]) == ("agus", None)
    assert [answer.status_code for answer in wrong] == [401, 401, 401]
    assert basic.json()["person"] == "sri"


async def test_a_session_slides_while_it_is_used_and_ends_when_it_is_not(postgres: PostgresPart) -> None:
    made, ago = database(), "UPDATE session SET seen_at = seen_at - interval '{}' WHERE id_digest = %s"
    async with sessions_of("intake") as door, sessions_of("archive") as other:
        used, left = await door.start("sri"), await door.start("sri")
        as_owner(made, ago.format("119 minutes"), digest_of(used.id))
        as_owner(made, ago.format("121 minutes"), digest_of(left.id))
        assert await other.find(used.id)
        assert await other.find(left.id) is None
        as_owner(made, ago.format("119 minutes"), digest_of(used.id))
        async with sessions_of("documents") as third:
            assert await third.find(used.id), "being asked at archive had kept it alive"


async def test_however_much_it_is_used_it_ends_and_no_clock_revives_it(postgres: PostgresPart) -> None:
    made = database()
    async with sessions_of("intake") as door, sessions_of("archive") as other:
        session = await door.start("sri")
        as_owner(
            made, "UPDATE session SET ends_at = clock_timestamp() WHERE id_digest = %s", digest_of(session.id)
        )
        assert await other.find(session.id) is None
        back = as_owner(
            made,
            "UPDATE session SET ends_at = ends_at + interval '1 day' WHERE id_digest = %s RETURNING 1",
            digest_of(session.id),
        )
        assert back == [], "a session that was found ended is gone"


async def test_the_clock_of_a_process_counts_for_offices_only(doors: FourDoors) -> None:
    sri, agus = await signed_in(doors), await signed_in(doors, "agus")
    doors.at(NOON.replace(hour=16, minute=59))  # 23.59 WIB on the last day of Agus's office
    assert (await doors.by_cookie(agus), await doors.by_cookie(sri)) == (SIGNED_IN, SIGNED_IN)
    doors.at(NOON.replace(hour=17))
    assert (await doors.by_cookie(agus), await doors.by_cookie(sri)) == (NOBODY, SIGNED_IN)
    doors.at(NOON.replace(year=2090))
    assert await doors.by_cookie(sri) == SIGNED_IN


async def test_who_is_struck_is_out_and_who_is_added_may_come(doors: FourDoors) -> None:
    sri, agus = await signed_in(doors), await signed_in(doors, "agus")
    doors.publish(AGENCIES + SRI)
    await asyncio.sleep(roster.LOOK_S + 0.1)
    assert (await doors.by_cookie(agus), await doors.by_bearer(agus), await doors.by_cookie(sri)) == (
        NOBODY,
        NOBODY,
        SIGNED_IN,
    )
    async with doors.browser() as http:
        assert (await http.post("/api/intake/session", json={"person": "agus"})).status_code == 404
        doors.publish(AGENCIES + SRI + AGUS)
        await asyncio.sleep(roster.LOOK_S + 0.1)
        assert (await http.post("/api/intake/session", json={"person": "agus"})).status_code == 200


@pytest.mark.parametrize(
    "published",
    [
        {"person": [1]},
        {"person": ["sri"], "agencies": []},
        AGENCIES + SRI.replace("unsur_opd", "raja"),
        AGENCIES + SRI.replace("2025-01-01", '"kemarin"'),
        AGENCIES + SRI + SRI,
        SRI,
    ],
)
async def test_people_that_cannot_be_read_change_nothing_and_are_told(
    doors: FourDoors, published: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roster, "LOOK_S", 0.0)
    sri = await signed_in(doors)
    assert await doors.by_cookie(sri) == SIGNED_IN
    doors.publish(published)
    assert await doors.by_cookie(sri) == SIGNED_IN
    troubles = {
        name: [one.name for one in doors.apps[name].state.running.troubles.listed()] for name in SERVICES
    }
    assert troubles == {name: [roster.UNREADABLE[0]] for name in SERVICES}
    doors.publish(AGENCIES + SRI)
    assert await doors.by_cookie(sri) == SIGNED_IN
    assert doors.apps["archive"].state.running.troubles.listed() == []


async def test_only_intakes_role_starts_and_ends_sessions_and_nobody_reads_them(
    postgres: PostgresPart,
) -> None:
    made = database()
    async with sessions_of("intake") as door:
        session = await door.start("sri")
    for service in SERVICES:
        with psycopg.connect(made.apps[service], autocommit=True) as conn:
            for statement in (
                *("UPDATE session SET person = 'budi'", "TRUNCATE session", "UPDATE people SET version = 0"),
                *(f"SELECT * FROM {one}" for one in ("session", "people", "provider_ended", "logout_heard")),
                *(f"DELETE FROM {one}" for one in ("session", "people", "provider_ended", "logout_heard")),
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    conn.execute(statement.encode())
            assert conn.execute("SELECT look_up_people('{}')").fetchone()
            calls = {
                "SELECT set_people('9999', 1, '{\"person\": [1]}') WHERE %s IS NULL": digest_of(service),
                "SELECT start_session(%s, 'budi', '1 hour', '1 hour')": digest_of(service),
                "SELECT end_session(%s)": digest_of(f"nobody's {service}"),
                "SELECT * FROM sessions_of('budi', %s)": digest_of(service),
                "SELECT end_sessions_of('nobody', NULL, %s)": digest_of(service),
                "SELECT end_sessions_of_login(encode(%s, 'hex'))": digest_of(service),
                "SELECT provider_signs_out(%s, '', '', 0, '1 hour')": digest_of(f"heard {service}"),
                "SELECT keep_grant(%s, 'sealed')": digest_of(service),
                "SELECT take_grants('1 hour', 1), count_sessions() WHERE %s IS NOT NULL": digest_of(service),
            }
            for call, digest in calls.items():
                if service == "intake":
                    conn.execute(call.encode(), (digest,))
                else:
                    with pytest.raises(psycopg.errors.InsufficientPrivilege):
                        conn.execute(call.encode(), (digest,))
    kept = as_owner(made, "SELECT s::text FROM session s WHERE person = 'sri'")
    assert kept
    assert not [row for row in kept if session.id in row[0]], "the id itself is nowhere"


async def test_a_person_who_signs_in_again_and_again_has_a_hundred_sessions_at_most(
    postgres: PostgresPart,
) -> None:
    async with sessions_of("intake") as door:
        other, first = await door.start("orang lain"), await door.start("banyak")
        started = [await door.start("banyak") for _ in range(100)]
        assert as_owner(database(), "SELECT count(*) FROM session WHERE person = 'banyak'") == [(100,)]
        assert await door.find(first.id) is None, "the one that was not used for the longest time has ended"
        found = [await door.find(session.id) for session in (other, started[0], started[-1])]
    assert [session and session.person for session in found] == ["orang lain", "banyak", "banyak"]


async def test_while_the_database_is_away_nobody_is_told_anything_and_afterwards_all_goes_on(
    postgres: PostgresPart,
) -> None:
    name = f"jejak_access_{secrets.token_hex(4)}"
    made = make(postgres.server, name)
    async with four_doors(made) as doors:
        session = await signed_in(doors)
        assert await doors.by_cookie(session) == SIGNED_IN
        await asyncio.sleep(FORGOTTEN)
        with psycopg.connect(postgres.server.admin_url, autocommit=True) as admin:
            admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false".encode())
            admin.execute(
                b"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,)
            )
            for app in doors.apps.values():
                app.state.running.sessions._patience = 0.3
            async with doors.browser(session) as http:
                answers = [await http.get(f"/api/{service}/parked") for service in SERVICES]
                answers += [
                    await http.get("/masuk"),
                    await http.post("/keluar"),
                    await http.post("/masuk", data={"person": "sri"}),
                ]
                live = await http.get("/api/archive/health/live")
            assert [(answer.status_code, answer.headers.get("retry-after")) for answer in answers] == [
                (503, "5")
            ] * 7
            assert not [answer for answer in answers if "set-cookie" in answer.headers]
            assert live.status_code == 200
            admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true".encode())
        for app in doors.apps.values():
            app.state.running.sessions._patience = 5
        assert await doors.by_cookie(session) == SIGNED_IN
    drop_database(postgres.server, name, *made.roles.values())


async def test_a_server_that_hangs_is_away_too() -> None:
    async def silent(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    sessions = Sessions(f"postgresql://a:b@127.0.0.1:{port}/c", idle=IDLE, longest=LONGEST, patience=0.3)
    await sessions.open()
    with pytest.raises(AccessAway):
        await sessions.find("A" * 43)
    assert (await sessions.check())["ok"] is False
    await sessions.close()
    server.close()
