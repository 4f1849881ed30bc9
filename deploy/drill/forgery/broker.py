"""Attacks on the broker by whoever may write and delete there: what did not come from whom it says, what
comes twice, out of order, or not at all.

Role: proves that archive takes in what a service said, once, and nothing else; what is forged is parked under
its place in the broker's log. What is withheld is asked of its source.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import psycopg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.records_to_delete import RecordsToDelete

from deploy.bench import history
from deploy.drill.forgery.trial import Named, Outcome
from deploy.local.instance import Instance
from shared.messaging.address import KafkaAddress
from shared.messaging.topics import topic_of

WHERE = "broker (Kafka)"
PATIENCE_S, LOOK_EVERY_S = 900.0, 0.3
"""A look at the heads of each source comes every minute, and may be put off ten times during a flood."""
LENGTH = 20
FORGED, OTHER_NAME = "pesan dipalsukan", "atas nama layanan lain"
TWICE, WITHHELD = "diterbitkan dua kali", "separuh ditahan, separuh tidak berurutan"
SOURCE, OTHER = "intake", "documents"
REFUSED = ("forged", "undecodable")
"""Why a message is parked that does not come from whom it says, or that cannot be read at all."""


@dataclass(frozen=True, slots=True)
class Broker:
    """The broker as its administrator enters it, and what archive made of what came from there."""

    instance: Instance
    producer: AIOKafkaProducer
    admin: AIOKafkaAdminClient

    async def recorded(self, source: str) -> list[ConsumerRecord]:
        """All messages of a service's topic, as they lie there."""
        async with self._reading(source) as consumer:
            places = sorted(consumer.assignment())
            await consumer.seek_to_beginning(*places)
            ends, found = await consumer.end_offsets(places), list[ConsumerRecord]()
            for place in places:
                while await consumer.position(place) < ends[place]:
                    for records in (await consumer.getmany(timeout_ms=1_000)).values():
                        found += records
            return found

    @asynccontextmanager
    async def _reading(self, source: str) -> AsyncIterator[AIOKafkaConsumer]:
        """Whoever reads all of a topic and commits nothing."""
        consumer = AIOKafkaConsumer(topic_of(source), **_client(self.instance), enable_auto_commit=False)
        await consumer.start()
        try:
            yield consumer
        finally:
            await consumer.stop()

    async def publish(self, topic: str, record: ConsumerRecord, value: bytes) -> str:
        """Puts a message there as if it came from its service; answers its place in the broker's log."""
        put = await self.producer.send_and_wait(
            topic, value, record.key, record.partition, headers=list(record.headers)
        )
        return f"{put.topic}/{put.partition}/{put.offset}"

    async def withhold(self, source: str) -> None:
        """Everything in the topic of a service is gone before anybody else reads it."""
        async with self._reading(source) as consumer:
            ends = await consumer.end_offsets(consumer.assignment())
        await self.admin.delete_records({place: RecordsToDelete(end) for place, end in ends.items()})

    def ask(self, service: str, question: str, *values: object) -> list[tuple[object, ...]]:
        """What a question to a service's database finds."""
        with psycopg.connect(self.instance.database_url(service, owner=True), autocommit=True) as conn:
            return conn.execute(question.encode(), values).fetchall()

    async def parked(self, places: Iterable[str]) -> Mapping[str, str]:
        """Of these messages, what archive parked, and why; waits until it is all, or as long as one may."""
        wanted, found = list(places), dict[str, str]()
        async for _ in _until_late():
            rows = self.ask("archive", "SELECT id, cause FROM parked WHERE id = ANY (%s)", wanted)
            found = {str(place): str(cause) for place, cause in rows}
            if len(found) == len(wanted):
                break
        return found

    def logged(self) -> Mapping[str, int]:
        """How often each event of the source stands in the log."""
        rows = self.ask(
            "archive",
            "SELECT stream || '@' || version, count(*) FROM leaf WHERE source = %s GROUP BY 1",
            SOURCE,
        )
        return {str(place): int(str(many)) for place, many in rows}


async def attacked(instance: Instance, trials: int, seed: int = 0) -> list[Outcome]:
    """Every attack on so many messages. Afterwards the instance has a history that nobody commanded."""
    chance = random.Random(seed)  # noqa: S311  chance, no secret
    async with _entered(instance) as broker:
        genuine = await broker.recorded(SOURCE)
        return [
            await _forged(broker, FORGED, topic_of(SOURCE), _picked(genuine, chance, trials), chance),
            await _forged(broker, OTHER_NAME, topic_of(OTHER), _picked(genuine, chance, trials), None),
            await _harmless(broker, TWICE, _picked(genuine, chance, trials)),
            await _unordered(broker, chance, trials),
        ]


