"""Local accounts through their doors: links and recoveries, against who comes twice, late, or with half of
it.
"""

import asyncio
import uuid

from services.intake.account.local import Local
from services.intake.domain.account_commands import InviteAccount
from shared.access.local import passwords
from shared.access.session import MEMORY_S
from shared.eventsourcing.commands.order import Order
from shared.eventsourcing.recorded import Actor
from tests.integration.local_doors import (
    INVALID,
    OPD,
    OTHER,
    PASSWORD,
    Doors,
    accept,
    doors,
    empty,
    is_in,
    key_in,
    local_doors,
    session_of,
    sign_in,
    with_second,
)

__all__ = ["doors", "empty"]
from tests.support.parts import PostgresPart


async def test_from_an_invitation_to_a_session(doors: Doors) -> None:
    async with doors.browser() as http:
        answer = await accept(http, await doors.link(OPD))
        assert (answer.status_code, is_in(answer)) == (303, True)
        assert await session_of(http) == OPD
    assert await doors.events(OPD) == ["account-invited", "account-activated"]
    async with doors.browser() as http:
        assert is_in(await sign_in(http, OPD.upper()))
        assert await session_of(http) == OPD


async def test_a_link_that_two_strangers_use_at_once_lets_one_in(doors: Doors) -> None:
    token = await doors.link(OPD)

    async def once(address: str, password: str) -> tuple[bool, str]:
        async with doors.browser(address) as http:
            return is_in(await accept(http, token, password)), password

    came = await asyncio.gather(once("10.0.0.1", PASSWORD), once("10.9.9.9", OTHER))
    assert sorted(came_in for came_in, _ in came) == [False, True]
    winner = next(password for came_in, password in came if came_in)
    async with doors.browser() as http:
        assert is_in(await sign_in(http, OPD, winner))
    async with doors.browser() as http:
        assert not is_in(await sign_in(http, OPD, OTHER if winner == PASSWORD else PASSWORD))


async def test_links_that_are_over(doors: Doors) -> None:
    first = await doors.link(OPD)
    second = await doors.link(OPD, "lk_operator")
    async with doors.browser() as http:
        for token in (first, "", "a" * 43, "a" * 5000, second + "x"):
            page = await http.get("/undangan", params={"token": token[:1000]})
            assert (page.status_code, INVALID in page.text) == (410, True), token[:20]
            assert (await accept(http, token)).status_code == 410
        assert is_in(await accept(http, second))
    async with doors.browser() as http:
        replayed = await accept(http, second, OTHER)
        assert (replayed.status_code, is_in(replayed)) == (410, False)
        assert not is_in(await sign_in(http, OPD, OTHER))


async def test_a_link_is_worthless_once_the_account_waits_for_another(doors: Doors) -> None:
    """The event came, the new link did not: then neither opens anything, and inviting again mends it."""
    token, running = await doors.link(OPD), doors.app.state.running
    command = InviteAccount(person=OPD, terminal=False, by="lk_kabag", occurred_on=doors.moment.date())
    await running.handler.handle(
        Order(stream=f"account-{OPD}", command=command, case_id="settings"),
        actor=Actor(person="lk_kabag", role="kabag", agency="tapem"),
        command_id=uuid.uuid4(),
    )
    async with doors.browser() as http:
        assert (await accept(http, token)).status_code == 410
        assert is_in(await accept(http, await doors.link(OPD)))


async def test_what_broke_off_after_the_password_was_set_is_mended_by_signing_in(doors: Doors) -> None:
    token, local = await doors.link(OPD), Local(doors.app.state.running)
    assert await local.vault.use_invitation(token, passwords.HASHER.hash(PASSWORD))
    assert (await doors.account(OPD))["state"] == "invited"
    async with doors.browser() as http:
        assert (await http.get("/undangan", params={"token": token})).status_code == 410
        assert not is_in(await sign_in(http, OPD, OTHER)), "only whoever set it"
        assert is_in(await sign_in(http, OPD))
    assert (await doors.account(OPD))["state"] == "active"
    assert await doors.events(OPD) == ["account-invited", "account-activated"]


async def test_a_recovery_by_two_ends_what_was_and_one_alone_has_none(doors: Doors) -> None:
    async with doors.browser() as http:
        key = await with_second(doors, http, "lk_tim_spm")
        assert await session_of(http) == "lk_tim_spm"
        again = await doors.as_official("lk_tim_spm/invitation")
        assert (again.status_code, again.json()["type"].rpartition(":")[2]) == (
            422,
            "account-recovery-needed",
        )
        asked = await doors.as_official("lk_tim_spm/recovery", reason="Ponsel hilang")
        assert asked.status_code == 200
        alone = await doors.as_official("lk_tim_spm/recovery/approval")
        assert alone.json()["type"].endswith("recovery-same-official")
        assert await session_of(http) == "lk_tim_spm", "nothing has happened yet"
        approved = await doors.as_official("lk_tim_spm/recovery/approval", "lk_operator")
        await asyncio.sleep(MEMORY_S + 0.1)
        assert await session_of(http) == "", "the session of before has ended"
    async with doors.browser() as http:
        assert not is_in(await sign_in(http, "lk_tim_spm"))
        assert (await sign_in(http, "lk_tim_spm")).status_code == 422
        token = approved.json()["link"].rpartition("=")[2]
        assert (await accept(http, token, OTHER)).headers["location"] == "/masuk/kedua"
        fresh = key_in((await http.get("/masuk/kedua")).text)
        assert fresh != key
        doors.wait(60)
        assert not is_in(await http.post("/masuk/kedua", data={"otp": doors.code(key), "label": "Ponsel"}))
        assert is_in(await http.post("/masuk/kedua", data={"otp": doors.code(fresh), "label": "Ponsel"}))


async def test_nobody_recovers_or_invites_himself(doors: Doors) -> None:
    for path, body in (
        ("lk_kabag/invitation", {}),
        ("lk_kabag/recovery", {"reason": "x"}),
        ("lk_kabag/closing", {"reason": "x"}),
    ):
        answer = await doors.as_official(path, "lk_kabag", **body)
        assert answer.json()["type"].endswith("account-own"), path
    for official in ("lk_unsur_opd", "lk_tim_spm", "lk_arsiparis", "lk_inspektur", "lk_subkoordinator"):
        assert (await doors.as_official(f"{OPD}/invitation", official)).status_code == 403
    assert (await doors.as_official("nobody.here/invitation")).status_code == 404


async def test_a_closed_account_is_out_everywhere(doors: Doors) -> None:
    async with doors.browser() as http:
        await accept(http, await doors.link(OPD))
        assert (await doors.as_official(f"{OPD}/closing", reason="Pensiun")).status_code == 200
        await asyncio.sleep(MEMORY_S + 0.1)
        assert await session_of(http) == ""
        assert not is_in(await sign_in(http, OPD))


async def test_where_there_are_no_local_accounts_their_doors_are_not_there(empty: PostgresPart) -> None:
    async with (
        local_doors(empty.fresh_database("local"), JEJAK_LOGIN="development") as doors,
        doors.browser() as http,
    ):
        for path in ("/masuk/lokal", "/masuk/kedua", "/undangan?token=x"):
            assert (await http.get(path)).status_code == 404
            assert (await http.post(path)).status_code == 404
        assert "/masuk/lokal" not in (await http.get("/masuk")).text
