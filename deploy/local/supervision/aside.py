"""Work beside the thread that waits for it. An order to stop interrupts that waiting at any moment,
and the program's end waits for none of it.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Result = TypeVar("Result")


class Aside(threading.Thread, Generic[Result]):
    """One call in a thread of its own, which is no reason for the program to stay."""

    def __init__(self, call: Callable[[], Result]) -> None:
        super().__init__(daemon=True)
        self._call = call
        self._found: list[Result] = []
        self._failed: list[BaseException] = []
        self.start()

    def run(self) -> None:
        try:
            self._found.append(self._call())
        except BaseException as failure:  # noqa: BLE001  raised where it is waited for
            self._failed.append(failure)

    def result(self) -> Result:
        """Waits; answers what the call answered, or raises what it raised."""
        self.join()
        if self._failed:
            raise self._failed[0]
        return self._found[0]


def run(work: Awaitable[object]) -> None:
    """Runs something asynchronous to its end, also where the caller itself stands inside a running loop;
    raises what it raises.
    """

    async def wait() -> None:
        await work

    Aside(lambda: asyncio.run(wait())).result()
