"""The Faust agents of archive: one per service, because the audit log takes every event;
bytes in, `consumer.run_many`, nothing else.

An event's way, hop 5. Previous hop: Kafka. Next hop: `gathering.py`, the consumer, then `log/append.py` and
this room's reactions. What has piled up in all partitions is taken in together: one transaction of the tree
for many events.
"""

import faust

from services.archive.gathering import Gathering
from shared.messaging.faust.listening import Receiver, in_batches, raw_topic
from shared.service_names import SERVICES


def declare(app: faust.App, consumer: Receiver) -> None:
    """Puts the agents on a fresh app."""
    gathering = Gathering(consumer)
    for source in SERVICES:
        app.agent(raw_topic(app, source), name=f"archive.from-{source}", isolated_partitions=True)(
            in_batches(gathering)
        )
