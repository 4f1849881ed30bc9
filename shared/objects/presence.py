"""Whether the object store says anything: so that nobody waits a minute for a store that is frozen,
and nobody who uploads is sent away.

Role: every call of the S3 adapter runs through `ask`, in a thread of its own. Used by `s3.py` alone.
Sources: docs/decisions/0025.

The client's own time-outs have to be long, because a large file rightly takes long. So a call that has no
answer for a moment doubts: the store is asked over a second connection, and only when that gets no answer
either is the store away. From then on it is asked first, and believed for a second, so that whoever comes
meanwhile learns it at once and no thread waits in vain.
"""

import asyncio
import contextvars
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import Final, TypeVar
from urllib.parse import urlsplit

import certifi

from shared.objects.address import S3Address
from shared.objects.port import StoreAway

T = TypeVar("T")

DOUBT_S: Final = 0.7
PROBE_S: Final = 1.0
MEMORY_S: Final = 1.0
STALLED_S: Final = 0.5
"""When a probe took this much longer than it may, it was our own process that stood still,
and not the store.
"""


class Presence:
    """The store at one address, as one process sees it."""

    def __init__(self, address: S3Address) -> None:
        self._address, self._silent = address, False
        self._probe: asyncio.Future[bool] | None = None
        self._probed_at = 0.0

    async def ask(self, call: Callable[..., T], *given: object) -> T:
        """What a blocking call answers. Raises what it raises,
        and StoreAway when the store does not answer anybody.
        """
        if self._silent and not await self._answers():
            raise self._away()
        self._silent = False
        answer = _in_thread(call, *given)
        while not answer.done():
            await asyncio.wait({answer}, timeout=DOUBT_S)
            if not answer.done() and not await self._answers() and not answer.done():
                self._silent = True
                raise self._away()
        return answer.result()

    def _away(self) -> StoreAway:
        return StoreAway(f"{self._address.endpoint}: no answer")

    async def _answers(self) -> bool:
        """Whether the store answers a newcomer; asked once for all who wonder at the same time,
        and not again for a moment after a no.
        """
        if self._probe is None or (
            self._probe.done() and (self._probe.result() or monotonic() - self._probed_at > MEMORY_S)
        ):
            self._probe = asyncio.ensure_future(self._probed())
        return await asyncio.shield(self._probe)

    async def _probed(self) -> bool:
        for last in (False, True):
            begun = monotonic()
            with suppress(OSError):  # a time-out is one
                async with asyncio.timeout(PROBE_S):
                    return await self._greeted()
            self._probed_at = monotonic()
            if last or self._probed_at - begun < PROBE_S + STALLED_S:
                break
        return False

    async def _greeted(self) -> bool:
        """One byte of an answer, whatever it says, over a connection of its own."""
        parts = urlsplit(f"//{self._address.endpoint}")
        tls = ssl.create_default_context(cafile=certifi.where()) if self._address.secure else None
        reader, writer = await asyncio.open_connection(
            parts.hostname, parts.port or (443 if tls else 80), ssl=tls
        )
        try:
            writer.write(
                f"HEAD / HTTP/1.1\r\nHost: {self._address.endpoint}\r\nConnection: close\r\n\r\n".encode()
            )
            return bool(await reader.read(1))
        finally:
            writer.transport.abort()


def _in_thread(call: Callable[..., T], *given: object) -> "asyncio.Future[T]":
    """A thread of its own, which nobody waits for at the end of the process:
    a pool's few threads could all be waiting for a frozen store.
    """
    loop, context = asyncio.get_running_loop(), contextvars.copy_context()
    answer: asyncio.Future[T] = loop.create_future()
    answer.add_done_callback(lambda done: done.cancelled() or done.exception())  # whoever asked may have gone

    def tell(say: Callable[[T], None] | Callable[[BaseException], None], what: object) -> None:
        if not answer.done():
            say(what)  # type: ignore[arg-type]  # each with its own

    def work() -> None:
        try:
            what: object = context.run(call, *given)
            say: Callable[..., None] = answer.set_result
        except BaseException as error:  # noqa: BLE001  whoever asked gets it
            what, say = error, answer.set_exception
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(tell, say, what)

    threading.Thread(target=work, name="jejak-store", daemon=True).start()
    return answer
