"""Events that a service only has to have seen: one statement moves the cursor, and gaps,
duplicates and stuck streams stay what they are.
"""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from tests.support.parts import PostgresPart
from tests.support.receiving import SOURCE, Receiving, Sending, sender_and_receiver

Both = tuple[Sending, Receiving]


@pytest.fixture
async def both(postgres: PostgresPart) -> AsyncIterator[Both]:
    async with sender_and_receiver(postgres) as pair:
        yield pair


def wants_nothing(service: Receiving) -> None:
    service.consumer.reaction = replace(service.consumer.reaction, wants=frozenset())


async def reached(service: Receiving, stream: str) -> int:
    async with service.pool.connection() as conn:
        found = await (
            await conn.execute(
                "SELECT version FROM cursor WHERE source = %s AND stream = %s", (SOURCE, stream)
            )
        ).fetchone()
        return found[0] if found else 0


async def test_an_event_of_no_concern_moves_the_cursor_and_has_no_effect_however_often_it_comes(
    both: Both,
) -> None:
    sending, service = both
    wants_nothing(service)
    await sending.happen("tally-1", 3)
    messages = await sending.messages()
    for message in [*messages, messages[0], messages[2]]:
        await service.consumer.run(message)
    assert (await reached(service, "tally-1"), await service.effects(), await service.parked()) == (3, [], [])


async def test_a_gap_before_an_event_of_no_concern_is_still_fetched(both: Both) -> None:
    sending, service = both
    await sending.happen("tally-1", 3)
    messages = await sending.messages()
    await service.consumer.run(messages[0])
    service.consumer.reaction = replace(
        service.consumer.reaction, wants=frozenset({(SOURCE, "another-event")})
    )
    await service.consumer.run(messages[2])
    assert (await reached(service, "tally-1"), await service.effects()) == (3, [("tally-1", 1)])


async def test_an_event_of_no_concern_does_not_slip_past_a_parked_one(both: Both) -> None:
    sending, service = both
    await sending.happen("tally-1", 3)
    messages = await sending.messages()
    await service.consumer.run(messages[0])
    service.failing.add(("tally-1", 2))
    await service.consumer.run(messages[1])
    wants_nothing(service)
    for message in (messages[1], messages[2]):
        await service.consumer.run(message)
    assert await reached(service, "tally-1") == 1
    assert [parked_id for parked_id, _ in await service.parked()] == ["intake/tally-1/2", "intake/tally-1/3"]
