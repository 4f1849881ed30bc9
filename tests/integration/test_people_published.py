"""What intake's pages say of people holds in all four services, without a broker: from the first people of an
empty installation to a struck one, with the other database away, restored, or written by two at once.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from fastapi import FastAPI

from deploy.demo import data
from deploy.local.postgres.databases import AccessDatabase, Database
from services.intake.people import publishing
from services.intake.people.publishing import EVERY_S, Publishing
from shared.access import roster
from shared.background import in_background
from tests.integration.four_doors import NOON, FourDoors, four_doors
from tests.support.access import drop_database, make
from tests.support.applications import application, migrated, visiting
from tests.support.parts import PostgresPart

SIGNED_IN, NOBODY = {403}, {401}
PEOPLE = Path(data.__file__).with_name("people.toml")
HOLDS_S = EVERY_S + roster.LOOK_S + 0.3


@dataclass
class Kept:
    """Intake with a database of its own, and the rims of all four; one access database."""

    app: FastAPI
    doors: FourDoors
    database: Database

    @property
    def running(self) -> Any:
        return self.app.state.running

    @property
    def troubles(self) -> list[str]:
        return [one.name for one in self.running.troubles.listed()]

    def new(self) -> Publishing:
        return Publishing(self.running)

    async def published(self) -> Publishing:
        made = self.new()
        for _seeded_then_said in range(2):
            await made.now()
        return made

    async def said(self, person: str, path: str, body: dict[str, Any], method: str = "POST") -> int:
        token = await self.token(person)
        async with visiting(self.app) as browser:
            answer = await browser.http.request(
                method, f"/api/intake{path}", json=body, headers={"Authorization": f"Bearer {token}"}
            )
        return answer.status_code

    async def asked(self, token: str, path: str) -> Any:
        async with visiting(self.app) as browser:
            answer = await browser.get(f"/api/intake{path}", Authorization=f"Bearer {token}")
        return answer.json()

    async def token(self, person: str) -> str:
        session = await self.running.sessions.start(person)
        return str(session.id)

    async def looks(self) -> None:
        await asyncio.sleep(roster.LOOK_S + 0.05)

    def events(self) -> int:
        with psycopg.connect(self.database.app) as conn:
            row = conn.execute("SELECT count(*) FROM event WHERE stream LIKE 'people-%'").fetchone()
        return int(row[0]) if row else 0


@pytest.fixture
def own(postgres: PostgresPart) -> Iterator[AccessDatabase]:
    name = f"jejak_access_{secrets.token_hex(4)}"
    made = make(postgres.server, name)
    yield made
    drop_database(postgres.server, name, *made.roles.values())


@asynccontextmanager
async def keeping(postgres: PostgresPart, own: AccessDatabase, **told: str) -> AsyncIterator[Kept]:
    database = postgres.fresh_database("people")
    migrated("intake", database)
    async with (
        four_doors(own, people="") as doors,
        application("intake", database, people=None, sessions=own, now=NOON, **told) as app,
    ):
        yield Kept(app, doors, database)


@pytest.fixture
async def kept(postgres: PostgresPart, own: AccessDatabase) -> AsyncIterator[Kept]:
    async with keeping(postgres, own) as made:
        yield made


async def test_before_anybody_is_known_nobody_is_told_to_be_nobody(kept: Kept) -> None:
    session = await kept.token("sri")
    assert await kept.doors.by_bearer(session) == {503}
    ready = [(await app.state.running.checks["people"]())["ok"] for app in kept.doors.apps.values()]
    assert ready == [False] * 4


async def test_an_installation_begins_with_its_file_and_all_services_know(kept: Kept) -> None:
    await kept.published()
    session = await kept.token("sri")
    await kept.looks()
    assert await kept.doors.by_bearer(session) == SIGNED_IN
    known = [app.state.running.people for app in kept.doors.apps.values()]
    assert {people.name("sri") for people in known} == {"Sri Lestari"}
    assert {people.agency_name("dinkes") for people in known} == {"Dinas Kesehatan"}
    assert known[0].persons["bagus"].offices_on(NOON.date().replace(2025, 12, 25))[1].title.startswith("Plh.")


async def test_two_processes_that_begin_at_once_begin_once(kept: Kept) -> None:
    await asyncio.gather(*(kept.new().now() for _ in range(4)))
    once = kept.events()
    await asyncio.gather(*(kept.new().now() for _ in range(4)))
    assert kept.events() == once > 0


async def test_once_there_is_anybody_the_file_says_nothing_more(
    postgres: PostgresPart, own: AccessDatabase, tmp_path: Path
) -> None:
    file = tmp_path / "people.toml"
    file.write_text(PEOPLE.read_text(encoding="utf-8"), encoding="utf-8")
    async with keeping(postgres, own, JEJAK_PEOPLE=str(file)) as kept:
        await kept.published()
        file.write_text("[agencies]\n", encoding="utf-8")
        before = kept.events()
        await kept.published()
        await kept.looks()
        assert (kept.events(), kept.troubles) == (before, [])
        assert await kept.doors.by_bearer(await kept.token("sri")) == SIGNED_IN


@pytest.mark.parametrize(("text", "trouble"), [("", publishing.UNSEEDED), (None, publishing.NOBODY)])
async def test_an_installation_without_people_says_so(
    postgres: PostgresPart, own: AccessDatabase, tmp_path: Path, text: str | None, trouble: tuple[str, str]
) -> None:
    file = tmp_path / "people.toml"
    file.write_text(PEOPLE.read_text(encoding="utf-8"), encoding="utf-8")
    async with keeping(postgres, own, JEJAK_PEOPLE=str(file)) as kept:
        if text is None:
            object.__setattr__(kept.running.settings, "people", None)
        else:
            file.write_text("[[person", encoding="utf-8")
        await kept.published()
        assert kept.troubles == [trouble[0]]
        assert kept.events() == 0


async def test_an_office_that_ended_opens_nothing_within_two_seconds_in_any_service(kept: Kept) -> None:
    await kept.published()
    sri, agus = await kept.token("sri"), await kept.token("agus")
    await kept.looks()
    assert (await kept.doors.by_bearer(sri), await kept.doors.by_cookie(sri)) == (SIGNED_IN, SIGNED_IN)
    said = {"ended_on": "2026-02-16", "reason": "Pindah."}
    async with in_background(kept.new().run()):
        assert await kept.said("hesti", "/people/sri/offices/1/end", said) == 200
        await asyncio.sleep(HOLDS_S)
        assert (await kept.doors.by_bearer(sri), await kept.doors.by_cookie(sri)) == (NOBODY, NOBODY)
        assert await kept.doors.by_bearer(agus) == SIGNED_IN
        again = {"role": "unsur_opd", "agency": "dinkes", "valid_from": "2026-02-17"}
        assert await kept.said("hesti", "/people/sri/offices", again) == 200
        await asyncio.sleep(HOLDS_S)
        assert await kept.doors.by_bearer(sri) == SIGNED_IN


async def test_who_left_is_out_and_keeps_the_name_of_what_was_done(kept: Kept) -> None:
    publishing_ = await kept.published()
    sri = await kept.token("sri")
    assert (
        await kept.said("dimas", "/people/sri/leaving", {"left_on": "2026-02-16", "reason": "Pensiun."})
        == 200
    )
    await publishing_.now()
    await kept.looks()
    assert await kept.doors.by_bearer(sri) == NOBODY
    assert {app.state.running.people.name("sri") for app in kept.doors.apps.values()} == {"Sri Lestari"}


async def test_an_agency_of_today_with_a_person_of_today(kept: Kept) -> None:
    publishing_ = await kept.published()
    person = {"name": "Bayu Aji", "agency": "damkar", "qualification": "S1"}
    office = {"role": "unsur_opd", "agency": "damkar", "valid_from": "2026-02-17"}
    assert await kept.said("hesti", "/people/bayu", person, "PUT") == 422, "no such agency yet"
    agency = {"name": "Dinas Pemadam Kebakaran", "short_name": "Damkar"}
    assert await kept.said("hesti", "/agencies/damkar", agency, "PUT") == 200
    assert await kept.said("hesti", "/people/bayu", person, "PUT") == 200
    assert await kept.said("hesti", "/people/bayu/offices", office) == 200
    await publishing_.now()
    await kept.looks()
    assert await kept.doors.by_bearer(await kept.token("bayu")) == SIGNED_IN
    people = kept.doors.apps["archive"].state.running.people
    assert (people.name("bayu"), people.agency_name("damkar")) == ("Bayu Aji", "Dinas Pemadam Kebakaran")


async def test_while_the_access_database_is_away_nothing_is_lost_and_it_is_told(
    kept: Kept, own: AccessDatabase, postgres: PostgresPart
) -> None:
    publishing_ = await kept.published()
    sri = await kept.token("sri")
    await kept.looks()
    assert await kept.doors.by_bearer(sri) == SIGNED_IN
    name = own.owner.rpartition("/")[2].partition("?")[0]
    said = {"ended_on": "2026-02-16", "reason": "Pindah."}
    assert await kept.said("hesti", "/people/sri/offices/1/end", said) == 200
    with psycopg.connect(postgres.server.admin_url, autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false".encode())
        admin.execute(b"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        for app in [kept.app, *kept.doors.apps.values()]:
            app.state.running.sessions._patience = 0.3
        await publishing_.now()
        assert publishing.UNPUBLISHED[0] in kept.troubles
        await kept.looks()
        archive = kept.doors.apps["archive"].state.running
        await archive.roster.look(archive.sessions)
        assert archive.people.name("sri") == "Sri Lestari", "what was known stays"
        assert [one.name for one in archive.troubles.listed()] == [roster.AWAY[0]]
        admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true".encode())
    for app in [kept.app, *kept.doors.apps.values()]:
        app.state.running.sessions._patience = 20
    await publishing_.now()
    await kept.looks()
    assert await kept.doors.by_bearer(sri) == NOBODY
    assert (kept.troubles, archive.troubles.listed()) == ([], [])


async def test_what_the_other_database_lost_is_published_again_and_an_older_history_is_told(
    kept: Kept, own: AccessDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    publishing_ = await kept.published()
    monkeypatch.setattr(publishing, "AGAIN_S", 0.0)
    with psycopg.connect(own.owner, autocommit=True) as conn:
        conn.execute("DELETE FROM people")
        await publishing_.now()
        assert conn.execute("SELECT count(*) FROM people").fetchone() == (1,)
        conn.execute("UPDATE people SET version = version + 100")
    await publishing_.now()
    assert kept.troubles == [publishing.BEHIND[0]]


async def test_two_keepers_who_end_each_other_leave_one(kept: Kept) -> None:
    await kept.published()
    said = {"ended_on": "2026-02-16", "reason": "Bukan kawan."}
    answers = await asyncio.gather(
        kept.said("hesti", "/people/dimas/offices/1/end", said),
        kept.said("dimas", "/people/hesti/offices/1/end", said),
    )
    assert sorted(answers) == [200, 422]


async def test_nobody_is_emptied_and_no_version_goes_back(kept: Kept) -> None:
    await kept.published()
    with psycopg.connect(kept.doors.sessions.apps["intake"], autocommit=True) as conn:
        for empty in ('{"person": []}', '{"agencies": {}}', '{"person": "sri"}', "[]"):
            with pytest.raises(psycopg.Error):
                conn.execute("SELECT set_people('3402', 9e18::bigint, %s::jsonb)", (empty,))
        before = conn.execute("SELECT look_up_people('{}')").fetchone()
        older = conn.execute("SELECT set_people('3402', 1, '{\"person\": [1]}')").fetchone()
        assert conn.execute("SELECT look_up_people('{}')").fetchone() == before
    assert older is not None
    assert older[0] > 1


async def test_a_list_goes_on_where_it_ended(kept: Kept) -> None:
    await kept.published()
    token = await kept.token("hesti")
    names, after = list[str](), "&after="
    while after:
        page = await kept.asked(token, f"/people?limit=5{after.removesuffix('&after=')}")
        names += [one["name"] for one in page["items"]]
        after = f"&after={page['next']}" if page["next"] else ""
    assert names == sorted(names)
    assert len(set(names)) == len(names) == 14
