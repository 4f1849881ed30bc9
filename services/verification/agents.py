"""The Faust agents of verification: one per topic it listens to;
bytes in, `consumer.run_many`, nothing else.

An event's way, hop 5. Previous hop: Kafka. Next hop: `shared.messaging.receiving.consumer`,
then this room's process manager and projections.
"""

import faust

from services.verification.bootstrap import ROOM
from shared.messaging.faust.listening import Receiver, in_batches, raw_topic


def declare(app: faust.App, consumer: Receiver) -> None:
    """Puts the agents on a fresh app."""
    for source in ROOM.sources:
        app.agent(raw_topic(app, source), name=f"verification.from-{source}", isolated_partitions=True)(
            in_batches(consumer)
        )
