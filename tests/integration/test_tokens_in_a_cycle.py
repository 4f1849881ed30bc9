"""A system that fills in by its token: under its own name, for its own agency, no further than a system
may; and its secret stands nowhere.
"""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx2
import psycopg
import pytest
import structlog
from fastapi import FastAPI

from services.intake.token.sweeping import sweep
from shared.access.tokens import TokenRefused, Tokens
from shared.contracts.secret_text import fresh
from shared.spm.catalogue import current
from tests.integration.test_tokens import LATER
from tests.support import access
from tests.support.access import sessions_of
from tests.support.applications import application, bearer, fill, visiting
from tests.support.events import CYCLE
from tests.support.parts import PostgresPart

OWN, OTHER = f"{CYCLE}-dinkes-tahunan", f"{CYCLE}-dinsos-tahunan"


@pytest.fixture
async def kept(postgres: PostgresPart) -> AsyncIterator[Tokens]:
    """The tokens as intake keeps them, none to begin with."""
    with psycopg.connect(access.database().owner, autocommit=True) as conn:
        conn.execute("DELETE FROM token; DELETE FROM token_pace")
    async with sessions_of("intake") as sessions:
        yield Tokens(sessions)


@asynccontextmanager
async def intake(postgres: PostgresPart) -> AsyncIterator[tuple[FastAPI, httpx2.AsyncClient]]:
    """Intake with the cycle of two agencies, today."""
    database = postgres.fresh_database("tokens_intake")
    await fill("intake", database)
    async with application("intake", database, now=datetime.now(UTC)) as app, visiting(app) as browser:
        yield app, browser.http


def body(**more: str) -> dict[str, str]:
    office = {"role": "unsur_opd", "agency": "dinkes", "holder": "as_unsur_opd"}
    return {
        "name": "epuskesmas",
        **office,
        "purpose": "Mengirim angka",
        "valid_until": str(LATER.date()),
        **more,
    }


async def test_a_system_fills_in_under_its_own_name_and_no_further(
    postgres: PostgresPart, kept: Tokens
) -> None:
    lines = list[str]()

    def noted(_logger: object, _method: str, line: Any) -> str:
        lines.append(str(line))
        return str(line)

    structlog.configure(processors=[noted])
    async with intake(postgres) as (app, http):
        key = {**bearer("as_kabag"), "Idempotency-Key": "satu"}
        given = await http.post("/api/intake/tokens", json=body(), headers=key)
        assert given.status_code == 200, given.text
        secret, token = given.json()["secret"], given.json()["token"]
        again = await http.post("/api/intake/tokens", json=body(), headers=key)
        assert (again.json()["position"], again.json()["secret"]) == (given.json()["position"], None)
        system = {"Authorization": f"Bearer {secret}"}
        figure = {"served": 41, "entitled": 52}
        path = f"/api/intake/submissions/{OWN}"
        shown = await http.get(path, headers=system)
        assert shown.status_code == 200, shown.text
        entered = await http.put(f"{path}/figures/kes.balita", json=figure, headers=system)
        assert entered.status_code == 200, entered.text
        said = await last_event(app)
        assert (said["metadata"]["actor"]["person"], said["data"]["by"]) == (f"token:{token}",) * 2
        await refused_to(http, system, secret)
        await noticed(http, token)
        ended = {**bearer("as_unsur_opd")}
        ended = {**ended, "Idempotency-Key": "dua"}
        for _twice in range(2):
            over = await http.post(f"/api/intake/tokens/{token}/end", json={"reason": "Bocor"}, headers=ended)
            assert (over.status_code, len(over.json()["events"])) == (200, 1), over.text
        assert (await http.get(path, headers=system)).status_code == 401
        assert secret not in await everything(app) + "\n".join(lines), "in a table, or a log line"
    structlog.reset_defaults()


async def refused_to(http: httpx2.AsyncClient, system: Mapping[str, str], secret: str) -> None:
    """What the system may not, and what nobody may say."""
    for path in (f"submissions/{OTHER}", "people", "logins", "accounts", "tokens", "parked", "events"):
        found = await http.get(f"/api/intake/{path}", headers=system)
        assert found.status_code in {403, 404}, path
    path = f"/api/intake/submissions/{OWN}"
    for what, sent in (("hand-in", {"digest": "a" * 64}), ("taking-back", {"reason": "x"})):
        answer = await http.post(f"{path}/{what}", json=sent, headers=system)
        assert answer.json()["type"] in {
            f"urn:jejak:problem:{code}" for code in ("person-demanded", "not-found")
        }
    other = f"/api/intake/submissions/{OTHER}/figures/sos.anak"
    assert (await http.put(other, json={"served": 1}, headers=system)).status_code in {403, 404}
    told = {"served": 1, "entitled": 2, "origin": f"dengan {secret}"}
    answer = await http.put(f"{path}/figures/kes.balita", json=told, headers=system)
    assert (answer.status_code, secret in answer.text) == (422, False)
    for way in ("token", "access_token"):
        answer = await http.get(f"{path}?{way}={secret}", headers=bearer("as_kabag"))
        assert answer.status_code == 422, answer.text


