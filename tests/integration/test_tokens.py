"""API tokens against somebody who tries: forged, mistyped, expired, ended, replayed, shown where none
belongs, of another agency, too fast, and with clocks that jump; in all four services.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import psycopg
import pytest

from shared.access import roster, tokens
from shared.access.session import COOKIE
from shared.access.tokens import Token, Tokens, TooFast
from shared.contracts.secret_text import fresh
from shared.service_names import SERVICES
from tests.integration.four_doors import AGENCIES, AGUS, FourDoors, four_doors
from tests.support import access
from tests.support.access import fresh_token, sessions_of
from tests.support.applications import listening
from tests.support.parts import PostgresPart

LET_IN, NOBODY = {403}, {401}
"""What a system gets for a page that demands a person, and what nobody gets."""
LATER = datetime.now(UTC) + timedelta(days=30)
SIPD = Token("3402-sipd", "sri", "unsur_opd", "dinkes", LATER)


@pytest.fixture
async def doors(postgres: PostgresPart) -> AsyncIterator[FourDoors]:
    async with four_doors() as made:
        yield made


@pytest.fixture
async def kept(postgres: PostgresPart) -> AsyncIterator[Tokens]:
    """The tokens as intake keeps them, none to begin with."""
    as_owner("DELETE FROM token; DELETE FROM token_pace")
    async with sessions_of("intake") as sessions:
        yield Tokens(sessions)


def as_owner(statement: str) -> list[Any]:
    with psycopg.connect(access.database().owner, autocommit=True) as conn:
        cursor = conn.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


async def made(kept: Tokens, token: Token = SIPD, number: int = 1) -> str:
    secret = await kept.keep(token, number)
    assert secret is not None
    return secret


# In force and ended everywhere


async def test_a_token_opens_all_four_services_until_it_is_ended(doors: FourDoors, kept: Tokens) -> None:
    secret = await made(kept)
    assert await doors.by_bearer(secret) == LET_IN
    await kept.drop({SIPD.token: 2})
    assert await doors.by_bearer(secret) == NOBODY


async def test_a_renewed_token_has_one_secret(doors: FourDoors, kept: Tokens) -> None:
    old, new = await made(kept), await made(kept, number=2)
    assert (await doors.by_bearer(old), await doors.by_bearer(new)) == (NOBODY, LET_IN)
    assert await kept.keep(SIPD, 2) is None, "a secret of this number was made already"
    assert await kept.keep(SIPD, 1) is None, "a request that comes late brings nothing back"
    assert await doors.by_bearer(new) == LET_IN


async def test_a_token_falls_with_the_office_that_it_is_lent(doors: FourDoors, kept: Tokens) -> None:
    secret = await made(kept)
    assert await doors.by_bearer(secret) == LET_IN
    doors.publish(AGENCIES + AGUS)
    await asyncio.sleep(roster.LOOK_S + 0.1)
    assert await doors.by_bearer(secret) == NOBODY


@pytest.mark.parametrize("other", [{"role": "tim_spm"}, {"agency": "dinsos"}, {"holder": "nobody"}])
async def test_no_office_that_its_holder_has_not(
    doors: FourDoors, kept: Tokens, other: Mapping[str, str]
) -> None:
    said = {"holder": "sri", "role": "unsur_opd", "agency": "dinkes", **other}
    assert await doors.by_bearer(await made(kept, Token("3402-lain", ends_at=LATER, **said))) == NOBODY


async def test_it_is_over_in_the_second_after_its_last_and_no_clock_revives_it(
    doors: FourDoors, kept: Tokens
) -> None:
    secret = await made(kept)
    as_owner("UPDATE token SET ends_at = clock_timestamp() - interval '1 second'")
    assert await doors.by_bearer(secret) == NOBODY
    assert as_owner("UPDATE token SET ends_at = ends_at + interval '1 hour' RETURNING 1") == []


# Shown wrongly


async def test_what_is_no_token_in_force_is_nobody(doors: FourDoors, kept: Tokens) -> None:
    secret = await made(kept)
    swapped = secret[:20] + secret[21] + secret[20] + secret[22:]
    wrong = [fresh(), secret[:-1], secret + "x", secret.swapcase(), "jejak_", "jejak_" + "A" * 60_000]
    for one in [*wrong, *([swapped] if swapped != secret else [])]:
        assert await doors.by_bearer(one) == NOBODY, one[:80]


async def test_only_alone_and_only_in_its_header(doors: FourDoors, kept: Tokens) -> None:
    secret, agus = await made(kept), fresh_token("agus")
    assert await doors.by_cookie(secret) == NOBODY
    assert await doors.ask({"Authorization": secret}) == NOBODY
    assert await doors.ask({"Authorization": f"Basic {secret}"}) == NOBODY
    async with doors.browser() as http:
        for name in SERVICES:
            path = f"/api/{name}/parked"
            two = [("Authorization", f"Bearer {one}") for one in (secret, agus)]
            assert (await http.get(path, headers=two)).status_code == 401
            assert (await http.get(path, headers=[*reversed(two)])).status_code == 401
            for query in ("access_token", "token", "cari"):
                asked = await http.get(f"{path}?{query}={secret}")
                assert asked.status_code == 422, asked.text
                assert secret not in asked.text


async def test_a_cookie_beside_it_is_not_looked_at(doors: FourDoors, kept: Tokens) -> None:
    secret, agus = await made(kept), fresh_token("agus")
    async with doors.browser() as http:
        mine = {"Authorization": f"Bearer {secret}", "Cookie": f"{COOKIE}={agus}"}
        me = (await http.get("/api/intake/session", headers=mine)).json()
        assert (me["person"], me["roles"], me["form_token"]) == ("token:3402-sipd", ["unsur_opd"], None)
        for path in ("/sesi", "/saya", "/masuk/selesai"):
            assert (await http.get(path, headers=mine)).status_code in {303, 401, 404}, path
        left = await http.delete("/api/intake/session", headers=mine)
        assert (left.status_code, left.json()["type"]) == (403, "urn:jejak:problem:person-demanded")
        mine = {"Authorization": f"Bearer {fresh()}", "Cookie": f"{COOKIE}={agus}"}
        assert (await http.get("/api/intake/session", headers=mine)).status_code == 401


async def test_a_megabyte_of_header_is_refused_and_nobody_else_waits(doors: FourDoors, kept: Tokens) -> None:
    secret = await made(kept)
    async with listening(doors.apps["archive"]) as address, httpx2.AsyncClient(base_url=address) as http:
        flood = {"Authorization": "Bearer jejak_" + "A" * 1_000_000}
        try:
            status = (await http.get("/api/archive/parked", headers=flood)).status_code
        except httpx2.HTTPError:
            status = 431  # the server closes before all of it is sent
        assert status in {400, 401, 431}
        alone = {"Authorization": f"Bearer {secret}"}
        assert (
            await http.get("/api/archive/parked", headers={**alone, "Host": "jejak.test"})
        ).status_code == 403


# How fast


async def test_a_token_that_comes_too_fast_waits_alone(
    doors: FourDoors, kept: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "BURST", 4)
    monkeypatch.setattr(tokens, "EVERY", timedelta(hours=1))
    fast, calm = await made(kept), await made(kept, Token("3402-tenang", "agus", *SIPD_OFFICE, LATER))
    assert await doors.by_bearer(fast) == LET_IN  # once at each service: all count together
    async with doors.browser() as http:
        for name in SERVICES:
            for _again in range(2):
                late = await http.get(f"/api/{name}/parked", headers={"Authorization": f"Bearer {fast}"})
                assert late.status_code == 429
                assert late.json()["type"] == "urn:jejak:problem:token-too-fast"
                assert 0 < int(late.headers["retry-after"]) <= 3600
    assert await doors.by_bearer(calm) == LET_IN


SIPD_OFFICE = SIPD.role, SIPD.agency


async def test_a_clock_that_is_set_back_an_hour_keeps_no_token_waiting(kept: Tokens) -> None:
    secret = await made(kept)
    await kept.use(secret)
    as_owner("UPDATE token_pace SET due = due + interval '1 hour'")
    async with sessions_of("archive") as others:
        with pytest.raises(TooFast) as fast:
            await Tokens(others).use(secret)
        assert fast.value.wait <= tokens.EVERY.total_seconds()
        paced = as_owner("SELECT due < clock_timestamp() + interval '1 minute' FROM token_pace")
        assert paced == [(True,)]


async def test_what_a_crash_empties_lets_a_token_begin_anew(kept: Tokens) -> None:
    secret = await made(kept)
    await kept.use(secret)
    as_owner("TRUNCATE token_pace")
    assert (await kept.use(secret)).token == SIPD.token


async def test_the_last_use_is_written_once_a_minute(kept: Tokens) -> None:
    secret = await made(kept)
    assert (await kept.kept())[SIPD.token] == (1, None)
    await kept.use(secret)
    first = (await kept.kept())[SIPD.token][1]
    await kept.use(secret)
    assert first is not None
    assert (await kept.kept())[SIPD.token][1] == first
    for moved in ("- interval '61 seconds'", "+ interval '1 hour'"):  # and a clock that was set back
        as_owner(f"UPDATE token SET used_at = used_at {moved}")
        await kept.use(secret)
        again = (await kept.kept())[SIPD.token][1]
        assert again is not None
        assert first <= again < first + timedelta(minutes=5)


async def test_only_intake_gives_and_ends_tokens(postgres: PostgresPart, kept: Tokens) -> None:
    secret = await made(kept)
    async with sessions_of("archive") as others:
        other = Tokens(others)
        assert (await other.use(secret)).holder == "sri"
        for forbidden in (other.keep(SIPD, 9), other.drop({SIPD.token: 9}), other.kept()):
            with pytest.raises(Exception, match="InsufficientPrivilege"):
                await forbidden
