"""Work that runs beside other work, and its end.

Role: the one way in which a task of ours is ended. Used by whatever starts one.
Sources: CPython issues 86296 and 81839 (`asyncio.wait_for` before 3.12 may swallow a cancellation that comes
at the moment in which what it waits for is done).
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Final

SWALLOWED_S: Final = 1.0
"""After this time a task that still runs is told again to end."""


async def ended(*tasks: "asyncio.Task[Any]") -> None:
    """Ends the tasks and returns when they have; one that missed the word gets it again."""
    running = set(tasks)
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=SWALLOWED_S)


async def seen_through(task: "asyncio.Task[Any]", within: float) -> bool:
    """Whether the task was done within so many seconds. Who is told to end meanwhile, and however often, sees
    it through before he does: what is being closed stays closed by halves if nobody waits for it.
    """
    until, told = asyncio.get_running_loop().time() + within, False
    while not task.done() and (left := until - asyncio.get_running_loop().time()) > 0:
        try:
            await asyncio.wait({task}, timeout=left)
        except asyncio.CancelledError:
            told = True
    if told:
        raise asyncio.CancelledError
    return task.done()


async def all_ended() -> None:
    """Ends every other task of the loop, for who is about to leave it: `asyncio.run` gives each the word once
    only, and waits for ever for one that missed it.
    """
    await ended(*(asyncio.all_tasks() - {asyncio.current_task()}))


@asynccontextmanager
async def in_background(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Runs something while the block runs."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        await ended(task)
