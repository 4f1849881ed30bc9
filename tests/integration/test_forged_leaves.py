"""The case of the forged leaf: what nobody's producer sealed never enters the log,
and what is genuine is never lost for it.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from services.archive.gathering import Gathering
from services.archive.log import queries
from services.archive.log.leaf import leaf_of
from services.archive.log.reaction import reaction
from shared.messaging.envelope import Message, Received
from shared.messaging.receiving import parked
from shared.messaging.receiving.consumer import Consumer, as_message
from shared.messaging.receiving.feed_client import FeedClient
from shared.messaging.signing import Signer
from tests.support import keys
from tests.support.archive_room import Archive, archive_room, plain
from tests.support.keys import KEYS, SIGNERS
from tests.support.parts import PostgresPart


@dataclass
class Listening:
    """Archive as its agents feed it."""

    archive: Archive
    taker: Gathering
    offset: int = 0

    async def hear(self, *messages: Message) -> None:
        numbered = []
        for message in messages:
            self.offset += 1
            numbered.append(replace(message, partition=0, offset=self.offset))
        await self.taker.run_many(numbered)

    async def lines(self) -> list[bytes]:
        async with self.archive.running.pool.connection() as conn:
            size = (await queries.edge(conn)).size
            return [line.raw async for page in queries.lines(conn, end=size) for line in page]

    async def alarms(self) -> dict[str, int]:
        async with self.archive.running.pool.connection() as conn:
            return await parked.causes(conn)


@pytest.fixture
async def listening(postgres: PostgresPart, tmp_path: Path) -> AsyncIterator[Listening]:
    async with archive_room(postgres.fresh_database("archive")) as archive:
        pool = archive.running.pool
        feed = FeedClient("archive", pool, {}, {}, KEYS)
        yield Listening(
            archive, Gathering(Consumer(pool, reaction(archive.running), feed, KEYS, waits=()), pause=0)
        )
        await feed.close()


def genuine(event: Received) -> Message:
    return keys.sealed(as_message(event))


def invented(event: Received) -> Received:
    return replace(event, data=event.data.replace(b"{", b'{"forged": true, ', 1).replace(b", }", b"}"))


async def test_a_forged_event_at_the_next_version_is_no_leaf_and_the_genuine_one_is(
    listening: Listening,
) -> None:
    first, second = plain(0), plain(1)
    await listening.hear(genuine(first))
    lie = as_message(invented(second))
    await listening.hear(
        lie, keys.sealed(lie, SIGNERS["documents"]), keys.sealed(lie, Signer("intake", b"x" * 32))
    )
    await listening.hear(genuine(second))
    assert await listening.lines() == [leaf_of(event).line for event in (first, second)]
    assert await listening.alarms() == {"forged": 3}


async def test_with_the_stolen_key_of_its_service_a_lie_gets_in_and_the_genuine_event_is_an_alarm(
    listening: Listening,
) -> None:
    first, second = plain(0), plain(1)
    await listening.hear(genuine(first), genuine(invented(second)), genuine(second))
    assert await listening.lines() == [leaf_of(event).line for event in (first, invented(second))]
    assert await listening.alarms() == {"contradiction": 1}
    async with listening.archive.running.pool.connection() as conn:
        (entry,) = await parked.listed(conn)
        kept = await parked.one(conn, entry.id)
    assert kept
    assert kept.message.value == second.data, "what was said is kept whole"
    assert (entry.source, entry.stream, entry.version) == (second.source, second.stream, second.version)


async def test_the_same_leaf_again_is_a_repetition_from_wherever_it_comes(listening: Listening) -> None:
    events = [plain(number) for number in range(4)]
    for _ in range(3):
        await listening.hear(*(genuine(event) for event in events))
    assert await listening.lines() == [leaf_of(event).line for event in events]
    assert await listening.alarms() == {}
