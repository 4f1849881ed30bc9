"""Each service at the broker as itself: it writes its own topic, reads all, and can do nothing else there."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import GroupAuthorizationFailedError, KafkaError, for_code
from confluent_kafka import KafkaException
from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)

from deploy.local.broker import access as kafka_access
from deploy.local.broker import kafka as local
from deploy.local.secrets import SecretFolder
from shared.messaging.address import KafkaAddress
from shared.messaging.broker import BrokerView
from shared.messaging.faust.app import group_of
from shared.messaging.topics import TopicsMissing, check_topics, ensure_topics, topic_of
from shared.service_names import SERVICES
from tests.support.kafka_part import KafkaPart
from tests.support.receiving import eventually

Enter = Callable[[str], str]


@pytest.fixture(scope="module")
def entering(kafka: KafkaPart) -> Enter:
    """The broker as each service enters it."""
    if kafka.folder is None:
        pytest.skip("only a broker of our own has users of ours")
    secrets, address = (
        SecretFolder(Path(kafka.folder) / "secrets"),
        KafkaAddress.parse(kafka.bootstrap).servers,
    )
    for _ in range(2):  # as at every start of the broker
        kafka_access.grant(kafka.bootstrap)
    return lambda service: local.url(address, secrets, service)


def client(bootstrap: str) -> dict[str, Any]:
    return KafkaAddress.parse(bootstrap).client()


@asynccontextmanager
async def administrating(bootstrap: str):  # type: ignore[no-untyped-def]
    admin = AIOKafkaAdminClient(**client(bootstrap), request_timeout_ms=10_000)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


async def write(bootstrap: str, topic: str) -> None:
    async with AIOKafkaProducer(**client(bootstrap), enable_idempotence=True, acks="all") as producer:
        await producer.send_and_wait(topic, b"not an event", key=b"3402-2026")


async def refused(act: Awaitable[Any]) -> bool:
    try:
        await asyncio.wait_for(act, 20)
    except (KafkaError, TopicsMissing, KafkaException):
        return True
    return False


async def test_a_service_writes_its_own_topic(entering: Enter) -> None:
    for service in SERVICES:

        async def writes(service: str = service) -> bool:
            return not await refused(write(entering(service), topic_of(service)))

        await eventually(writes, "what was granted holds within a moment", 30)


@pytest.mark.parametrize(
    ("service", "other"), [(one, two) for one, two in product(SERVICES, SERVICES) if one != two]
)
async def test_a_service_writes_no_other_topic(
    entering: Enter, kafka: KafkaPart, service: str, other: str
) -> None:
    view = BrokerView(kafka.bootstrap)
    try:
        before = await view.ends([topic_of(other)])
        assert await refused(write(entering(service), topic_of(other)))
        assert await view.ends([topic_of(other)]) == before
    finally:
        await view.close()


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_reads_all_topics_and_keeps_its_place_in_its_own_group_only(
    entering: Enter, service: str
) -> None:
    await check_topics(entering(service))
    view = BrokerView(entering(service))
    try:
        assert await view.cluster()
        places = await view.places([topic_of(name) for name in SERVICES])
        assert await view.ends([topic_of(name) for name in SERVICES])

        async def asked() -> bool:
            return not await refused(view.committed(group_of(service), places))

        await eventually(asked, "the broker knows where the group's places are kept", 30)
    finally:
        await view.close()
    place = TopicPartition(topic_of("intake"), 0)
    for other in SERVICES:
        consumer = AIOKafkaConsumer(
            **client(entering(service)), group_id=group_of(other), enable_auto_commit=False
        )
        await consumer.start()
        try:
            consumer.assign([place])
            if other == service:
                await consumer.committed(place)
            else:
                with pytest.raises(GroupAuthorizationFailedError):
                    await asyncio.wait_for(consumer.committed(place), 20)
        finally:
            await consumer.stop()


def forbidden(service: str) -> Iterator[tuple[str, Callable[[Any], Awaitable[Any]]]]:
    other = "intake" if service != "intake" else "archive"
    for topic in (topic_of(service), topic_of(other)):
        yield f"delete {topic}", lambda admin, topic=topic: admin.delete_topics([topic])
        config = ConfigResource(ConfigResourceType.TOPIC, topic, {"retention.ms": "1"})
        yield f"alter {topic}", lambda admin, config=config: admin.alter_configs([config])
    yield "create a topic", lambda admin: admin.create_topics([NewTopic("jejak.events.more", 1, 1)])


def codes(answer: Any) -> list[int]:
    """The error codes in whatever an admin call answers."""
    if isinstance(answer, list):
        return [code for one in answer for code in codes(one)]
    if hasattr(answer, "topic_error_codes"):
        return [code for _, code, *_ in answer.topic_error_codes]
    if hasattr(answer, "topic_errors"):
        return [code for _, code, *_ in answer.topic_errors]
    return [code for code, *_ in answer.resources]


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_changes_nothing_about_topics(
    entering: Enter, kafka: KafkaPart, service: str
) -> None:
    async with administrating(entering(service)) as admin:
        for what, act in forbidden(service):
            found = codes(await act(admin))
            assert found, what
            assert all("Authorization" in for_code(code).__name__ for code in found), what
    assert await refused(ensure_topics(entering(service), [topic_of(service)]))
    await check_topics(kafka.bootstrap)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_grants_itself_nothing(entering: Enter, service: str) -> None:
    admin = AdminClient(kafka_access.client_options(entering(service)))
    everything = AclBinding(
        ResourceType.TOPIC,
        "jejak.events.",
        ResourcePatternType.PREFIXED,
        f"User:{service}",
        "*",
        AclOperation.ALL,
        AclPermissionType.ALLOW,
    )
    for answer in admin.create_acls([everything], request_timeout=10).values():
        with pytest.raises(KafkaException, match=r"(?i)authorization"):
            answer.result(20)


async def test_a_stranger_and_the_wrong_secret_do_not_enter(entering: Enter) -> None:
    address = KafkaAddress.parse(entering("intake"))
    for user, secret in (("intake", "guess"), ("payroll", address.secret), ("admin", address.secret)):
        assert await refused(check_topics(f"{user}:{secret}@{address.servers}"))
