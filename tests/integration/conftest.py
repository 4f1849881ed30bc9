"""What several files here ask for: an archive on real parts, and each service with all its doors."""

from collections.abc import AsyncIterator

import pytest
import structlog
from fastapi import FastAPI

from shared.objects.address import S3Address
from shared.service_names import SERVICES
from tests.support.applications import application, fill
from tests.support.archive_room import Archive, archive_room, put_files, story
from tests.support.doors import Door, doors
from tests.support.parts import ObjectStorePart, PostgresPart


@pytest.fixture
async def archive(postgres: PostgresPart, object_store: ObjectStorePart) -> AsyncIterator[Archive]:
    async with archive_room(
        postgres.fresh_database("archive"), S3Address.from_url(object_store.url)
    ) as opened:
        yield opened


@pytest.fixture
async def expecting(archive: Archive) -> Archive:
    """After documents did all its work, and the store was probed."""
    await archive.filing.probe()
    await archive.hear(*story(await put_files(archive.objects.work)))
    return archive


@pytest.fixture(params=SERVICES)
async def house(
    request: pytest.FixtureRequest, postgres: PostgresPart
) -> AsyncIterator[tuple[FastAPI, list[Door]]]:
    structlog.configure(
        processors=[structlog.processors.KeyValueRenderer()], logger_factory=structlog.ReturnLoggerFactory()
    )
    database = postgres.fresh_database(f"hostile_{request.param}")
    await fill(request.param, database)
    async with application(request.param, database) as app:
        yield app, list(doors(request.param, app))
    structlog.reset_defaults()
