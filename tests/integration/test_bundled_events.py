"""Events that came together in a bundle: each is taken in, passed by or parked by itself,
as if it had come alone.
"""

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import msgspec
import pytest

from services.archive.gathering import Gathering
from shared.eventsourcing.recorded import Row
from shared.messaging.envelope import Message
from shared.messaging.sending.publishing import bundled
from shared.messaging.signing import Keys, Signer
from shared.messaging.topics import topic_of
from tests.support.keys import KEYS, SIGNERS
from tests.support.parts import PostgresPart
from tests.support.receiving import SOURCE, Receiving, Sending, as_sent, sender_and_receiver

Both = tuple[Sending, Receiving]
SERVED = re.compile(rb'("served": ?)\d+')


@pytest.fixture
async def both(postgres: PostgresPart) -> AsyncIterator[Both]:
    async with sender_and_receiver(postgres) as pair:
        yield pair


def bundle(rows: Sequence[Row], offset: int = 0, signer: Signer = SIGNERS[SOURCE]) -> Message:
    (one,), refused = bundled(SOURCE, rows, signer)
    assert not refused
    return Message(topic_of(SOURCE), 0, offset, one.key, one.value, one.headers)


def spoiled(message: Message, at: int) -> Message:
    """The bundle with another figure in one of its events, under the seal of what was said."""
    entries = msgspec.json.decode(message.value or b"", type=list[msgspec.Raw])
    entries[at] = msgspec.Raw(SERVED.sub(rb"\g<1>77", bytes(entries[at])))
    return replace(message, value=msgspec.json.encode(entries))


def tally(number: int, *versions: int) -> list[tuple[str, int]]:
    return [(f"tally-{number}", version) for version in versions]


async def test_bundles_and_single_messages_are_taken_in_in_their_order(both: Both) -> None:
    sending, service = both
    for stream in ("tally-1", "tally-2", "tally-1"):
        await sending.happen(stream, 2)
    rows = await sending.rows()
    messages = [bundle(rows[:3]), as_sent(rows[3], 1), bundle(rows[4:], 2)]
    await service.consumer.run_many(messages)
    assert await service.effects() == tally(1, 1, 2) + tally(2, 1, 2) + tally(1, 3, 4)
    for message in messages:
        await service.consumer.run(message)
    await service.consumer.run_many([as_sent(row, 9) for row in rows])
    assert (len(await service.effects()), await service.parked()) == (6, [])


async def test_of_a_bundle_of_which_part_was_taken_in_already_only_the_rest_has_an_effect(
    both: Both,
) -> None:
    sending, service = both
    await sending.happen("tally-1", 6)
    rows = await sending.rows()
    await service.consumer.run(bundle(rows[:2]))
    await service.consumer.run(as_sent(rows[2], 1))
    await service.consumer.run(bundle(rows, 2))
    assert (await service.effects(), await service.parked()) == (tally(1, *range(1, 7)), [])


async def test_what_is_missing_before_a_bundle_is_fetched_and_so_is_what_is_missing_in_it(
    both: Both,
) -> None:
    sending, service = both
    await sending.happen("tally-1", 9)
    rows = await sending.rows()
    await service.consumer.run(bundle([*rows[3:5], *rows[7:]]))
    assert (await service.effects(), await service.parked()) == (tally(1, *range(1, 10)), [])


async def test_a_forged_event_in_the_middle_is_parked_alone_and_the_genuine_one_is_fetched(
    both: Both,
) -> None:
    sending, service = both
    await sending.happen("tally-1", 4)
    await sending.happen("tally-2", 1)
    rows = await sending.rows()
    lie = spoiled(bundle(rows, 7), 2)
    await service.consumer.run(lie)
    assert await service.effects() == tally(1, 1, 2, 3, 4) + tally(2, 1)
    assert await service.parked() == [("jejak.events.intake/0/7/2", "forged")]
    await service.retrying().look()
    assert await service.parked() == [("jejak.events.intake/0/7/2", "forged")]


async def test_a_bundle_of_somebody_else_is_parked_as_one_and_nothing_of_it_gets_in(both: Both) -> None:
    sending, service = both
    await sending.happen("tally-1", 3)
    rows = await sending.rows()
    await service.consumer.run(bundle(rows, 5, SIGNERS["documents"]))
    assert await service.effects() == []
    assert await service.parked() == [("jejak.events.intake/0/5", "forged")]
    await service.consumer.run(bundle(rows, 6))
    assert await service.effects() == tally(1, 1, 2, 3)


