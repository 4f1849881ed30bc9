"""Opens and closes what carries spans away, where `JEJAK_TRACES` says where to; never at the cost of work.

Role: around a service in `service.py`. A collector that is away, slow, wrong or talkative costs a queue of
bounded length and nothing else; at the end it is waited for a few seconds. Next hop: `exporting.py`.
"""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from shared.telemetry import spans

PATIENCE_S: Final = 5.0


@asynccontextmanager
async def telling(service: str, where: str, process: str) -> AsyncIterator[None]:
    """While the block runs, spans of this service go to an address or into a folder; nowhere where none is
    named. `process` tells several of one service apart.
    """
    if not where:
        yield
        return
    from shared.telemetry import exporting  # the SDK is not loaded without need

    exporter = (
        exporting.Collector(where)
        if "://" in where
        else exporting.InFile(Path(where), f"{service}-{process}")
    )
    provider, tracer = exporting.opened(service, process, exporter)
    spans.TRACERS[service] = tracer
    try:
        yield
    finally:
        del spans.TRACERS[service]
        # a thread that nothing waits for: neither a collector that hangs nor its name server holds up a stop
        ending = threading.Thread(target=provider.shutdown, daemon=True)
        ending.start()
        await asyncio.to_thread(ending.join, PATIENCE_S)
