"""Heads: what a source says now is compared with what was taken in then, for every stream,
whether it moved or not.
"""

import asyncio
from collections.abc import AsyncIterator

import psycopg
import pytest

from shared.background import ended
from shared.eventsourcing import chains
from shared.messaging.receiving.heads import MOST_PUT_OFF, Heads
from shared.troubles import Troubles
from tests.support.parts import PostgresPart
from tests.support.receiving import SOURCE, Receiving, Sending, eventually, sender_and_receiver

Both = tuple[Sending, Receiving]


@pytest.fixture
async def both(postgres: PostgresPart) -> AsyncIterator[Both]:
    async with sender_and_receiver(postgres) as (sending, service):
        for number in (1, 2, 3):
            await sending.happen(f"tally-{number}", 3)
        await service.consumer.run_many(await sending.messages())
        yield sending, service


def as_owner(sending: Sending, statement: str, *values: object) -> None:
    """What somebody with the rights of the database's owner could do at the source."""
    with psycopg.connect(sending.database.owner, autocommit=True) as conn:
        assert conn.execute(statement.encode(), values).rowcount == 1


def looking(service: Receiving, troubles: Troubles | None = None) -> Heads:
    return service.heads(troubles=troubles, grace_s=0)


async def swept(heads: Heads, rounds: int = 1) -> None:
    await heads.compare(SOURCE)
    for _ in range(rounds):
        await heads.sweep(SOURCE)


async def alarms(service: Receiving) -> list[tuple[str, str]]:
    return [(name.partition("#")[0], cause) for name, cause in await service.parked()]


CHANGES = {
    "data": """UPDATE event SET data = jsonb_set(data, '{figure,served}', '9999') WHERE stream = %s
        AND version = %s""",
    "who": """UPDATE event SET metadata = jsonb_set(metadata, '{actor,person}', '"wulan"') WHERE stream = %s
        AND version = %s""",
    "when": """UPDATE event SET recorded_at = recorded_at - interval '1 day'
        WHERE stream = %s AND version = %s""",
    "case": "UPDATE event SET case_id = '3402-2099' WHERE stream = %s AND version = %s",
    "type": "UPDATE event SET type = 'figure-removed' WHERE stream = %s AND version = %s",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_an_event_that_is_changed_at_its_source_is_named_with_its_stream_and_version(
    both: Both, change: str
) -> None:
    sending, service = both
    await swept(looking(service))
    assert await service.parked() == []
    as_owner(sending, change, "tally-2", 2)
    await swept(looking(service))
    assert await alarms(service) == [("intake/tally-2/2", "contradiction")]
    await swept(looking(service))
    assert len(await service.parked()) == 1, "said once"


async def test_it_is_found_also_where_the_stream_moved_on_and_we_are_ahead_of_the_answer(
    both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    sending, service = both
    monkeypatch.setattr(chains, "WINDOW", 2)
    as_owner(sending, CHANGES["data"], "tally-1", 1)
    await looking(service).compare(SOURCE)
    assert await alarms(service) == [("intake/tally-1/1", "contradiction")]


async def test_an_alarm_is_over_when_the_source_says_again_what_was_taken_in(both: Both) -> None:
    sending, service = both
    with psycopg.connect(sending.database.owner, autocommit=True) as conn:
        before = conn.execute(
            "SELECT data::text FROM event WHERE stream = 'tally-2' AND version = 2"
        ).fetchone()
    as_owner(sending, CHANGES["data"], "tally-2", 2)
    await swept(looking(service))
    ((name, _),) = await service.parked()
    await service.press_retry(name)
    await service.retrying().look()
    assert len(await service.parked()) == 1
    assert before
    as_owner(
        sending,
        "UPDATE event SET data = %s::jsonb WHERE stream = %s AND version = %s",
        before[0],
        "tally-2",
        2,
    )
    await service.press_retry(name)
    await service.retrying().look()
    assert await service.parked() == []


@pytest.mark.parametrize("version", [1, 2, 3])
async def test_an_event_that_is_gone_from_its_source_is_a_trouble_and_the_others_are_compared(
    both: Both, version: int
) -> None:
    sending, service = both
    troubles = Troubles()
    as_owner(sending, "DELETE FROM event WHERE stream = %s AND version = %s", "tally-2", version)
    as_owner(sending, CHANGES["data"], "tally-3", 1)
    await swept(looking(service, troubles))
    kinds = {1: "hole", 2: "hole", 3: "missing"}
    assert [trouble.name for trouble in troubles.listed()] == [f"{kinds[version]}/intake/tally-2"]
    assert await alarms(service) == [("intake/tally-3/1", "contradiction")], (
        "the other streams are compared all the same"
    )


async def test_a_whole_stream_that_is_gone_is_a_trouble_until_it_is_back(both: Both) -> None:
    sending, service = both
    troubles = Troubles()
    with psycopg.connect(sending.database.owner, autocommit=True) as conn:
        conn.execute("CREATE TABLE kept AS SELECT * FROM event WHERE stream = 'tally-3'")
        conn.execute("DELETE FROM event WHERE stream = 'tally-3'")
        await swept(looking(service, troubles))
        assert [trouble.name for trouble in troubles.listed()] == ["missing/intake/tally-3"]
        conn.execute("INSERT INTO event OVERRIDING SYSTEM VALUE SELECT * FROM kept")
    await swept(looking(service, troubles))
    assert troubles.listed() == []


async def test_all_streams_have_their_turn_and_then_it_begins_again(
    both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    sending, service = both
    monkeypatch.setattr(chains, "STREAMS", 1)
    heads = looking(service)
    await swept(heads)
    as_owner(sending, CHANGES["data"], "tally-3", 1)
    await heads.sweep(SOURCE)
    assert await service.parked() == [], "not yet its turn"
    for _ in range(2):
        await heads.sweep(SOURCE)
    assert await alarms(service) == [("intake/tally-3/1", "contradiction")]
    for _ in range(2):
        await heads.sweep(SOURCE)
    as_owner(sending, CHANGES["data"], "tally-1", 1)
    for _ in range(3):
        await heads.sweep(SOURCE)
    assert len(await service.parked()) == 2


async def test_streams_from_before_there_were_digests_get_theirs_and_are_compared_from_then_on(
    both: Both,
) -> None:
    sending, service = both
    async with service.pool.connection() as conn:
        await conn.execute("UPDATE cursor SET digest = NULL")
        await conn.execute("DELETE FROM taken WHERE version < 3")
    await swept(looking(service))
    assert await service.parked() == []
    async with service.pool.connection() as conn:
        found = await (await conn.execute("SELECT count(*), count(digest) FROM cursor")).fetchone()
    assert found == (3, 3)
    as_owner(sending, CHANGES["data"], "tally-1", 2)
    await swept(looking(service))
    assert await alarms(service) == [("intake/tally-1/2", "contradiction")]


async def test_while_a_flood_is_on_its_way_nothing_is_compared_but_not_for_ever(both: Both) -> None:
    sending, service = both
    await sending.happen("tally-1", 2)
    before, seen = service.consumer.progress, list[int]()

    def flooded() -> bool:
        seen.append(service.consumer.progress)
        return True

    running = asyncio.create_task(service.heads(every_s=0.01, grace_s=0, flooded=flooded).run())
    try:

        async def fetched() -> bool:
            return ("tally-1", 5) in await service.effects()

        await eventually(fetched, "what was lost is fetched all the same")
        assert seen[:MOST_PUT_OFF] == [before] * MOST_PUT_OFF
    finally:
        await ended(running)
