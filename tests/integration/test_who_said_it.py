"""Who said it, and what: forged messages and other content under a known number are parked as alarms,
and nothing genuine is lost for them.
"""

from collections.abc import AsyncIterator
from dataclasses import replace

import msgspec
import pytest

from shared.messaging.envelope import Message
from shared.messaging.receiving import parked, parking
from shared.messaging.signing import Keys, Signer
from tests.support import keys
from tests.support.keys import SIGNERS, without_seal
from tests.support.parts import PostgresPart
from tests.support.receiving import Receiving, Sending, damaged, sender_and_receiver

Both = tuple[Sending, Receiving]


@pytest.fixture
async def both(postgres: PostgresPart) -> AsyncIterator[Both]:
    async with sender_and_receiver(postgres) as pair:
        yield pair


def other_figure(message: Message) -> Message:
    """The same number of the same stream, sealed by its source, but another figure in it."""
    return damaged(message, value=(message.value or b"").replace(b'"served": 1', b'"served": 7'))


def moved(message: Message, stream: str, version: int) -> Message:
    return damaged(
        message, ce_subject=stream.encode(), version=b"%d" % version, ce_id=f"{stream}@{version}".encode()
    )


def at(message: Message, offset: int) -> Message:
    return replace(message, offset=offset)


async def test_a_forged_event_at_the_next_version_does_not_get_in_and_the_genuine_one_does(
    both: Both,
) -> None:
    sending, service = both
    await sending.happen("tally-1", 2)
    first, second = await sending.messages()
    await service.consumer.run(first)
    invented = at(moved(first, "tally-1", 2), 7)
    for number, lie in enumerate(
        (
            without_seal(invented),
            keys.sealed(invented, SIGNERS["documents"]),
            keys.sealed(invented, Signer("intake", bytes(32))),
        )
    ):
        await service.consumer.run(at(lie, 7 + number))
    assert await service.effects() == [("tally-1", 1)]
    assert await service.parked() == [(f"jejak.events.intake/0/{offset}", "forged") for offset in (7, 8, 9)]
    await service.consumer.run(second)
    assert await service.effects() == [("tally-1", 1), ("tally-1", 2)], "what is forged makes no stream wait"


async def test_of_a_batch_with_forged_messages_everything_genuine_is_taken_in(both: Both) -> None:
    sending, service = both
    for number in range(4):
        await sending.happen(f"tally-{number}", 2)
    genuine = await sending.messages()
    mixed = [
        one
        for offset, message in enumerate(genuine)
        for one in (at(without_seal(message), 100 + offset), message)
    ]
    await service.consumer.run_many(mixed)
    assert len(await service.effects()) == 8
    assert [cause for _, cause in await service.parked()] == ["forged"] * 8


async def test_a_repetition_with_other_content_is_parked_and_one_with_the_same_is_passed_by(
    both: Both,
) -> None:
    sending, service = both
    await sending.happen("tally-1", 3)
    messages = await sending.messages()
    await service.consumer.run_many(messages)
    for wants_nothing in (False, True):
        if wants_nothing:
            service.consumer.reaction = replace(service.consumer.reaction, wants=frozenset())
        await service.consumer.run_many([*messages, other_figure(messages[0])])
        await service.consumer.run(other_figure(messages[0]))
        ((name, cause),) = await service.parked()
        assert (name.partition("#")[0], cause) == ("intake/tally-1/1", "contradiction")
    assert len(await service.effects()) == 3
    await sending.happen("tally-1", 1)
    await service.consumer.run((await sending.messages())[-1])
    assert len(await service.parked()) == 1, "the stream goes on, the alarm stays"


FIELDS = {
    "type": {"ce_type": b"id.jejak.intake.harvest-counted.v1"},
    "schema": {"ce_type": b"id.jejak.intake.figure-entered.v2"},
    "case": {"case_id": b"3402-2027"},
    "time": {"ce_time": b"2020-01-01T00:00:00.000000Z"},
    "metadata": {
        "metadata": msgspec.json.encode(
            {"actor": {"person": "x", "role": "y", "agency": "z"}, "command_id": "c", "correlation": "c"}
        )
    },
}


@pytest.mark.parametrize("change", FIELDS.values(), ids=FIELDS)
async def test_each_field_of_an_event_is_part_of_what_it_says(both: Both, change: dict[str, bytes]) -> None:
    sending, service = both
    await sending.happen("tally-1", 1)
    (message,) = await sending.messages()
    await service.consumer.run(message)
    await service.consumer.run(damaged(message, **change))
    assert [cause for _, cause in await service.parked()] == ["contradiction"]


