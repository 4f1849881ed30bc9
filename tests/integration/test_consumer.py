"""Foreign events on a real PostgreSQL: one effect each, in order,
and what cannot be taken in is parked and never lost.
"""

import base64
from collections.abc import AsyncIterator
from dataclasses import replace

import msgspec
import pytest

from shared.messaging.envelope import Message
from shared.messaging.receiving import parked
from shared.messaging.receiving.feed_client import FeedAway, FeedClient
from tests.support.keys import sealed
from tests.support.parts import PostgresPart
from tests.support.receiving import (
    Receiving,
    Sending,
    damaged,
    receiver_database,
    receiving,
    sender_and_receiver,
)

Both = tuple[Sending, Receiving]


@pytest.fixture
async def both(postgres: PostgresPart) -> AsyncIterator[Both]:
    async with sender_and_receiver(postgres) as pair:
        yield pair


async def test_each_event_has_its_effect_once_however_often_it_comes(both: Both) -> None:
    sending, service = both
    await sending.happen("tally-1", 3)
    messages = await sending.messages()
    for message in [*messages, *messages]:
        await service.consumer.run(message)
    await service.consumer.run_many(messages)
    assert await service.effects() == [("tally-1", 1), ("tally-1", 2), ("tally-1", 3)]


async def test_many_messages_are_taken_in_together_in_their_order(both: Both) -> None:
    sending, service = both
    for stream in ("tally-1", "tally-2", "tally-1"):
        await sending.happen(stream, 2)
    messages = await sending.messages()
    await service.consumer.run_many([*messages[:3], *messages])
    assert await service.effects() == [
        ("tally-1", 1),
        ("tally-1", 2),
        ("tally-2", 1),
        ("tally-2", 2),
        ("tally-1", 3),
        ("tally-1", 4),
    ]


async def test_what_is_missing_is_fetched_from_the_feed_before_going_on(both: Both) -> None:
    sending, service = both
    await sending.happen("tally-1", 5)
    messages = await sending.messages()
    await service.consumer.run(messages[0])
    await service.consumer.run(messages[4])
    assert await service.effects() == [("tally-1", version) for version in range(1, 6)]


async def test_a_lost_last_message_is_found_by_comparing_the_heads(both: Both) -> None:
    sending, service = both
    await sending.happen("tally-1", 2)
    await sending.happen("tally-2", 1)
    await service.consumer.run((await sending.messages())[0])
    heads = service.heads(grace_s=0)
    assert await heads.compare("intake") == 2
    assert sorted(await service.effects()) == [("tally-1", 1), ("tally-1", 2), ("tally-2", 1)]
    assert await heads.compare("intake") == 0


async def test_a_failing_reaction_leaves_nothing_and_is_parked_with_its_cause_after_some_tries(
    both: Both,
) -> None:
    sending, service = both
    await sending.happen("tally-1", 1)
    service.failing.add(("tally-1", 1))
    await service.consumer.run((await sending.messages())[0])
    assert await service.effects() == []
    assert service.failures == 4  # once together, then three tries
    async with service.pool.connection() as conn:
        (entry,) = await parked.listed(conn)
        assert await parked.count(conn) == 1
        assert await parked.oldest(conn) == entry.parked_at
    assert (entry.cause, entry.detail) == ("handler", "RuntimeError: scripted failure of tally-1 1")
    assert entry.next_at is not None


async def test_a_parked_message_holds_up_its_own_stream_and_no_other(both: Both) -> None:
    sending, service = both
    await sending.happen("tally-1", 2)
    await sending.happen("tally-2", 2)
    service.failing.add(("tally-1", 1))
    await service.consumer.run_many(await sending.messages())
    assert await service.effects() == [("tally-2", 1), ("tally-2", 2)]
    assert await service.parked() == [("intake/tally-1/1", "handler"), ("intake/tally-1/2", "behind")]


async def test_the_button_takes_a_parked_stream_in_again_in_order(both: Both) -> None:
    sending, service = both
    await sending.happen("tally-1", 3)
    service.failing.add(("tally-1", 2))
    await service.consumer.run_many(await sending.messages())
    service.failing.clear()
    await service.retrying().look()
    assert await service.effects() == [("tally-1", 1)], (
        "before the button and the back-off nothing is tried again"
    )
    assert await service.press_retry("intake/tally-1/3")
    await service.retrying().look()
    assert await service.effects() == [("tally-1", 1), ("tally-1", 2), ("tally-1", 3)]
    assert await service.parked() == []
    await sending.happen("tally-1", 1)
    await service.consumer.run((await sending.messages())[-1])
    assert (await service.effects())[-1] == ("tally-1", 4), "afterwards the stream flows again"


async def test_a_retry_that_fails_again_waits_longer_and_loses_nothing(both: Both) -> None:
    sending, service = both
    await sending.happen("tally-1", 2)
    service.failing.add(("tally-1", 1))
    await service.consumer.run_many(await sending.messages())
    await service.press_retry("intake/tally-1/1")
    await service.retrying().look()
    async with service.pool.connection() as conn:
        first, second = sorted(await parked.listed(conn), key=lambda entry: entry.version)
    assert (first.tries, first.cause, second.cause) == (1, "handler", "behind")
    assert not await service.press_retry("intake/tally-1/9"), "a message that is not parked cannot be retried"


async def test_a_parked_message_that_comes_again_from_kafka_is_not_parked_twice(both: Both) -> None:
    sending, service = both
    await sending.happen("tally-1", 1)
    service.failing.add(("tally-1", 1))
    messages = await sending.messages()
    await service.consumer.run_many(messages)
    await service.consumer.run_many(messages)
    assert await service.parked() == [("intake/tally-1/1", "handler")]