async def noticed(http: httpx2.AsyncClient, token: str) -> None:
    """Who may see it: the agency, and whoever keeps tokens; never the secret."""
    for person, many in (("as_kabag", 1), ("as_unsur_opd", 1), ("as_operator", 1), ("as_inspektur", 1)):
        found = (await http.get("/api/intake/tokens", headers=bearer(person))).json()
        mine = [one for one in found if one["token"] == token]
        assert [one["state"] for one in mine] == ["in_force"] * many, person
        assert mine[0]["used_at"] is not None
    page = await http.get(f"/token/{token}", headers=bearer("as_kabag"))
    assert (page.status_code, re.findall(r"jejak_[0-9A-Za-z]{49}", page.text)) == (200, [])


@pytest.mark.parametrize(
    ("who", "more", "status", "code"),
    [
        ("as_kabag", {"holder": "as_tim_spm"}, 422, "holder-without-office"),
        ("as_kabag", {"agency": "dinsos"}, 422, "holder-without-office"),
        ("as_kabag", {"role": "kabag"}, 422, "invalid-input"),
        ("as_kabag", {"purpose": "secret"}, 422, "invalid-input"),
        ("as_kabag", {"valid_until": "2020-01-01"}, 422, "token-over"),
        ("as_all", {"holder": "as_all"}, 422, "token-to-oneself"),
        ("as_unsur_opd", {}, 403, "forbidden"),
        ("as_tim_spm", {}, 403, "forbidden"),
    ],
)
async def test_a_token_is_not_given(
    told: httpx2.AsyncClient, who: str, more: Mapping[str, str], status: int, code: str
) -> None:
    more = {**more, "purpose": fresh()} if more.get("purpose") == "secret" else more
    answer = await told.post("/api/intake/tokens", json=body(name="tak", **more), headers=bearer(who))
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:jejak:problem:{code}"), answer.text


@pytest.fixture
async def told(postgres: PostgresPart) -> AsyncIterator[httpx2.AsyncClient]:
    async with intake(postgres) as (_app, http):
        yield http


async def test_what_broke_off_between_the_two_is_swept(postgres: PostgresPart, kept: Tokens) -> None:
    async with intake(postgres) as (app, http):
        given = await http.post("/api/intake/tokens", json=body(), headers=bearer("as_kabag"))
        secret, token = given.json()["secret"], given.json()["token"]
        async with app.state.running.pool.connection() as conn:
            await conn.execute(b"UPDATE token SET ended_on = '2026-01-01'")
        assert (await kept.use(secret)).token == token
        await sweep(app.state.running, kept)
        with pytest.raises(TokenRefused):
            await kept.use(secret)


async def test_who_holds_a_token_that_filled_in_has_filled_in(postgres: PostgresPart, kept: Tokens) -> None:
    async with intake(postgres) as (app, http):
        given = await http.post("/api/intake/tokens", json=body(holder="as_all"), headers=bearer("as_kabag"))
        system = {"Authorization": f"Bearer {given.json()['secret']}"}
        path = f"/api/intake/submissions/{OWN}"
        for service in ("kes.balita", "kes.ibu_hamil"):
            items = {kind.id: {"required": 2, "fulfilled": 1} for kind in current().services[service].quality}
            figure = {"served": 41, "entitled": 52, "budget": 1, "realised": 1, "quality": items}
            entered = await http.put(f"{path}/figures/{service}", json=figure, headers=system)
            assert entered.status_code == 200, entered.text
        said = {
            "service": "kes.balita",
            "rule": "R10",
            "field": "entitled",
            "text": "Sasaran dari registrasi.",
        }
        explained = await http.post(f"{path}/explanations", json=said, headers=bearer("as_unsur_opd"))
        assert explained.status_code == 200, explained.text
        shown = await http.get(path, headers=bearer("as_unsur_opd"))
        sent = {**bearer("as_unsur_opd"), "If-Match": shown.headers["etag"]}
        handed_in = await http.post(f"{path}/hand-in", json={}, headers=sent)
        assert handed_in.status_code == 200, handed_in.text
        by = (await last_event(app))["data"]["entered_by"]
        assert {f"token:{given.json()['token']}", "as_all", "as_unsur_opd"} <= set(by)


async def last_event(app: FastAPI) -> dict[str, Any]:
    async with app.state.running.pool.connection() as conn:
        row = await (
            await conn.execute(b"SELECT data, metadata FROM event ORDER BY position DESC LIMIT 1")
        ).fetchone()
    return {"data": row[0], "metadata": row[1]}


async def everything(app: FastAPI) -> str:
    """Every row of every table of intake and of the database of sessions, as text."""
    found: list[str] = []
    names = b"SELECT quote_ident(table_name) FROM information_schema.tables WHERE table_schema = 'public'"
    async with app.state.running.pool.connection() as conn:
        for (name,) in await (await conn.execute(names)).fetchall():
            found += [str(row) for row in await (await conn.execute(f"SELECT * FROM {name}")).fetchall()]
    with psycopg.connect(access.database().owner) as owner:
        for (name,) in owner.execute(names).fetchall():
            found += [str(row) for row in owner.execute(f"SELECT * FROM {name}").fetchall()]
    assert any("epuskesmas" in line for line in found)
    return "\n".join(found)