async def test_two_that_say_different_things_in_one_batch_contradict_each_other(both: Both) -> None:
    sending, service = both
    await sending.happen("tally-1", 1)
    (message,) = await sending.messages()
    await service.consumer.run_many([other_figure(message), message, other_figure(message)])
    assert await service.effects() == [("tally-1", 1)]
    assert [cause for _, cause in await service.parked()] == ["contradiction"]


async def test_a_contradiction_of_what_is_itself_parked_is_not_lost(both: Both) -> None:
    sending, service = both
    await sending.happen("tally-1", 1)
    (message,) = await sending.messages()
    service.failing.add(("tally-1", 1))
    await service.consumer.run_many([message, other_figure(message), message])
    assert sorted(cause for _, cause in await service.parked()) == ["contradiction", "handler"]
    service.failing.clear()
    await service.press_retry("intake/tally-1/1")
    await service.retrying().look()
    assert await service.effects() == [("tally-1", 1)]
    assert [cause for _, cause in await service.parked()] == ["contradiction"], (
        "the alarm outlives the stream's own trouble"
    )


async def test_a_message_sealed_with_a_key_that_is_told_later_is_taken_in_then(both: Both) -> None:
    sending, service = both
    await sending.happen("tally-1", 1)
    (message,) = await sending.messages()
    next_key = Signer("intake", b"n" * 32)
    await service.consumer.run(keys.sealed(message, next_key))
    ((name, cause),) = await service.parked()
    assert cause == "forged"
    await service.press_retry(name)
    await service.retrying().look()
    assert await service.parked() == [(name, "forged")]
    service.consumer.keys = Keys({"intake": [SIGNERS["intake"].public, next_key.public]})
    await service.press_retry(name)
    await service.retrying().look()
    assert (await service.effects(), await service.parked()) == ([("tally-1", 1)], [])


async def test_a_genuine_message_somewhere_else_has_no_second_effect_and_as_something_else_it_is_forged(
    both: Both,
) -> None:
    sending, service = both
    await sending.happen("tally-1", 2)
    messages = await sending.messages()
    await service.consumer.run_many(messages)
    await service.consumer.run(replace(messages[0], partition=3, offset=99))
    assert (len(await service.effects()), await service.parked()) == (2, [])
    renumbered = replace(
        messages[0],
        headers=tuple((name, b"3" if name == "version" else value) for name, value in messages[0].headers),
    )
    await service.consumer.run(at(renumbered, 5))
    await service.consumer.run(at(replace(messages[0], topic="jejak.events.documents"), 6))
    assert (len(await service.effects()), [cause for _, cause in await service.parked()]) == (
        2,
        ["forged", "forged"],
    )


async def test_who_floods_the_broker_does_not_fill_our_disk(
    both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    sending, service = both
    await sending.happen("tally-1", 1)
    (message,) = await sending.messages()
    monkeypatch.setattr(parking, "MOST_FORGED", 3)
    for offset in range(10):
        await service.consumer.run(at(without_seal(message), offset))
    assert len(await service.parked()) == 3


async def test_an_alarm_that_was_looked_at_goes_and_nothing_else_can_be_dismissed(both: Both) -> None:
    sending, service = both
    await sending.happen("tally-1", 2)
    first, second = await sending.messages()
    service.failing.add(("tally-1", 1))
    await service.consumer.run_many([at(without_seal(first), 9), first, second])
    async with service.pool.connection() as conn:
        assert await parked.causes(conn) == {"behind": 1, "forged": 1, "handler": 1}
        for name, gone in (
            ("jejak.events.intake/0/9", True),
            ("intake/tally-1/1", False),
            ("intake/tally-1/2", False),
        ):
            assert await parked.dismiss(conn, name) is gone
        assert await parked.causes(conn) == {"behind": 1, "handler": 1}


async def test_events_from_before_there_were_digests_are_still_repetitions(both: Both) -> None:
    sending, service = both
    await sending.happen("tally-1", 2)
    messages = await sending.messages()
    await service.consumer.run(messages[0])
    async with service.pool.connection() as conn:
        await conn.execute("UPDATE cursor SET digest = NULL")
        await conn.execute("DELETE FROM taken")
    await service.consumer.run_many(messages)
    assert (await service.effects(), await service.parked()) == ([("tally-1", 1), ("tally-1", 2)], [])
