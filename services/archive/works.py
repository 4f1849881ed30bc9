"""What archive holds beside its room while it runs: the hands that file and the key that signs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import cast

from fastapi import FastAPI, Request

from services.archive.bootstrap import reaction, signer
from services.archive.check.comparing import Comparing, Pace
from services.archive.check.source_walk import Pages
from services.archive.domain.checkpoint import VerifierKey
from services.archive.log.checkpoints import Signed, Signing
from services.archive.log.witness import Witness
from services.archive.shelf.filing import Filing
from shared.clock import Clock, now
from shared.messaging.receiving.feed import Feed
from shared.messaging.receiving.transaction import Reaction
from shared.messaging.signing import Keys
from shared.objects.port import Objects
from shared.room import Running
from shared.settings import SERVICES


@dataclass(frozen=True, slots=True)
class Works:
    """`filing` touches the object store, `signing` makes checkpoints, `key` is the public key to compare with."""

    filing: Filing
    signing: Signing
    key: VerifierKey
    objects: Objects


def make(running: Running, objects: Objects, *, clock: Clock = now) -> Works:
    """The works of a running archive. Raises SettingsError without a usable checkpoint key."""
    key = signer(running.settings)
    witness = Witness(objects.archive, key.key, clock=clock)
    signing = Signing(running.pool, key, witness=witness, troubles=running.troubles)
    return Works(Filing(running, objects, clock=clock), signing, key.key, objects)


def comparing(running: Running, works: Works, feed: Pages) -> Comparing:
    """The slow check of a running archive."""
    told = running.settings
    pace = Pace(events=told.compare_events, bytes=told.compare_mib * 1024 * 1024, rest_s=told.compare_rest)
    return Comparing(running.pool, feed, works.objects.archive, works.key, running.troubles, sources=SERVICES, pace=pace)


def show_checkpoint(app: FastAPI, signed: Signed | None) -> None:
    """Puts the newest checkpoint into the footer of this service's pages."""
    app.state.checkpoint = {"size": signed.size, "root": signed.root.hex()} if signed else None


def works_of(request: Request) -> Works:
    """The works of this process; the lifespan put them there."""
    works = cast("Works", request.app.state.archive)
    show_checkpoint(request.app, works.signing.newest)
    return works


@asynccontextmanager
async def beside(app: FastAPI, running: Running, working: bool) -> AsyncIterator[Reaction | None]:
    """Opens the works beside the room; in a process that works also the tasks that sign, probe, seal and compare. Answers how archive takes events in."""
    works = make(running, app.state.objects)
    app.state.archive = works
    if not working:
        yield reaction(running, archived=works.signing.soon)
        return
    told = running.settings
    feed = Feed(running.room.name, running.pool, told.feeds, told.feed_secrets, Keys(told.producer_keys))
    slow = comparing(running, works, feed)
    app.state.checks["comparison"] = slow.check
    tasks = [asyncio.create_task(task()) for task in (works.signing.run, works.filing.run, slow.run)]
    try:
        yield reaction(running, archived=works.signing.soon)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await feed.close()
