"""Secrets of local accounts in a real database, against who comes twice, at once, late, or with another
service's rights.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from typing import Any

import psycopg
import pytest

from deploy.local.postgres.databases import AccessDatabase
from shared.access.local.limits import LIMITS, TooMany, Tries
from shared.access.local.vault import Factor, Vault, digest_of
from shared.access.session import AccessAway
from shared.service_names import SERVICES
from tests.support.access import drop_database, make, sessions_of
from tests.support.parts import PostgresPart

HASH = "$argon2id$one"
OF_ALL = {"use_token"}
"""What every service asks of a token that came to it: whose it is, if it is none too many."""
TABLES = ("invitation", "password", "factor", "ticket", "attempt")


@pytest.fixture(scope="module")
def made(postgres: PostgresPart) -> Iterator[AccessDatabase]:
    name = f"jejak_secrets_{secrets.token_hex(3)}"
    found = make(postgres.server, name)
    yield found
    drop_database(postgres.server, name, *found.roles.values())


@pytest.fixture
async def vault(made: AccessDatabase) -> AsyncIterator[Vault]:
    async with sessions_of("intake", made) as sessions:
        yield Vault(sessions)


@pytest.fixture
async def tries(made: AccessDatabase) -> AsyncIterator[Tries]:
    async with sessions_of("intake", made) as sessions:
        yield Tries(sessions)


@pytest.fixture
def who() -> str:
    """Somebody new in each test."""
    return f"p{secrets.token_hex(6)}"


def as_owner(made: AccessDatabase, statement: str, *values: object) -> list[Any]:
    with psycopg.connect(made.owner, autocommit=True) as conn:
        cursor = conn.execute(statement.encode(), values)
        return cursor.fetchall() if cursor.description else []


async def invited(vault: Vault, who: str, number: int = 1) -> str:
    link = await vault.invite(who, number)
    assert link is not None
    return link


def test_no_other_service_calls_a_function_of_the_door_and_nobody_touches_a_table(
    made: AccessDatabase,
) -> None:
    functions = as_owner(
        made, "SELECT oid, proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"
    )
    assert len(functions) > 16
    for service in SERVICES:
        role = made.roles[service]
        may = {
            name
            for oid, name in functions
            if as_owner(made, "SELECT has_function_privilege(%s, %s::oid, 'EXECUTE')", role, oid)[0][0]
        }
        assert (
            may == {name for _, name in functions}
            if service == "intake"
            else all(name.startswith("look_up_") or name in OF_ALL for name in may)
        ), service
        for table in TABLES:
            with (
                psycopg.connect(made.apps[service]) as conn,
                pytest.raises(psycopg.errors.InsufficientPrivilege),
            ):
                conn.execute(f"SELECT FROM {table}".encode())


async def test_a_link_is_used_once_also_by_two_at_once(vault: Vault, who: str) -> None:
    link = await invited(vault, who)
    assert await vault.invited(link) == (who, 1)
    at_once = await asyncio.gather(*(vault.use_invitation(link, f"$argon2id${n}") for n in range(12)))
    assert at_once.count(True) == 1
    kept = await vault.password_of(who)
    assert kept is not None
    assert (kept.number, kept.hash) == (1, f"$argon2id${at_once.index(True)}")
    assert await vault.invited(link) is None
    assert not await vault.use_invitation(link, "$argon2id$late")


async def test_only_the_newest_link_of_a_person_opens_anything(vault: Vault, who: str) -> None:
    first, second = await invited(vault, who, 1), await invited(vault, who, 2)
    assert await vault.invited(first) is None
    assert not await vault.use_invitation(first, HASH)
    assert await vault.invite(who, 1) is None, "an older number never comes back"
    assert await vault.use_invitation(second, HASH)
    assert await vault.invite(who, 2) is None, "a number that was used makes no other link"


async def test_a_link_of_another_person_sets_nothing_here(vault: Vault, who: str) -> None:
    link = await invited(vault, f"{who}-other")
    await invited(vault, who)
    assert await vault.use_invitation(link, HASH)
    assert await vault.password_of(who) is None


async def test_a_link_that_ended_stays_ended_when_the_clock_goes_back(
    vault: Vault, who: str, made: AccessDatabase
) -> None:
    link = await invited(vault, who)
    as_owner(
        made, "UPDATE invitation SET ends_at = clock_timestamp() - interval '1 s' WHERE person = %s", who
    )
    assert not await vault.use_invitation(link, HASH)
    assert await vault.invited(link) is None
    as_owner(
        made, "UPDATE invitation SET ends_at = clock_timestamp() + interval '1 day' WHERE person = %s", who
    )
    assert await vault.invited(link) is None
    assert not await vault.use_invitation(link, HASH)


@pytest.mark.parametrize(
    "guess", ["", "a" * 43, "a" * 1_000_000, "' OR true --", "é\udc80".encode("utf-8", "replace").decode()]
)
async def test_no_guess_opens_anything(vault: Vault, guess: str) -> None:
    assert await vault.invited(guess) is None
    assert not await vault.use_invitation(guess, HASH)
    assert await vault.take("second", guess) is None


async def test_a_stolen_copy_of_the_tables_holds_no_link_and_no_ticket(
    vault: Vault, who: str, made: AccessDatabase
) -> None:
    link, ticket = await invited(vault, who), await vault.hand_out("second", who, "x")
    held = str([as_owner(made, f"SELECT * FROM {table}") for table in TABLES])
    assert link not in held
    assert ticket not in held


async def test_a_later_invitation_takes_factors_and_tickets_of_before_away(vault: Vault, who: str) -> None:
    await vault.use_invitation(await invited(vault, who, 1), HASH)
    assert await vault.add_factor(who, 1, Factor(factor="f1", totp="KEY"), [])
    ticket = await vault.hand_out("second", who, "x")
    await vault.use_invitation(await invited(vault, who, 2), "$argon2id$two")
    assert await vault.factors_of(who, 1) == []
    assert await vault.factors_of(who, 2) == []
    assert await vault.take("second", ticket) is None


async def test_of_two_who_change_a_password_at_once_one_is_told_no(vault: Vault, who: str) -> None:
    await vault.use_invitation(await invited(vault, who), HASH)
    done = await asyncio.gather(*(vault.change_password(who, HASH, f"$argon2id${n}") for n in range(8)))
    assert done.count(True) == 1


async def test_no_hash_of_another_kind_is_kept(vault: Vault, who: str, made: AccessDatabase) -> None:
    link = await invited(vault, who)
    with pytest.raises(AccessAway):
        await vault.use_invitation(link, "plain text")
    assert as_owner(made, "SELECT used FROM invitation WHERE person = %s", who) == [(False,)]


async def test_a_code_counts_once_and_none_of_before_it(vault: Vault, who: str) -> None:
    await vault.use_invitation(await invited(vault, who), HASH)
    await vault.add_factor(who, 1, Factor(factor="f1", totp="KEY"), [], step=100)
    assert not await vault.use_step(who, "f1", 100), "the code that was shown when it was set up"
    at_once = await asyncio.gather(*(vault.use_step(who, "f1", 101) for _ in range(10)))
    assert at_once.count(True) == 1
    assert not await vault.use_step(who, "f1", 99)
    assert not await vault.use_step(f"{who}-other", "f1", 200)


async def test_a_passkeys_counter_goes_on(vault: Vault, who: str) -> None:
    await vault.use_invitation(await invited(vault, who), HASH)
    key = Factor(factor="k1", credential=who.encode(), public_key=b"p", sign_count=4)
    assert await vault.add_factor(who, 1, key, [])
    assert await vault.factors_of(who, 1) == [key]
    assert [await vault.use_count(who, "k1", count) for count in (4, 5, 5, 3, 0, 9)] == [
        False,
        True,
        False,
        False,
        False,
        True,
    ]
    await vault.add_factor(
        who, 1, Factor(factor="k0", credential=b"0" + who.encode(), public_key=b"p"), ["k1"]
    )
    assert [await vault.use_count(who, "k0", 0), await vault.use_count(who, "k0", 0)] == [True, True]
    assert not await vault.add_factor(f"{who}-other", 1, Factor(factor="k2", credential=who.encode()), [])


async def test_what_nobody_confirms_fills_no_table(vault: Vault, who: str, made: AccessDatabase) -> None:
    added = [await vault.add_factor(who, 1, Factor(factor=f"f{n}", totp="K"), ["f0"]) for n in range(60)]
    assert added.count(True) == 40
    as_owner(made, "UPDATE factor SET made_at = made_at - interval '2 hours' WHERE person = %s", who)
    assert await vault.add_factor(who, 1, Factor(factor="new", totp="K"), ["f0"])
    assert [one.factor for one in await vault.factors_of(who, 1)] == ["f0", "new"]
    for n in range(60):
        await vault.hand_out("second", who, str(n))
    assert as_owner(made, "SELECT count(*) FROM ticket WHERE person = %s", who) == [(20,)]


async def test_a_ticket_comes_back_once_for_its_purpose_and_in_time(
    vault: Vault, who: str, made: AccessDatabase
) -> None:
    ticket = await vault.hand_out("second", who, "home")
    assert await vault.take("enrol", ticket) is None
    seen = await vault.see("second", ticket)
    assert seen is not None
    assert (seen.person, seen.content) == (who, "home")
    at_once = await asyncio.gather(*(vault.take("second", ticket) for _ in range(10)))
    assert [one for one in at_once if one] == [seen]
    late = await vault.hand_out("second", who, "home")
    as_owner(made, "UPDATE ticket SET ends_at = clock_timestamp() WHERE person = %s", who)
    assert await vault.take("second", late) is None
    assert await vault.try_with("second", late, 5) is None


async def test_a_ticket_is_tried_a_few_times(vault: Vault, who: str) -> None:
    ticket = await vault.hand_out("second", who, "")
    at_once = await asyncio.gather(*(vault.try_with("second", ticket, 5) for _ in range(20)))
    assert len([one for one in at_once if one]) == 5


async def test_of_a_thousand_tries_at_once_as_many_as_allowed_are_looked_at(tries: Tries, who: str) -> None:
    async def once() -> bool:
        try:
            await tries.count({"person": who, "address": f"{who}-there"})
        except TooMany:
            return False
        return True

    assert sum(await asyncio.gather(*(once() for _ in range(1000)))) == LIMITS["person"].most


async def test_what_is_refused_lengthens_nothing_and_counts_against_nobody_else(
    tries: Tries, who: str, made: AccessDatabase
) -> None:
    for _ in range(LIMITS["address"].most):
        await tries.count({"address": who})
    with pytest.raises(TooMany) as first:
        await tries.count({"address": who, "person": who})
    for _ in range(50):
        with pytest.raises(TooMany) as later:
            await tries.count({"address": who, "person": who})
        assert later.value.wait <= first.value.wait
    await tries.count({"person": who})
    counted = as_owner(made, "SELECT count FROM attempt WHERE key = sha256(%s)", f"person\n{who}".encode())
    assert counted == [(1,)]


async def test_what_was_right_was_no_try(tries: Tries, who: str) -> None:
    for _ in range(LIMITS["person"].most * 3):
        await tries.count({"person": who})
        await tries.forgive({"person": who})


async def test_old_tries_are_forgotten_and_their_rows_go(
    tries: Tries, who: str, made: AccessDatabase
) -> None:
    for _ in range(LIMITS["person"].most):
        await tries.count({"person": who})
    with pytest.raises(TooMany):
        await tries.count({"person": who})
    as_owner(made, "UPDATE attempt SET ends_at = clock_timestamp()")
    await tries.count({"person": who})
    assert as_owner(made, "SELECT count(*) FROM attempt") == [(1,)]


async def test_the_tables_say_what_they_hold_by_digests(vault: Vault, who: str, made: AccessDatabase) -> None:
    link = await invited(vault, who)
    assert as_owner(made, "SELECT digest FROM invitation WHERE person = %s", who) == [(digest_of(link),)]
