"""Topics: one per service, named after it; every case keeps its order because the case is the key.

Role: the roads between the services. Previous hop: `jejak up` and the relays, which make them.
Next hop: relay and workers.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import IncompatibleBrokerVersion, TopicAlreadyExistsError, for_code

from shared.contracts.registry import PRODUCERS
from shared.messaging.address import KafkaAddress
from shared.messaging.copies import MIN_ISR, Copies, copies_of, least_in_sync, least_of, wanted

PARTITIONS: Final = 4
PREFIX: Final = "jejak.events."
OFFSETS: Final = "__consumer_offsets"
"""Where the broker itself keeps the places of all groups."""
_LOOKS, _LOOK_AGAIN_S = 100, 0.1
MOST_BYTES: Final = 4 * 1024 * 1024
"""What a topic takes in one message: set, not assumed. An event is at most 900,000 bytes."""
_CONFIG: Final[Mapping[str, str]] = {
    "retention.ms": "-1",
    "cleanup.policy": "delete",
    "max.message.bytes": str(MOST_BYTES),
}


SHORT: Final[Mapping[str, str]] = {
    "topic-copies": "{topic} is kept by {found} broker(s) and could be by {wanted}: spread it with "
    "kafka-reassign-partitions.sh, or delete it while the workers are stopped and run this again.",
    "topic-behind": "{topic}: {found} of {wanted} copies are in sync; a broker is away or behind.",
    "topic-lax": "{topic}: {found} copy is enough to acknowledge, and {wanted} should be; run this again.",
}
"""What falls short of what `copies` knows, for whoever runs this by hand."""


class TopicsMissing(Exception):
    """Topics that should be there are not; the message names them and says what to do."""


def topic_of(source: str) -> str:
    """The topic that carries the sealed events of a service;
    before there were seals it was `jejak.<service>`.
    """
    return f"{PREFIX}{source}"


ALL_TOPICS: Final = tuple(topic_of(service) for service in PRODUCERS)


async def ensure_topics(
    bootstrap: str,
    names: Iterable[str] = ALL_TOPICS,
    *,
    partitions: int = PARTITIONS,
    replication: int | None = None,
) -> tuple[str, ...]:
    """Makes the topics that are not there, and gives those that are the settings of ours;
    answers with the ones it made. They get a copy on each of up to three brokers, where `replication` does
    not say otherwise.

    Raises KafkaConnectionError when no broker answers, TopicsMissing when the broker refuses. `create_topics`
    itself never raises, its answer must be read. The embedded broker cannot be asked to make topics: it makes
    them when they are first named.
    """
    named = list(names)
    admin = AIOKafkaAdminClient(**KafkaAddress.parse(bootstrap).client(), request_timeout_ms=10_000)
    try:
        await admin.start()
        brokers = len((await admin.describe_cluster())["brokers"])
        known = copies_of(brokers, await admin.describe_topics(named))
        await _configure(admin, known)
        missing = set(named) - {topic.topic for topic in known}
        if not missing:
            return ()
        copies = replication or wanted(brokers)
        made = [NewTopic(name, partitions, copies, topic_configs=_config(copies)) for name in sorted(missing)]
        answer = await admin.create_topics(made, timeout_ms=10_000)
        return await _when_known(admin, missing, _made(answer.topic_errors))
    except IncompatibleBrokerVersion:
        await admin.describe_topics(named)
        return ()
    finally:
        await admin.close()


def _config(copies: int) -> dict[str, str]:
    return {**_CONFIG, MIN_ISR: str(least_in_sync(copies))}


async def _configure(admin: AIOKafkaAdminClient, topics: Collection[Copies]) -> None:
    """Topics that an older Jejak made are as the new ones are: their settings are these and no others.
    Only how many copies there are nobody can change in passing.
    """
    if topics:
        answers = await admin.alter_configs(
            [ConfigResource(ConfigResourceType.TOPIC, one.topic, _config(one.copies)) for one in topics]
        )
        for answer in answers:
            for code, reason, _, name in answer.resources:
                if code:
                    raise TopicsMissing(
                        f"Kafka refused to configure topic {name}: "
                        f"{for_code(code).__name__} {reason or ''}".rstrip()
                    )


async def check_topics(bootstrap: str, names: Iterable[str] = ALL_TOPICS) -> None:
    """Raises TopicsMissing unless every topic is there:
    a worker started without its topic would never consume it.
    """
    admin = AIOKafkaAdminClient(**KafkaAddress.parse(bootstrap).client(), request_timeout_ms=10_000)
    try:
        await admin.start()
        missing = await _missing(admin, list(names))
    finally:
        await admin.close()
    if missing:
        raise TopicsMissing(
            f"Kafka has no topic {', '.join(sorted(missing))}; run `python -m shared.messaging.topics "
            f"{KafkaAddress.parse(bootstrap).servers}` first."
        )


async def copies_at(bootstrap: str, names: Iterable[str] = (*ALL_TOPICS, OFFSETS)) -> list[Copies]:
    """How many copies there are of each topic, asked as the administrator: of the broker's own list of places
    as well, without which every worker stands still; what it forgets of that a worker knows. Raises
    KafkaConnectionError.
    """
    admin = AIOKafkaAdminClient(**KafkaAddress.parse(bootstrap).client(), request_timeout_ms=10_000)
    try:
        await admin.start()
        brokers = len((await admin.describe_cluster())["brokers"])
        found = copies_of(brokers, await admin.describe_topics(list(names)))
        return [
            one if one.topic == OFFSETS else replace(one, least=await least_of(admin, one.topic))
            for one in found
        ]
    finally:
        await admin.close()


async def _missing(admin: AIOKafkaAdminClient, names: list[str]) -> set[str]:
    described = await admin.describe_topics(names)
    return set(names) - {
        topic["topic"] for topic in described if topic["error_code"] == 0 and topic["partitions"]
    }


async def _when_known(admin: AIOKafkaAdminClient, names: set[str], made: tuple[str, ...]) -> tuple[str, ...]:
    """`made`, once all of `names` can be asked about. A broker says that a topic is made before it can be
    asked about it; whoever checks next must not be told that it is missing.
    """
    for _ in range(_LOOKS):
        if not await _missing(admin, list(names)):
            return made
        await asyncio.sleep(_LOOK_AGAIN_S)
    raise TopicsMissing(f"Kafka made the topics {', '.join(sorted(names))}, and does not know them")


def _made(answers: Iterable[tuple[str, int, str]]) -> tuple[str, ...]:
    made = []
    for name, code, *reason in answers:
        error = for_code(code)
        if code == 0:
            made.append(name)
        elif error is not TopicAlreadyExistsError:
            raise TopicsMissing(
                (
                    f"Kafka refused to make topic {name}: {error.__name__} "
                    f"{' '.join(str(part) for part in reason)}"
                ).rstrip()
            )
    return tuple(made)


def main(arguments: list[str]) -> int:
    """`python -m shared.messaging.topics HOST:PORT [--check]`: makes the topics, or only checks;
    1 when they are missing, or have fewer copies than the brokers could hold.
    """
    import sys

    bootstrap = arguments[0]
    try:
        asyncio.run(check_topics(bootstrap) if "--check" in arguments else ensure_topics(bootstrap))
        short = [said for one in asyncio.run(copies_at(bootstrap)) for said in one.short()]
    except TopicsMissing as missing:
        sys.stderr.write(f"{missing}\n")
        return 1
    except IncompatibleBrokerVersion:
        return 0
    for name, facts in short:
        sys.stderr.write(f"{SHORT[name].format(**facts)}\n")
    return 1 if short else 0


if __name__ == "__main__":
    import sys

    raise SystemExit(main(sys.argv[1:]))
