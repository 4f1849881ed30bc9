"""Signing in by a local account, against who guesses, asks who exists, sends monsters or comes by a
foreign site.
"""

import asyncio
import re
import secrets

import pytest

from services.intake.account.local import Local
from shared.access.local import passwords
from shared.access.local.limits import LIMITS
from tests.integration.local_doors import (
    OPD,
    OTHER,
    PASSWORD,
    Doors,
    accept,
    doors,
    empty,
    form_keys,
    is_in,
    session_of,
    sign_in,
    with_second,
)

__all__ = ["doors", "empty"]


async def test_no_answer_tells_whether_an_account_exists(doors: Doors) -> None:
    async with doors.browser() as http:
        await accept(http, await doors.link(OPD))

    async def said(name: str, password: str) -> str:
        async with doors.browser(f"10.1.{secrets.randbelow(250)}.{secrets.randbelow(250)}") as http:
            answer = await sign_in(http, name, password)
            headers = sorted(name for name in answer.headers if name not in {"jejak-request", "traceparent"})
            text = answer.text.replace(name, "NAME")
            text = re.sub(r'value="[0-9a-f]{32}"', "", text)
            return f"{answer.status_code} {headers} {text}"

    wrong = [await said(OPD, OTHER), await said("lk_kabag", OTHER), await said("nobody", OTHER)]
    assert wrong[0] == wrong[1] == wrong[2]


async def test_the_same_is_hashed_for_a_name_that_nobody_has(doors: Doors) -> None:
    async with doors.browser() as http:
        await accept(http, await doors.link(OPD))
        hashing = Local(doors.app.state.running).hashing
        assert hashing.nobody.split("$")[:4] == passwords.HASHER.hash("x").split("$")[:4]


@pytest.mark.parametrize("long", [passwords.LONGEST + 1, 60_000, 1_000_000])
async def test_a_monster_is_no_password(doors: Doors, long: int) -> None:
    token = await doors.link(OPD)
    async with doors.browser() as http:
        answers = [
            await sign_in(http, OPD, "a" * long),
            await sign_in(http, "a" * long, PASSWORD),
            await accept(http, token, "a" * long),
        ]
        assert {answer.status_code for answer in answers} <= {413, 422, 410}
        assert is_in(await accept(http, token)), "the link is not used up by it"


async def test_a_password_is_the_same_on_every_keyboard(doors: Doors) -> None:
    composed, apart = "kafé di Sédayu libur", "kafe\u0301 di Se\u0301dayu\u00a0libur"
    async with doors.browser() as http:
        assert is_in(await accept(http, await doors.link(OPD), composed))
    async with doors.browser() as http:
        assert is_in(await sign_in(http, OPD, apart))


@pytest.mark.parametrize("bad", ["pendek", "password1234", "semua jabatan unsur", "dinas kesehatan satu"])
async def test_a_weak_password_leaves_the_link_as_it_was(doors: Doors, bad: str) -> None:
    token = await doors.link(OPD)
    async with doors.browser() as http:
        refused = await accept(http, token, bad)
        assert (refused.status_code, is_in(refused)) == (422, False)
        assert f'value="{bad}"' not in refused.text
        differs = await http.post(
            "/undangan", data={"token": token, "password": PASSWORD, "password_again": OTHER}
        )
        assert differs.status_code == 422
        assert is_in(await accept(http, token))


@pytest.mark.test_all
async def test_a_thousand_at_once_from_one_address_are_a_few_tries(doors: Doors) -> None:
    """And somebody else at another address still gets in, and the person at the own desk too."""
    async with doors.browser("10.0.0.9") as desk:
        await accept(desk, await doors.link(OPD))
        async with doors.browser("203.0.113.7") as http:
            answers = await asyncio.gather(*(sign_in(http, f"lk_{n}", OTHER) for n in range(1000)))
            counted = [answer.status_code for answer in answers]
            assert counted.count(422) <= LIMITS["address"].most
            assert counted.count(422) + counted.count(429) == 1000, set(counted)
            refused = next(answer for answer in answers if answer.status_code == 429)
            assert 0 < int(refused.headers["retry-after"]) <= 15 * 60 + 1
        async with doors.browser("203.0.113.8") as http:
            assert is_in(await sign_in(http, OPD))


