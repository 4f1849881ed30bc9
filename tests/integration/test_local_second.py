"""Second factors and the own account, against who looks on, comes twice, or finds an open window."""

import asyncio
import hashlib
import re

import msgspec
import psycopg
import pytest

from services.intake.account.local import Local
from shared.access.local.vault import Factor
from shared.access.session import MEMORY_S
from tests.integration.local_doors import (
    DEMANDING,
    OPD,
    OTHER,
    PASSWORD,
    Doors,
    accept,
    doors,
    empty,
    form_keys,
    is_in,
    key_in,
    local_doors,
    session_of,
    sign_in,
    with_second,
)

__all__ = ["doors", "empty"]
from tests.support.parts import PostgresPart


@pytest.mark.parametrize("person", DEMANDING)
async def test_an_office_that_demands_a_second_factor_lets_nobody_in_without(
    doors: Doors, person: str
) -> None:
    official = "lk_operator" if person == "lk_kabag" else "lk_kabag"
    async with doors.browser() as http:
        answer = await accept(http, await doors.link(person, official))
        assert not is_in(answer)
        assert await session_of(http) == ""
    async with doors.browser() as http:
        answer = await sign_in(http, person)
        assert (answer.headers["location"], is_in(answer)) == ("/masuk/kedua", False)
        key = key_in((await http.get("/masuk/kedua")).text)
        assert is_in(await http.post("/masuk/kedua", data={"otp": doors.code(key), "label": "Ponsel"}))


async def test_which_roles_demand_it_is_a_setting(empty: PostgresPart) -> None:
    async with (
        local_doors(empty.fresh_database("local"), JEJAK_SECOND_FACTOR="none") as doors,
        doors.browser() as http,
    ):
        assert is_in(await accept(http, await doors.link("lk_operator")))


async def test_the_second_factor_is_asked_for_every_time_and_its_code_counts_once(doors: Doors) -> None:
    async with doors.browser() as http:
        key = await with_second(doors, http, "lk_tim_spm")
    async with doors.browser() as http:
        await sign_in(http, "lk_tim_spm")
        used = await http.post("/masuk/kedua", data={"otp": doors.code(key)})
        assert (used.status_code, is_in(used)) == (422, False), "the code by which it was set up"
        doors.wait(30)
        code = doors.code(key)
        assert is_in(await http.post("/masuk/kedua", data={"otp": code}))
    async with doors.browser() as http:
        await sign_in(http, "lk_tim_spm")
        assert not is_in(await http.post("/masuk/kedua", data={"otp": code})), "somebody who looked on"


async def test_two_at_once_with_one_code_are_one(doors: Doors) -> None:
    async with doors.browser() as http:
        key = await with_second(doors, http, "lk_tim_spm")
    doors.wait(60)

    async def once(address: str) -> bool:
        async with doors.browser(address) as http:
            await sign_in(http, "lk_tim_spm")
            return is_in(await http.post("/masuk/kedua", data={"otp": doors.code(key)}))

    assert (await asyncio.gather(*(once(f"10.0.0.{n}") for n in range(5)))).count(True) == 1


async def test_a_second_factor_that_broke_off_before_its_event_opens_and_demands_nothing(
    doors: Doors,
) -> None:
    async with doors.browser() as http:
        await accept(http, await doors.link(OPD))
    assert await Local(doors.app.state.running).vault.add_factor(
        OPD, 1, Factor(factor="f0", totp="K" * 32), []
    )
    async with doors.browser() as http:
        assert is_in(await sign_in(http, OPD))


async def test_a_sign_in_that_waits_is_of_one_browser_and_goes_on_once(doors: Doors) -> None:
    async with doors.browser() as http:
        key = await with_second(doors, http, "lk_tim_spm")
    doors.wait(60)
    async with doors.browser() as mine, doors.browser() as copied, doors.browser() as stranger:
        await sign_in(mine, "lk_tim_spm")
        waiting = mine.cookies["jejak_second"]
        assert not is_in(await stranger.post("/masuk/kedua", data={"otp": doors.code(key)}))
        assert is_in(await mine.post("/masuk/kedua", data={"otp": doors.code(key)}))
        copied.cookies.set("jejak_second", waiting)
        doors.wait(30)
        assert not is_in(await copied.post("/masuk/kedua", data={"otp": doors.code(key)}))
        for forged in ("second.", "enrol." + waiting.partition(".")[2], "first.x", "x" * 3000):
            copied.cookies.set("jejak_second", forged)
            assert (await copied.get("/masuk/kedua")).status_code == 303


async def test_a_second_factor_is_never_set_up_in_place_of_the_one_that_is_there(doors: Doors) -> None:
    """A sign-in from before the factor was set would let it be replaced by who only knows the password."""
    async with doors.browser() as thief, doors.browser() as http:
        token = await doors.link("lk_tim_spm")
        await accept(http, token)
        await sign_in(thief, "lk_tim_spm")
        planted = key_in((await thief.get("/masuk/kedua")).text)
        key = key_in((await http.get("/masuk/kedua")).text)
        assert is_in(await http.post("/masuk/kedua", data={"otp": doors.code(key), "label": "Ponsel"}))
        late = await thief.post("/masuk/kedua", data={"otp": doors.code(planted), "label": "Milik saya"})
        assert not is_in(late)
    assert (await doors.events("lk_tim_spm")).count("second-factor-set") == 1


