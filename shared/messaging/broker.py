"""A look at the broker from outside: which cluster it is, how long its logs are, what a group has committed,
how many copies it keeps.

Role: the truth about progress, for `relay` (was the broker wiped?) and `watchdog` (does the worker make
progress?). It changes nothing there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from shared.messaging.address import KafkaAddress
from shared.messaging.copies import MOST, Copies, copies_of, least_of

_TIMEOUT_MS: Final = 5_000
Offsets = Mapping[tuple[str, int], int]
Away = (KafkaError, OSError, TimeoutError)


class BrokerView:
    """Two quiet connections, opened when first needed and after every failure again.
    All methods raise one of `Away` when it is away.
    """

    def __init__(self, bootstrap: str) -> None:
        self._client = KafkaAddress.parse(bootstrap).client()
        self._admin: AIOKafkaAdminClient | None = None
        self._offsets: AIOKafkaConsumer | None = None

    async def cluster(self) -> str:
        """The cluster's own id; a wiped broker usually has another."""
        admin, _ = await self._open()
        try:
            return str((await admin.describe_cluster())["cluster_id"] or "")
        except Away:
            await self.close()
            raise

    async def places(self, topics: Iterable[str]) -> frozenset[tuple[str, int]]:
        """Every partition of these topics; a topic that is not there is left out."""
        admin, _ = await self._open()
        try:
            described = await admin.describe_topics(list(topics))
        except Away:
            await self.close()
            raise
        return frozenset(
            (topic["topic"], part["partition"])
            for topic in described
            if topic["error_code"] == 0
            for part in topic["partitions"]
        )

    async def ends(self, topics: Iterable[str]) -> Offsets:
        """The log end of every partition of these topics."""
        places = [TopicPartition(topic, partition) for topic, partition in await self.places(topics)]
        _, offsets = await self._open()
        try:
            found = await offsets.end_offsets(places) if places else {}
        except Away:
            await self.close()
            raise
        return {(place.topic, place.partition): end for place, end in found.items()}

    async def committed(self, group: str, places: Iterable[tuple[str, int]]) -> Offsets:
        """What a group has committed of these partitions, which are named because
        the embedded broker answers no other question.
        """
        asked = [TopicPartition(topic, partition) for topic, partition in places]
        admin, _ = await self._open()
        try:
            found = await admin.list_consumer_group_offsets(group, partitions=asked) if asked else {}
        except Away:
            await self.close()
            raise
        return {
            (place.topic, place.partition): seen.offset for place, seen in found.items() if seen.offset >= 0
        }

    async def copies(self, topic: str) -> Copies | None:
        """How many copies of a topic there are; None where it is not there."""
        admin, _ = await self._open()
        try:
            brokers = len((await admin.describe_cluster())["brokers"])
            found = next(iter(copies_of(brokers, await admin.describe_topics([topic]))), None)
            if found is None or found.copies < MOST:
                return found
            return replace(found, least=await least_of(admin, topic))
        except Away:
            await self.close()
            raise

    async def close(self) -> None:
        """Closes the connections; the next question opens them again."""
        admin, self._admin = self._admin, None
        offsets, self._offsets = self._offsets, None
        if admin is not None:
            await admin.close()
        if offsets is not None:
            await offsets.stop()

    async def _open(self) -> tuple[AIOKafkaAdminClient, AIOKafkaConsumer]:
        if self._admin is None or self._offsets is None:
            await self.close()
            admin = AIOKafkaAdminClient(**self._client, request_timeout_ms=_TIMEOUT_MS)
            offsets = AIOKafkaConsumer(
                **self._client, request_timeout_ms=_TIMEOUT_MS, enable_auto_commit=False
            )
            try:
                await admin.start()
                await offsets.start()
            except BaseException:
                await admin.close()
                await offsets.stop()
                raise
            self._admin, self._offsets = admin, offsets
        return self._admin, self._offsets
