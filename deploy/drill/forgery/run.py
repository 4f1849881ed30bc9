"""All attacks on one Jejak of their own, in which a whole cycle was played."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from pathlib import Path

from deploy.commands.play import whole_export
from deploy.demo.cycle import play_cycle
from deploy.drill.forgery import broker, exported, objects, stored
from deploy.drill.forgery.trial import Outcome
from deploy.local.instance import Instance
from services.archive.bootstrap import signer
from shared import settings
from shared.objects.address import S3Address
from shared.objects.s3 import connect
from shared.objects.s3_client import client_of


def run(trials: int, tell: Callable[[Outcome], None]) -> list[Outcome]:
    """Every attack so often; `tell` hears of each as soon as it was tried. Takes some minutes."""
    folder = Path(tempfile.mkdtemp(prefix="jejak-drill-"))
    folder.chmod(0o711)
    try:
        with Instance(folder / "instance", parts="real") as instance:
            cycle = play_cycle(instance.address, lambda _step, _what: None)
            export = whole_export(instance.address, folder / "export", cycle)
            return list(_told(attacks(instance, export, folder / "work", trials), tell))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def attacks(instance: Instance, export: Path, work: Path, trials: int) -> Iterator[Outcome]:
    """On an export of this instance, on its databases, its objects and its broker, which comes last: it needs
    a history that nobody commanded.
    """
    told = settings.read("archive", instance.env("archive"))
    key = signer(told)
    yield from exported.attacked(export, work, key, range(trials))
    yield from stored.attacked(instance, key, trials)
    archive = connect(S3Address.from_url(told.s3), work=told.work_bucket, archive=told.archive_bucket).archive
    admin = client_of(S3Address.from_url(instance.s3))
    store = objects.Store(archive, admin, instance.folder / "seaweedfs" / "data")
    yield from asyncio.run(_all(objects.attacked(store, trials)))
    yield from asyncio.run(broker.attacked(instance, trials))


async def _all(outcomes: AsyncIterator[Outcome]) -> list[Outcome]:
    return [outcome async for outcome in outcomes]


def _told(outcomes: Iterable[Outcome], tell: Callable[[Outcome], None]) -> Iterator[Outcome]:
    for outcome in outcomes:
        tell(outcome)
        yield outcome
