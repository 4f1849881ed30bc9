"""A worker of the miniature receiver in a process of its own, so that a test can kill it:
`python -m tests.faults.worker_process …`.
"""

import asyncio
import signal
import sys

from deploy.local.postgres.databases import Database
from shared.background import all_ended, ended
from shared.eventsourcing.sql import open_pool
from shared.messaging.faust.worker import Worker
from shared.messaging.receiving.feed_client import FeedClient
from tests.support.keys import KEYS
from tests.support.receiving import SOURCE, receiving
from tests.support.travelling import declare


async def main(receiver_url: str, sender_url: str, bootstrap: str, name: str, node: str, shape: str) -> None:
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    sender = open_pool(sender_url, size=2)
    await sender.open()
    async with receiving(
        Database("receiver", "", receiver_url),
        FeedClient(SOURCE, sender, {}, {}, KEYS),
        waits=(0.1, 0.5),
        together=shape == "batches",
    ) as service:
        worker = Worker(
            name,
            bootstrap,
            service.consumer,
            declare,
            [SOURCE],
            node=node,
        )
        parts = (worker.run(), service.retrying().run(), service.heads(every_s=5).run())
        tasks = [asyncio.create_task(part) for part in parts]
        while not (worker.health.ok or stopping.is_set()):  # noqa: ASYNC110 - the worker tells nobody, it is asked
            await asyncio.sleep(0.1)
        sys.stdout.write("works\n")
        sys.stdout.flush()
        await stopping.wait()
        await ended(*tasks)
    await sender.close()
    await all_ended()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
