"""The checkpoint of a relay: how far the events of a service have reached Kafka, how long the logs were then.

Role: written with a tick on the relay's own connection, so that a relay that lost its election cannot write
it. Used by `relay.py` alone.
"""

from dataclasses import dataclass, field

import msgspec

from shared.eventsourcing.sql import Connection
from shared.messaging.sending.publishing import BrokerWiped, Ends

_SAVE = b"""
    WITH saved AS (UPDATE relay SET position = %s, cluster = %s, ends = %s::jsonb, at = now()
    RETURNING position)
    INSERT INTO tick (position, at)
    SELECT position, greatest(clock_timestamp(), (SELECT at FROM tick ORDER BY position DESC LIMIT 1))
    FROM saved
    WHERE position > 0 AND NOT EXISTS (SELECT FROM tick WHERE tick.position >= saved.position)"""


@dataclass(slots=True)
class Checkpoint:
    """How far the service's events have reached Kafka, and how long the logs were then."""

    position: int = 0
    cluster: str = ""
    ends: Ends = field(default_factory=dict)

    @classmethod
    async def read(cls, conn: Connection) -> "Checkpoint":
        """What was saved last; a beginning where nothing was."""
        await conn.execute(b"INSERT INTO relay DEFAULT VALUES ON CONFLICT DO NOTHING")
        found = await (await conn.execute(b"SELECT position, cluster, ends::text FROM relay")).fetchone()
        if found is None:
            raise RuntimeError("the relay's row is gone")
        return cls(found[0], found[1], msgspec.json.decode(found[2], type=Ends))

    async def save(self, conn: Connection) -> None:
        """Checkpoint and tick in one statement, which is its own transaction:
        one round trip for every command that wakes the relay.
        """
        ends = msgspec.json.encode(self.ends).decode()
        await conn.execute(_SAVE, (self.position, self.cluster, ends))

    def belongs_to(self, cluster: str) -> None:
        """Notes the broker's cluster; raises BrokerWiped when it was another."""
        if self.cluster not in {"", cluster}:
            raise BrokerWiped(f"the cluster was {self.cluster} and is {cluster}")
        self.cluster = cluster


def refuse_shorter(expected: Ends, found: Ends) -> None:
    """Raises BrokerWiped where a log holds less than the broker had acknowledged."""
    for partition, end in expected.items():
        if found.get(partition, 0) < end:
            raise BrokerWiped(f"partition {partition} ended at {end} and ends at {found.get(partition, 0)}")
