"""The relay in a process of its own that dies at a chosen moment:
`python -m tests.faults.relay_process URL BOOTSTRAP SENDS`.

It ends as by `kill -9` after so many sends: the broker has acknowledged, the checkpoint is not written.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping, Sequence

from shared.eventsourcing.recorded import Row
from shared.messaging.sending import relay
from shared.messaging.sending.publishing import Publisher, Sent
from tests.support.keys import SIGNERS
from tests.support.receiving import SOURCE


class DyingPublisher(Publisher):
    """Sends, and is gone before anybody hears of it."""

    left = 0

    async def send(self, rows: Sequence[Row], ends: Mapping[int, int]) -> Sent:
        after = await super().send(rows, ends)
        DyingPublisher.left -= 1
        if DyingPublisher.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return after


if __name__ == "__main__":
    DyingPublisher.left = int(sys.argv[3])
    vars(relay).update(CHUNK=20, Publisher=DyingPublisher)
    asyncio.run(relay.Relay(SOURCE, sys.argv[1], sys.argv[2], SIGNERS[SOURCE]).run())