async def _forged(
    broker: Broker, name: str, topic: str, records: Sequence[ConsumerRecord], chance: random.Random | None
) -> Outcome:
    """Messages of another content under a true seal, or true ones in the topic of another service: each is
    parked as what it is, and the log stays as it was.
    """
    before, outcome = broker.logged(), Outcome(WHERE, name)
    places = [
        await broker.publish(topic, one, one.value if chance is None else _spoiled(one.value, chance))
        for one in records
    ]
    parked = await broker.parked(places)
    same = broker.logged() == before
    for place in places:
        outcome.count(Named(noticed=same, place=parked.get(place) in REFUSED), place)
    return outcome


async def _harmless(broker: Broker, name: str, records: Sequence[ConsumerRecord]) -> Outcome:
    """True messages once more: nothing follows from them. One that says nothing, behind them, tells that they
    were read.
    """
    before, outcome = broker.logged(), Outcome(WHERE, name)
    places = [await broker.publish(topic_of(SOURCE), one, one.value) for one in records]
    ends = {one.partition: one for one in records}
    behind = [await broker.publish(topic_of(SOURCE), one, b"{}") for one in ends.values()]
    read = len(await broker.parked(behind)) == len(behind)
    rows = broker.ask("archive", "SELECT id FROM parked WHERE id = ANY (%s)", places)
    same = broker.logged() == before
    for place in places:
        outcome.count(Named(noticed=read and same, place=(place,) not in rows), place)
    return outcome


async def _unordered(broker: Broker, chance: random.Random, trials: int) -> Outcome:
    """While archive is away, events are published; half of them it then finds in another order, of the others
    nothing. Each is in the log once, in its stream's order.
    """
    broker.instance.kill("archive")
    there = broker.logged()
    known = {(one.partition, one.offset) for one in await broker.recorded(SOURCE)}
    submissions = [history.Submission(number) for number in range(-(-2 * trials // LENGTH))]
    await history.write(broker.instance.database_url(SOURCE, owner=True), submissions, LENGTH)
    fresh = list[ConsumerRecord]()
    async for _ in _until_late():
        waiting = broker.ask(
            SOURCE, "SELECT count(*) FROM event WHERE position > (SELECT position FROM relay)"
        )
        fresh = [one for one in await broker.recorded(SOURCE) if (one.partition, one.offset) not in known]
        if waiting == [(0,)]:
            break
    await broker.withhold(SOURCE)
    shown = chance.sample(fresh, len(fresh) // 2)
    for one in shown:
        await broker.publish(one.topic, one, one.value)
    broker.instance.restart("archive")
    wanted = [
        f"{submission.stream}@{version}" for submission in submissions for version in range(1, LENGTH + 1)
    ]
    logged = broker.logged()
    async for _ in _until_late():
        logged = broker.logged()
        if len(logged) >= len(there) + len(wanted):
            break
    in_order = broker.ask(
        "archive",
        "SELECT stream FROM (SELECT stream, version, lag(version) OVER (PARTITION BY stream ORDER BY index) "
        "AS before FROM leaf WHERE source = %s) AS one WHERE version <> coalesce(before, 0) + 1",
        SOURCE,
    )
    outcome = Outcome(WHERE, WITHHELD)
    for place in wanted:
        outcome.count(Named(noticed=logged.get(place) == 1, place=not in_order), place)
    return outcome


@asynccontextmanager
async def _entered(instance: Instance) -> AsyncIterator[Broker]:
    producer, admin = AIOKafkaProducer(**_client(instance)), AIOKafkaAdminClient(**_client(instance))
    await producer.start()
    await admin.start()
    try:
        yield Broker(instance, producer, admin)
    finally:
        await producer.stop()
        await admin.close()


def _client(instance: Instance) -> dict[str, object]:
    return dict(KafkaAddress.parse(instance.kafka).client())


def _picked(records: Sequence[ConsumerRecord], chance: random.Random, many: int) -> list[ConsumerRecord]:
    return [chance.choice(records) for _ in range(many)]


def _spoiled(value: bytes, chance: random.Random) -> bytes:
    """The same message with one byte changed."""
    at = chance.randrange(len(value))
    return value[:at] + bytes([value[at] ^ 1]) + value[at + 1 :]


async def _until_late() -> AsyncIterator[None]:
    """Looks again and again, for as long as one may wait."""
    late = asyncio.get_running_loop().time() + PATIENCE_S
    while asyncio.get_running_loop().time() < late:
        yield
        await asyncio.sleep(LOOK_EVERY_S)