async def test_a_bundle_under_a_key_that_was_told_later_gets_in_after_all(both: Both) -> None:
    sending, service = both
    await sending.happen("tally-1", 3)
    newer = Signer(SOURCE, bytes(32))
    await service.consumer.run(bundle(await sending.rows(), 5, newer))
    assert (await service.effects(), len(await service.parked())) == ([], 1)
    service.consumer.keys = Keys({SOURCE: [SIGNERS[SOURCE].public, newer.public]})
    assert await service.press_retry("jejak.events.intake/0/5")
    await service.retrying().look()
    assert (await service.effects(), await service.parked()) == (tally(1, 1, 2, 3), [])


async def test_an_event_that_fails_is_parked_out_of_its_bundle_and_taken_in_by_the_button(
    both: Both,
) -> None:
    sending, service = both
    await sending.happen("tally-1", 3)
    await sending.happen("tally-2", 2)
    service.failing.add(("tally-1", 2))
    await service.consumer.run(bundle(await sending.rows()))
    assert await service.effects() == tally(1, 1) + tally(2, 1, 2)
    assert await service.parked() == [("intake/tally-1/2", "handler"), ("intake/tally-1/3", "behind")]
    service.failing.clear()
    service.consumer.keys = KEYS
    assert await service.press_retry("intake/tally-1/2")
    await service.retrying().look()
    assert (await service.effects(), await service.parked()) == (
        tally(1, 1) + tally(2, 1, 2) + tally(1, 2, 3),
        [],
    )


async def test_another_content_under_a_number_taken_in_before_is_an_alarm_in_a_bundle_too(
    both: Both,
) -> None:
    sending, service = both
    await sending.happen("tally-1", 3)
    rows = await sending.rows()
    await service.consumer.run(bundle(rows[:2]))
    otherwise = rows[1]._replace(data=SERVED.sub(rb"\g<1>77", rows[1].data.encode()).decode())
    await service.consumer.run(bundle([rows[0], otherwise, rows[2]], 4))
    assert await service.effects() == tally(1, 1, 2, 3)
    ((name, cause),) = await service.parked()
    assert (name.partition("#")[0], cause) == ("intake/tally-1/2", "contradiction")


async def test_what_a_service_reacts_to_goes_by_itself_and_what_it_passes_by_goes_together(
    both: Both,
) -> None:
    sending, service = both
    await sending.happen("tally-1", 4)
    rows = await sending.rows()
    concerning = frozenset({(SOURCE, rows[0].type)})
    service.consumer.reaction = replace(service.consumer.reaction, wants=concerning)
    service.failing.add(("tally-1", 3))
    await service.consumer.run(bundle(rows))
    assert (service.failures, await service.effects()) == (4, tally(1, 1, 2))
    service.consumer.reaction = replace(service.consumer.reaction, wants=frozenset())
    await sending.happen("tally-2", 5)
    before = service.consumer.progress
    await service.consumer.run(bundle((await sending.rows())[4:], 1))
    assert (service.consumer.progress - before, await service.effects()) == (5, tally(1, 1, 2))


async def test_bundles_that_wait_in_several_partitions_are_gathered_by_the_moments_of_their_events(
    both: Both,
) -> None:
    sending, service = both
    for _ in range(3):
        await sending.happen("tally-1")
        await sending.happen("tally-2")
    rows = await sending.rows()
    gathering = Gathering(service.consumer, pause=0)
    await gathering.run_many([bundle(rows[1::2]), replace(bundle(rows[::2]), partition=1)])
    assert await service.effects() == [(row.stream, row.version) for row in rows]


async def test_a_body_that_is_no_list_is_parked_and_its_events_are_fetched_when_the_next_one_comes(
    both: Both,
) -> None:
    sending, service = both
    await sending.happen("tally-1", 4)
    rows = await sending.rows()
    await service.consumer.run(replace(bundle(rows[:3], 3), value=b'[{"specversion":'))
    assert await service.parked() == [("jejak.events.intake/0/3", "undecodable")]
    await service.consumer.run(as_sent(rows[3], 4))
    assert await service.effects() == tally(1, 1, 2, 3, 4)