async def test_guessing_from_elsewhere_does_not_lock_the_person_out_at_the_own_desk(doors: Doors) -> None:
    async with doors.browser("10.0.0.9") as desk:
        await accept(desk, await doors.link(OPD))
        for n in range(LIMITS["person"].most + 5):
            async with doors.browser(f"198.51.100.{n}") as http:
                await sign_in(http, OPD, OTHER)
        async with doors.browser("198.51.100.99") as http:
            assert (await sign_in(http, OPD)).status_code == 429, "who is not known here waits"
        await desk.post("/keluar", data=await form_keys(desk))
        assert is_in(await sign_in(desk, OPD)), "who has signed in here before does not"


async def test_a_known_browser_does_not_guess_for_ever(doors: Doors) -> None:
    async with doors.browser("10.0.0.9") as desk:
        await accept(desk, await doors.link(OPD))
        await desk.post("/keluar", data=await form_keys(desk))
        codes = [(await sign_in(desk, OPD, OTHER)).status_code for _ in range(LIMITS["device"].most + 3)]
        assert codes.count(422) == LIMITS["device"].most
        assert codes[-1] == 429
        stolen = {name: value for name, value in desk.cookies.items() if name.startswith("jejak_device_")}
        assert len(stolen) == 1
    async with doors.browser("10.0.0.10") as http:
        for name, value in stolen.items():
            http.cookies.set(name, value)
        assert (await sign_in(http, OPD)).status_code == 429, "a copied cookie shares its count"
    async with doors.browser("10.0.0.11") as http:
        assert is_in(await sign_in(http, OPD)), "without it one is somebody of elsewhere"


async def test_codes_are_not_guessed(doors: Doors) -> None:
    async with doors.browser() as http:
        await with_second(doors, http, "lk_tim_spm")
    async with doors.browser("10.0.0.50") as http:
        tried = 0
        for _ in range(4):
            await sign_in(http, "lk_tim_spm")
            for guess in range(6):
                answer = await http.post("/masuk/kedua", data={"otp": f"{guess:06}"})
                tried += answer.status_code == 422
                assert not is_in(answer)
        assert tried <= LIMITS["code"].most


async def test_no_session_that_was_planted_becomes_somebodys(doors: Doors) -> None:
    planted = secrets.token_urlsafe(32)
    async with doors.browser() as http:
        http.cookies.set("jejak_session", planted)
        answer = await accept(http, await doors.link(OPD))
        assert is_in(answer)
        assert planted not in str(answer.headers)
    async with doors.browser() as http:
        http.cookies.set("jejak_session", planted)
        assert await session_of(http) == ""


@pytest.mark.parametrize("path", ["/masuk/lokal", "/masuk/kedua", "/undangan"])
@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
async def test_a_foreign_site_signs_nobody_in(doors: Doors, path: str, headers: dict[str, str]) -> None:
    async with doors.browser() as http:
        token = await doors.link(OPD)
        typed = {
            "name": OPD,
            "password": PASSWORD,
            "token": token,
            "password_again": PASSWORD,
            "otp": "000000",
        }
        answer = await http.post(path, data=typed, headers=headers)
        assert (answer.status_code, is_in(answer)) == (403, False)
        assert (await http.get("/undangan", params={"token": token})).status_code == 200


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", "/isian"])
async def test_signing_in_leads_to_our_own_pages_alone(doors: Doors, target: str) -> None:
    async with doors.browser() as http:
        await accept(http, await doors.link(OPD))
    async with doors.browser() as http:
        typed = {"name": OPD, "password": PASSWORD, "ke": target}
        answer = await http.post("/masuk/lokal", data=typed)
        assert "evil" not in answer.headers["location"]
        assert answer.headers["location"].startswith("/")
