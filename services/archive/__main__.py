"""python -m services.archive {serve,web,worker,migrate,rebuild,fsck,compare}."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI

from services.archive import __doc__ as room_card
from services.archive import agents
from services.archive.between import pages as between_pages
from services.archive.bootstrap import ROOM, signer
from services.archive.certificate import api as certificate_api
from services.archive.certificate import pages as certificate_pages
from services.archive.certificate.issuing import Issuing
from services.archive.check import ages, fsck, saved
from services.archive.check import pages as check_pages
from services.archive.check.comparing import Comparing, Pace
from services.archive.life import pages as life_pages
from services.archive.log import api as log_api
from services.archive.log.checkpoints import Signed
from services.archive.log.reaction import reaction
from services.archive.log.signing import Signing
from services.archive.log.witness import Witness
from services.archive.proof import api as proof_api
from services.archive.proof import pages as proof_pages
from services.archive.questions import api as questions_api
from services.archive.questions import pages as questions_pages
from services.archive.shelf import api as shelf_api
from services.archive.shelf import pages as shelf_pages
from services.archive.shelf.filing import Filing
from services.archive.trail import api as trail_api
from services.archive.trail import pages as trail_pages
from shared import settings
from shared.background import ended
from shared.eventsourcing.pool import UNBOUNDED
from shared.eventsourcing.sql import Connection, open_pool
from shared.messaging.receiving.checking import Findings
from shared.messaging.receiving.feed_client import FeedClient
from shared.messaging.receiving.transaction import Reaction
from shared.messaging.signing import Keys
from shared.objects.address import S3Address
from shared.objects.port import Objects
from shared.objects.s3 import connect
from shared.process import main
from shared.room import Running
from shared.service import Service
from shared.service_names import SERVICES
from shared.web.frame.templating import folders_of


def signing_for(app: FastAPI, running: Running, objects: Objects) -> Signing:
    """What signs the log, with its witness in the store; each checkpoint goes into the footer of the pages.
    Raises SettingsError without a key.
    """

    def show(signed: Signed) -> None:
        app.state.checkpoint = {"size": signed.size, "root": signed.root.hex()}

    key = signer(running.settings)
    return Signing(
        running.pool, key, witness=Witness(objects.archive, key.key), troubles=running.troubles, show=show
    )


def comparing_for(running: Running, objects: Objects, signing: Signing, feed: FeedClient) -> Comparing:
    """The slow check, at the pace of the settings."""
    told = running.settings
    pace = Pace(events=told.compare_events, bytes=told.compare_mib * 1024 * 1024, rest_s=told.compare_rest)
    return Comparing(
        running.pool,
        feed,
        objects.archive,
        signing.key,
        running.troubles,
        sources=SERVICES,
        pace=pace,
        first=told.region,
    )


@asynccontextmanager
async def extras(app: FastAPI, running: Running, working: bool) -> AsyncIterator[Reaction | None]:
    """What files and what signs; in a process that works also the tasks that sign, probe, seal and compare.
    Answers how archive takes events in.
    """
    objects: Objects = app.state.objects
    filing = app.state.filing = Filing(running, objects)
    app.state.measuring = (saved.measured, ages.measured)
    signing = app.state.signing = signing_for(app, running, objects)
    if not working:
        yield reaction(running, archived=signing.soon)
        return
    told = running.settings
    feed = FeedClient(
        running.room.name, running.pool, told.feeds, told.feed_secrets, Keys(told.producer_keys)
    )
    comparing = comparing_for(running, objects, signing, feed)
    watch = saved.Saved(running.pool, running.troubles, told.backup_every)
    app.state.checks["comparison"] = comparing.check
    issuing = Issuing(running, filing, signing, every=told.certificate_every)
    work = (signing.run, filing.run, comparing.run, watch.run, issuing.run)
    tasks = [asyncio.create_task(task()) for task in work]
    try:
        yield reaction(running, archived=signing.soon)
    finally:
        await ended(*tasks)
        await feed.close()


async def check(_conn: Connection) -> Findings:
    """What fsck finds wrong with log, sources and store."""
    told = settings.read(ROOM.name)
    objects = connect(S3Address.from_url(told.s3), work=told.work_bucket, archive=told.archive_bucket)
    async with open_pool(told.database_url, size=2, wait_s=30, limits=UNBOUNDED) as pool:
        feed = FeedClient(ROOM.name, pool, told.feeds, told.feed_secrets, Keys(told.producer_keys))
        try:
            found = await fsck.check_all(pool, signer(told).key, feed, objects.archive, SERVICES, told.region)
        finally:
            await feed.close()
    return found.for_all()


API = (shelf_api, log_api, proof_api, questions_api, trail_api, certificate_api)
PAGES = (
    *(shelf_pages, proof_pages, certificate_pages, life_pages, questions_pages, between_pages),
    *(trail_pages, check_pages),
)
"""In this order: `/jejak-audit/verifikasi` before `/jejak-audit/{index}`."""

SERVICE = Service(
    room=ROOM,
    routers=tuple(door.router for door in (*API, *PAGES)),
    declare=agents.declare,
    templates=folders_of(Path(__file__).parent),
    description=room_card or "",
    sources=SERVICES,
    extras=extras,
    check=check,
)

if __name__ == "__main__":
    sys.exit(main(SERVICE))
