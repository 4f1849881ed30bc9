"""Intake as an installation in production has it: people sign in by a provider, and by nothing else."""

import os
import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import structlog
from fastapi import FastAPI

from services.intake.people.seed import orders_of
from shared.clock import now
from shared.eventsourcing.recorded import Actor
from tests.oidc.issuer import Issuer, issuing
from tests.oidc.keycloak import VERSION, Keycloak, built, running
from tests.support.applications import application, migrated, people_of
from tests.support.events import REGION
from tests.support.parts import EXERCISED, PostgresPart

PEOPLE = people_of(
    "sri: Sri Lestari, unsur_opd, dinkes",
    "agus: Agus, unsur_opd, dinsos",
    "hesti: Hesti Wulandari, kabag, tapem",
    "operator: Op, operator, tapem",
    "lama: Pensiun, kabag, tapem, 2025-12-31",
)


@pytest.fixture
async def issuer() -> AsyncIterator[Issuer]:
    async with issuing() as made:
        yield made


@pytest.fixture
async def app(postgres: PostgresPart, issuer: Issuer, tmp_path: Path) -> AsyncIterator[FastAPI]:
    database = postgres.fresh_database("oidc")
    migrated("intake", database)
    structlog.configure(
        processors=[structlog.processors.KeyValueRenderer()], logger_factory=structlog.ReturnLoggerFactory()
    )
    async with application("intake", database, people=PEOPLE, now=now(), **issuer.told(tmp_path)) as made:
        made.state.clock = now
        for order in orders_of(PEOPLE, REGION, REGION, "jejak:seed", now().date()):
            await made.state.running.handler.handle(order, actor=Actor.system("intake"), command_id=uuid4())
        yield made
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def keycloak(parts_folder: Path) -> Iterator[Keycloak]:
    """A real Keycloak, started once for all tests of a process that ask for it."""
    folder = parts_folder / "oidc"
    folder.mkdir()
    try:
        built()
    except OSError as failure:
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI needs a real Keycloak: {failure}")
        pytest.skip(f"no Keycloak here: {failure}")
    with running(folder, secrets.token_urlsafe(24)) as made:
        EXERCISED["Keycloak"] = f"{VERSION} (own process)"
        yield made
