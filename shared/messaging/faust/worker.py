"""The worker: runs the Faust app of one service, and starts it again when its `watchdog` says so or it fails.

An event's way, around hop 5. The web side of the same process stays up whatever happens here, except where
only a new process helps: then the process ends with code 75 and whoever supervises starts it again.
"""

import asyncio
import time
from collections.abc import Callable, Collection, Coroutine
from typing import Any, Final

import faust
import structlog
from faust.contrib.asgi import faust_app_running

from shared.background import seen_through
from shared.messaging.broker import Away, BrokerView
from shared.messaging.faust import app as faust_app
from shared.messaging.faust.ending import PATIENCE_S, exit_hard
from shared.messaging.faust.listening import Receiver
from shared.messaging.faust.watchdog import Health, Watchdog, Watched
from shared.messaging.topics import TopicsMissing, check_topics, topic_of

log = structlog.get_logger()

START_AGAIN_S: Final = (0.3, 0.3, 0.5, 0.5, 1.0, 1.0, 2.0, 5.0, 10.0)
"""Short at first: a service and its broker start side by side, and the broker takes some seconds."""
LOOK_EVERY_S: Final = 5.0
ASSIGNED_LOOKS: Final = 20
START_WITHIN_S: Final = 60.0
FLOOD: Final = 50  # messages that wait at the broker, each of which may be a bundle

Declare = Callable[[faust.App, Receiver], None]


class StartAgain(Exception):
    """The Faust app must be stopped and a new one started; the text says why."""


class Worker:
    """Runs until cancelled. `declare` puts the agents of the room on a fresh app;
    `sources` are the services whose topics they read.
    """

    def __init__(
        self,
        service: str,
        bootstrap: str,
        consumer: Watched,
        declare: Declare,
        sources: Collection[str],
        *,
        node: str = "0",
        die: Callable[[str], Any] = exit_hard,
    ) -> None:
        self._service, self._bootstrap, self._consumer, self._declare, self._node, self._die = (
            service,
            bootstrap,
            consumer,
            declare,
            node,
            die,
        )
        self._topics = [topic_of(source) for source in sources]
        self._view = BrokerView(bootstrap)
        self.health = Health("starting")

    def flooded(self) -> bool:
        """Whether much was on its way at the last look."""
        return self.health.state == "behind" and self.health.lag >= FLOOD

    async def run(self) -> None:
        """Starts the app, and a new one after every trouble, with growing pauses."""
        failures = 0
        while True:
            started = time.monotonic()
            try:
                await self._once()
            except (*Away, TopicsMissing) as error:
                self.health = Health("unreachable", detail=repr(error))
            except StartAgain as error:
                self.health = Health("restarting", detail=str(error))
            except Exception as error:
                self.health = Health("restarting", detail=repr(error))
                log.exception("worker-failed", service=self._service)
            failures = 0 if time.monotonic() - started > 60 else failures
            log.warning("worker-starts-again", service=self._service, reason=self.health.detail)
            await asyncio.sleep(START_AGAIN_S[min(failures, len(START_AGAIN_S) - 1)])
            failures += 1

    async def _once(self) -> None:
        await check_topics(self._bootstrap, self._topics)
        app = faust_app.build(self._service, self._bootstrap, self._node)
        self._declare(app, self._consumer)
        running = faust_app_running(app, discover=False)
        starting = asyncio.ensure_future(running.__aenter__())
        try:
            _, hanging = await asyncio.wait({starting}, timeout=START_WITHIN_S)
            if hanging:
                raise StartAgain("the Faust app did not start")
            starting.result()
            await self._watch(app)
        finally:
            started = starting.done() and not starting.cancelled() and starting.exception() is None
            await self._stop(running.__aexit__(None, None, None) if started else app.stop())

    async def _stop(self, stopping: Coroutine[Any, Any, Any]) -> None:
        """Stops the app, also while told again and again to end; when that hangs, nothing but a new process
        helps.
        """
        leaving = asyncio.create_task(stopping)
        try:
            await seen_through(leaving, PATIENCE_S)
        finally:
            await self._view.close()
            if not leaving.done():
                self._die("the Faust app did not stop")
            elif leaving.cancelled() or leaving.exception() is not None:
                log.warning(
                    "worker-stop-failed", error=repr(None if leaving.cancelled() else leaving.exception())
                )

    async def _watch(self, app: faust.App) -> None:
        dog = Watchdog(app, faust_app.group_of(self._service), self._topics, self._view, self._consumer)
        await self._assigned(app)
        while True:
            try:
                self.health = await dog.look()
            except Away as away:
                self.health = Health("unreachable", detail=repr(away))
            if self.health.state == "reset":
                raise StartAgain(self.health.detail)
            if self.health.state == "stalled":
                self._die(self.health.detail)
            for _ in range(int(LOOK_EVERY_S)):
                await asyncio.sleep(1)
                if app.crashed:
                    raise StartAgain(f"the Faust app crashed: {app.crash_reason!r}")

    async def _assigned(self, app: faust.App) -> None:
        """Whoever waits for readiness waits for the first look, which comes as soon as there is something
        to see: partitions of ours, or a second later, because a worker may have none.
        """
        for _ in range(ASSIGNED_LOOKS):
            if app.consumer.assignment():
                return
            await asyncio.sleep(0.05)
