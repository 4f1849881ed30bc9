"""Running something asynchronous from code that is not, also where that code itself stands inside a running loop."""

import asyncio
from collections.abc import Awaitable
from concurrent.futures import ThreadPoolExecutor


def run(work: Awaitable[object]) -> None:
    """Runs it to its end in a thread of its own; raises what it raises."""

    async def wait() -> None:
        await work

    with ThreadPoolExecutor(1) as aside:
        aside.submit(lambda: asyncio.run(wait())).result()
