"""How many copies of our topics the broker keeps, and how many of them must have a message before it is
acknowledged: what it should be, and what it is.

Role: with three brokers one may die without anybody noticing, if the topics were made for it. Used by
`topics.py`, which makes them so; by the relay, which looks at its own topic and reports what falls short; by
`jejak doctor`, which looks at all of them as the administrator.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final, Protocol

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from shared.sentences import later
from shared.troubles import Troubles

MOST: Final = 3
"""More brokers hold no more copies of a topic."""
MIN_ISR: Final = "min.insync.replicas"
LOOK_EVERY_S: Final = 15.0
FEW: Final = later(
    "Topik {topic} disimpan di {found} broker, padahal bisa {wanted}; bila broker itu mati, kabar "
    "antarlayanan menunggu. Tidak ada yang hilang."
)
BEHIND: Final = later(
    "Hanya {found} dari {wanted} salinan topik {topic} yang mutakhir: ada broker yang mati atau tertinggal. "
    "Tidak ada yang hilang."
)
LAX: Final = later(
    "Broker menerima pesan topik {topic} dengan {found} salinan saja, seharusnya {wanted}; jalankan perintah "
    "topik sekali lagi."
)
SENTENCES: Final[Mapping[str, str]] = {"topic-copies": FEW, "topic-behind": BEHIND, "topic-lax": LAX}


def wanted(brokers: int) -> int:
    """How many copies a topic should have where so many brokers are."""
    return max(1, min(MOST, brokers))


def least_in_sync(copies: int) -> int:
    """How many of so many copies must have a message before it is acknowledged: with three one broker may
    be away; with two as well, and then one copy must do, because PostgreSQL has the message still.
    """
    return 2 if copies >= MOST else 1


@dataclass(frozen=True, slots=True)
class Copies:
    """One topic at one moment, by its worst partition. `least` is None where we may not ask for it."""

    topic: str
    brokers: int
    copies: int
    in_sync: int
    least: int | None = None

    def short(self) -> list[tuple[str, dict[str, str]]]:
        """What falls short, by name, with the facts of its sentence."""
        found = []
        best, needed = wanted(self.brokers), least_in_sync(self.copies)
        if self.copies < best:
            found.append(("topic-copies", self.copies, best))
        if self.in_sync < self.copies:
            found.append(("topic-behind", self.in_sync, self.copies))
        if self.least is not None and self.least < needed:
            found.append(("topic-lax", self.least, needed))
        return [
            (name, {"topic": self.topic, "found": str(has), "wanted": str(should)})
            for name, has, should in found
        ]


def copies_of(brokers: int, described: Iterable[Mapping[str, Any]]) -> list[Copies]:
    """What the broker's own description of topics says; one that is not there is left out."""
    return [
        Copies(
            topic["topic"],
            brokers,
            min(len(part["replicas"]) for part in topic["partitions"]),
            min(len(part["isr"]) for part in topic["partitions"]),
        )
        for topic in described
        if topic["error_code"] == 0 and topic["partitions"]
    ]


async def least_of(admin: AIOKafkaAdminClient, topic: str) -> int | None:
    """How many copies must have a message before it is acknowledged; None to whom the broker does not say."""
    asked = ConfigResource(ConfigResourceType.TOPIC, topic, {MIN_ISR: ""})
    for answer in await admin.describe_configs([asked]):
        for code, _reason, _kind, _name, entries in answer.resources:
            if code == 0 and entries:
                return int(entries[0][1])
    return None


class Looks(Protocol):
    """A look at the broker: `BrokerView`, or a test."""

    async def copies(self, topic: str) -> Copies | None: ...


class CopiesWatch:
    """Looks at one topic every now and then, and reports what falls short until it is right."""

    def __init__(self, topic: str, view: Looks, troubles: Troubles) -> None:
        self._topic, self._view, self._troubles = topic, view, troubles
        self._next = float("-inf")

    async def look(self) -> None:
        """Looks where it is time to. Raises one of `broker.Away`."""
        if monotonic() < self._next:
            return
        found = await self._view.copies(self._topic)
        self._next = monotonic() + LOOK_EVERY_S
        short = dict(found.short()) if found else {}
        for name, sentence in SENTENCES.items():
            if name in short:
                facts = short[name]
                cause = f"{facts['topic']}: {facts['found']} of {facts['wanted']}"
                self._troubles.report(name, sentence, cause, **facts)
            else:
                self._troubles.clear(name)
