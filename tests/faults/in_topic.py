"""What stands in the topic of a source, message by message, each event as often as it was sent."""

from itertools import chain

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.messaging.address import KafkaAddress
from shared.messaging.envelope import Message, Received
from shared.messaging.receiving.opening import found_in
from shared.messaging.topics import PARTITIONS, topic_of
from tests.support.keys import KEYS
from tests.support.receiving import SOURCE


async def in_topic(bootstrap: str, token: str) -> list[list[tuple[str, int]]]:
    """The events of the streams that bear this token in their names; a bundle is a message of several."""
    places = [TopicPartition(topic_of(SOURCE), partition) for partition in range(PARTITIONS)]
    found = list[list[tuple[str, int]]]()
    consumer = AIOKafkaConsumer(**KafkaAddress.parse(bootstrap).client(), enable_auto_commit=False)
    await consumer.start()
    try:
        consumer.assign(places)
        await consumer.seek_to_beginning()
        ends = await consumer.end_offsets(places)
        while any([await consumer.position(place) < end for place, end in ends.items()]):
            for raw in chain.from_iterable((await consumer.getmany(timeout_ms=500)).values()):
                message = Message(raw.topic, raw.partition, raw.offset, raw.key, raw.value, raw.headers)
                events = (event for _, event in found_in([message], KEYS) if isinstance(event, Received))
                ours = [event for event in events if token in event.stream]
                found.append([(event.stream, event.version) for event in ours])
    finally:
        await consumer.stop()
    return [events for events in found if events]