async def test_what_is_mine_asks_for_the_password_again(doors: Doors) -> None:
    async with doors.browser() as http, doors.browser() as elsewhere:
        await accept(http, await doors.link(OPD))
        await sign_in(elsewhere, OPD)
        keys = await form_keys(http)
        new = {"password": OTHER, "password_again": OTHER}
        wrong = await http.post("/saya/sandi", data={**keys, "current_password": "salah sekali ini", **new})
        assert wrong.status_code == 422
        weak = {"current_password": PASSWORD, "password": "password1234", "password_again": "password1234"}
        assert (await http.post("/saya/sandi", data={**keys, **weak})).status_code == 422
        right = await http.post("/saya/sandi", data={**keys, "current_password": PASSWORD, **new})
        assert right.status_code == 303
        await asyncio.sleep(MEMORY_S + 0.1)
        assert (await session_of(http), await session_of(elsewhere)) == (OPD, "")
        assert (await sign_in(elsewhere, OPD)).status_code == 422
        assert is_in(await sign_in(elsewhere, OPD, OTHER))


async def test_second_factors_of_mine_come_and_go(doors: Doors) -> None:
    async with doors.browser() as http:
        first = await with_second(doors, http, "lk_tim_spm")
        keys, proof = await form_keys(http), {"current_password": PASSWORD}
        doors.wait(60)
        assert (await http.post("/saya/faktor", data={**keys, "current_password": OTHER})).status_code == 422
        page = await http.post("/saya/faktor", data={**keys, **proof})
        ticket = re.search(r'name="setup_token" value="([^"]+)"', page.text)
        assert ticket, page.text
        key = key_in(page.text)
        set_up = {**keys, "setup_token": ticket[1], "label": "Tablet"}
        assert (await http.post("/saya/faktor/baru", data={**set_up, "otp": "000000"})).status_code == 422
        assert (
            await http.post("/saya/faktor/baru", data={**set_up, "otp": doors.code(key)})
        ).status_code == 303
        replayed = await http.post("/saya/faktor/baru", data={**set_up, "otp": doors.code(key, 1)})
        assert replayed.status_code == 422
        mine = (await http.get("/saya")).text
        assert "Tablet" in mine
        factors = re.findall(r'<option value="([0-9a-f]{16})">(\w+)', mine)
        assert [name for _, name in factors] == ["Ponsel", "Tablet"]
        gone = await http.post("/saya/faktor/hapus", data={**keys, **proof, "factor": factors[0][0]})
        assert gone.status_code == 303
        last = await http.post("/saya/faktor/hapus", data={**keys, **proof, "factor": factors[1][0]})
        assert last.status_code == 422, "the office demands one"
    doors.wait(60)
    async with doors.browser() as http:
        await sign_in(http, "lk_tim_spm")
        assert not is_in(await http.post("/masuk/kedua", data={"otp": doors.code(first)}))
        assert is_in(await http.post("/masuk/kedua", data={"otp": doors.code(key)}))


async def test_who_is_signed_in_sees_and_stops_a_recovery(doors: Doors) -> None:
    async with doors.browser() as http:
        await accept(http, await doors.link(OPD))
        await doors.as_official(f"{OPD}/recovery", reason="Katanya lupa")
        assert "Katanya lupa" in (await http.get("/saya")).text
        assert (await http.post("/saya/pemulihan", data=await form_keys(http))).status_code == 303
        late = await doors.as_official(f"{OPD}/recovery/approval", "lk_operator")
        assert late.json()["type"].endswith("recovery-not-asked")


async def test_the_pages_of_officials_show_a_link_once(doors: Doors) -> None:
    async with doors.browser() as http:
        answer = await http.post("/masuk", data={"person": "lk_kabag"})
        assert answer.status_code == 303
        keys = await form_keys(http)
        page = await http.post(f"/akun/lokal/{OPD}/undangan", data={**keys, "_command": "a" * 32})
        link = re.search(r'id="link"[^>]*>([^<]+)<', page.text)
        assert link, page.text
        assert link[1] not in (await http.get(f"/akun/lokal/{OPD}")).text
        assert "no-store" in page.headers["cache-control"]
        assert "menunggu" not in (await http.get("/akun/lokal")).text


async def test_no_secret_is_in_an_event_or_in_what_commands_keep(
    doors: Doors, postgres: PostgresPart
) -> None:
    async with doors.browser() as http:
        token = await doors.link("lk_tim_spm")
        await accept(http, token)
        key = key_in((await http.get("/masuk/kedua")).text)
        await http.post("/masuk/kedua", data={"otp": doors.code(key), "label": "Ponsel"})
        keys = await form_keys(http)
        new = {"current_password": PASSWORD, "password": OTHER, "password_again": OTHER}
        await http.post("/saya/sandi", data={**keys, **new, "_command": "b" * 32})
    kept = ""
    async with doors.app.state.running.pool.connection() as conn:
        tables = await (
            await conn.execute(b"SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        ).fetchall()
        for (table,) in tables:
            try:
                rows = await (await conn.execute(f"SELECT t::text FROM {table} t".encode())).fetchall()
            except psycopg.errors.InsufficientPrivilege:
                continue
            kept += str(rows)
    for secret in (PASSWORD, OTHER, token, key):
        assert secret not in kept
        assert hashlib.sha256(secret.encode()).hexdigest() not in kept
    body = [["current_password", PASSWORD], ["password", OTHER], ["password_again", OTHER]]
    whole = msgspec.json.encode(["POST", "/saya/sandi", [], body], order="deterministic")
    assert hashlib.sha256(whole).hexdigest() not in kept, "no digest of what was sent"