async def test_an_unknown_type_or_a_newer_schema_is_parked_and_taken_in_after_an_upgrade(both: Both) -> None:
    sending, service = both
    await sending.happen("tally-1", 1)
    await sending.happen("tally-2", 1)
    first, second = await sending.messages()
    newer = damaged(first, ce_type=b"id.jejak.intake.figure-entered.v99")
    foreign = damaged(second, ce_type=b"id.jejak.intake.harvest-counted.v1")
    await service.consumer.run_many([newer, foreign])
    assert await service.effects() == []
    assert await service.parked() == [("intake/tally-1/1", "unknown"), ("intake/tally-2/1", "unknown")]
    async with service.pool.connection() as conn:  # the upgrade: what was unknown is known now
        for unknown in (newer, foreign):
            await conn.execute(
                "UPDATE parked SET message = replace(message::text, %s, %s)::jsonb",
                (_type(unknown), _type(first)),
            )
        await parked.retry_all(conn)
    await service.retrying().look()
    assert sorted(await service.effects()) == [("tally-1", 1), ("tally-2", 1)]


def _type(message: Message) -> str:
    return base64.b64encode(dict(message.headers)["ce_type"]).decode()


async def test_a_damaged_body_is_parked_and_the_retry_asks_the_source_for_the_true_one(both: Both) -> None:
    sending, service = both
    await sending.happen("tally-1", 2)
    first, second = await sending.messages()
    await service.consumer.run_many([damaged(first, value=b'{"cut": '), second])
    assert await service.effects() == []
    assert await service.parked() == [("intake/tally-1/1", "undecodable"), ("intake/tally-1/2", "behind")]
    await service.press_retry("intake/tally-1/1")
    await service.retrying().look()
    assert await service.effects() == [("tally-1", 1), ("tally-1", 2)]
    assert await service.parked() == []


async def test_a_message_without_any_sense_is_parked_by_its_place_and_blocks_nobody(both: Both) -> None:
    sending, service = both
    await sending.happen("tally-1", 1)
    (good,) = await sending.messages()
    await service.consumer.run_many(
        [sealed(replace(good, headers=(("odd\x00", b"\x00"),), value=None, offset=7)), good]
    )
    assert await service.effects() == [("tally-1", 1)]
    assert await service.parked() == [("jejak.events.intake/0/7", "undecodable")]
    await service.press_retry("jejak.events.intake/0/7")
    await service.retrying().look()
    assert await service.parked() == [("jejak.events.intake/0/7", "undecodable")]


async def test_without_the_feed_a_gap_is_parked_and_closed_when_the_feed_is_back(
    both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    sending, service = both
    await sending.happen("tally-1", 3)
    first, _, third = await sending.messages()

    def away(*_: object, **__: object) -> AsyncIterator[None]:
        raise FeedAway("nobody answers")

    with monkeypatch.context() as patch:
        patch.setattr(FeedClient, "stream", away)
        await service.consumer.run_many([first, third])
    assert await service.parked() == [("intake/tally-1/3", "gap")]
    await service.press_retry("intake/tally-1/3")
    await service.retrying().look()
    assert await service.effects() == [("tally-1", 1), ("tally-1", 2), ("tally-1", 3)]
    assert await service.parked() == []


async def test_of_a_batch_with_one_failure_everything_else_is_taken_in(both: Both) -> None:
    sending, service = both
    for number in range(10):
        await sending.happen(f"tally-{number}", 2)
    service.failing.add(("tally-4", 2))
    await service.consumer.run_many(await sending.messages())
    expected = {(f"tally-{number}", version) for number in range(10) for version in (1, 2)} - {("tally-4", 2)}
    effects = await service.effects()
    assert (len(effects), set(effects)) == (19, expected)


def caused(message: Message, stream: str, version: int) -> Message:
    """The message as if that event of intake had caused it."""
    metadata = msgspec.json.decode(dict(message.headers)["metadata"])
    cause = {"source": "intake", "stream": stream, "version": version}
    return damaged(message, metadata=msgspec.json.encode({**metadata, "causation": cause}))


async def test_where_causes_come_first_a_missing_cause_is_fetched_and_taken_in_before_its_effect(
    both: Both, postgres: PostgresPart
) -> None:
    sending, _ = both
    await sending.happen("tally-1", 2)
    await sending.happen("tally-2", 1)
    effect = caused((await sending.messages())[2], "tally-1", 2)
    async with receiving(receiver_database(postgres), sending.feed(), causes_first=True) as service:
        await service.consumer.run(effect)
        assert await service.effects() == [("tally-1", 1), ("tally-1", 2), ("tally-2", 1)]


async def test_an_effect_whose_cause_nobody_has_is_parked_until_the_cause_is_there(
    both: Both, postgres: PostgresPart
) -> None:
    sending, _ = both
    await sending.happen("tally-2", 1)
    effect = caused((await sending.messages())[0], "tally-1", 1)
    async with receiving(receiver_database(postgres), sending.feed(), causes_first=True) as service:
        await service.consumer.run(effect)
        assert (await service.effects(), await service.parked()) == ([], [("intake/tally-2/1", "cause")])
        await sending.happen("tally-1", 1)
        await service.press_retry("intake/tally-2/1")
        await service.retrying().look()
        assert await service.effects() == [("tally-1", 1), ("tally-2", 1)]
        assert await service.parked() == []
