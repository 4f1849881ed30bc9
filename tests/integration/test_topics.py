"""Topics exist before anybody works: made once, checked, and missed with a sentence and an exit code."""

import asyncio
import secrets
import sys

import pytest
from aiokafka.errors import KafkaConnectionError

from shared.messaging.broker import BrokerView
from shared.messaging.topics import PARTITIONS, TopicsMissing, check_topics, ensure_topics, main
from tests.support.kafka_part import KafkaPart


def fresh() -> list[str]:
    return [f"jejak.try-{secrets.token_hex(4)}" for _ in range(2)]


async def test_whoever_checks_right_after_they_were_made_finds_them(kafka: KafkaPart) -> None:
    if kafka.embedded:
        pytest.skip("the embedded broker makes topics when they are first named")
    for _ in range(20):
        names = fresh()
        await ensure_topics(kafka.bootstrap, names)
        await check_topics(kafka.bootstrap, names)


async def test_topics_are_made_once_with_their_partitions(kafka: KafkaPart) -> None:
    if kafka.embedded:
        pytest.skip("the embedded broker makes topics when they are first named")
    names = fresh()
    assert sorted(await ensure_topics(kafka.bootstrap, names)) == sorted(names)
    assert await ensure_topics(kafka.bootstrap, names) == ()
    await check_topics(kafka.bootstrap, names)
    view = BrokerView(kafka.bootstrap)
    try:
        assert await view.ends(names) == {
            (name, partition): 0 for name in names for partition in range(PARTITIONS)
        }
    finally:
        await view.close()


async def test_two_that_make_the_same_topic_at_once_are_both_content(kafka: KafkaPart) -> None:
    names = fresh()
    await asyncio.gather(*(ensure_topics(kafka.bootstrap, names) for _ in range(4)))
    await check_topics(kafka.bootstrap, names)


async def test_a_missing_topic_is_named_with_what_to_do_and_no_secret(kafka: KafkaPart) -> None:
    if kafka.embedded:
        pytest.skip("the embedded broker makes topics when they are first named")
    missing, _ = fresh()
    with pytest.raises(TopicsMissing, match=missing) as raised:
        await check_topics(kafka.bootstrap, [missing])
    if "@" in kafka.bootstrap:
        assert kafka.bootstrap.rpartition("@")[0] not in str(raised.value)


async def test_a_topic_that_the_broker_refuses_is_an_error_although_the_client_raises_none(
    kafka: KafkaPart,
) -> None:
    if kafka.embedded:
        pytest.skip("the embedded broker refuses nothing")
    with pytest.raises(TopicsMissing, match="refused"):
        await ensure_topics(kafka.bootstrap, fresh(), replication=3)


def test_the_command_makes_and_checks_them(kafka: KafkaPart) -> None:
    assert main([kafka.bootstrap]) == 0
    assert main([kafka.bootstrap, "--check"]) == 0


async def test_without_a_broker_it_is_said_as_such() -> None:
    with pytest.raises(KafkaConnectionError):
        await check_topics("127.0.0.1:1")


async def test_a_check_of_missing_topics_ends_with_an_exit_code(
    kafka: KafkaPart, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kafka.embedded:
        pytest.skip("the embedded broker makes topics when they are first named")
    missing, _ = fresh()
    program = (
        "import sys; from shared.messaging import topics; topics.check_topics.__defaults__ = "
        f"([{missing!r}],); sys.exit(topics.main(sys.argv[1:]))"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, kafka.bootstrap, "--check", stderr=asyncio.subprocess.PIPE
    )
    _, said = await process.communicate()
    assert (process.returncode, missing in said.decode()) == (1, True)
