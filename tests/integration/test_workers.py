"""Web and worker as separate processes: what is wrong in the worker is on the web process's /ready and
*Macet*, and so is its silence.
"""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import FastAPI

from shared.messaging import workers
from shared.messaging.workers import Hearing, Telling
from shared.room import Running
from shared.troubles import Troubles
from shared.web.words.i18n import later
from tests.support.applications import visiting
from tests.support.kernel import install
from tests.support.parts import PostgresPart
from tests.support.web_room import running_app

STUCK = later(
    "Peristiwa {source} tidak sampai ke broker; tidak ada yang hilang, dikirim lagi dengan sendirinya."
)


@pytest.fixture
async def app(postgres: PostgresPart) -> AsyncIterator[FastAPI]:
    database = postgres.fresh_database("web")
    install(database)
    async with running_app(database) as made:
        yield made


def hearing_in(app: FastAPI) -> Hearing:
    """As a process that only serves has it."""
    running: Running = app.state.running
    hearing = Hearing(running.pool)
    app.state.checks, app.state.elsewhere = {"workers": hearing.check}, hearing.troubles
    return hearing


async def ready(app: FastAPI) -> dict[str, Any]:
    async with visiting(app, "operator") as browser:
        answer = await browser.get("/api/intake/health/ready")
        told: dict[str, Any] = answer.json()
        return told


async def transport() -> dict[str, Any]:
    return {"ok": False, "worker": "stalled", "parked": 3}


async def test_what_is_wrong_in_the_worker_is_said_by_the_web_process_until_it_is_right(app: FastAPI) -> None:
    running: Running = app.state.running
    troubles, hearing = Troubles(), hearing_in(app)
    telling = Telling(running.pool, "7", {"transport": transport}, troubles)
    troubles.report("relay", STUCK, "KafkaConnectionError()", source="intake")
    await telling.once()
    await hearing.once()
    told = await ready(app)
    assert told["troubles"]["relay"]["cause"] == "KafkaConnectionError()"
    assert told["checks"]["workers"]["workers"]["7"]["checks"] == {
        "transport": {"ok": False, "worker": "stalled", "parked": 3}
    }
    async with visiting(app, "operator") as browser:
        assert "Peristiwa intake tidak sampai ke broker" in (await browser.get("/intake/macet")).text
    troubles.clear("relay")
    await telling.once()
    await hearing.once()
    assert "relay" not in (await ready(app))["troubles"]


async def test_a_worker_that_is_silent_or_never_was_is_said(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    running: Running = app.state.running
    hearing = hearing_in(app)
    await hearing.once()
    assert (await ready(app))["troubles"]["worker"]["cause"] == "none has ever run"
    telling = Telling(running.pool, "7", {}, Troubles())
    await telling.once()
    await hearing.once()
    assert "worker" not in (await ready(app))["troubles"]
    monkeypatch.setattr(workers, "SILENT_S", 0.0)
    await hearing.once()
    assert "the last one said something at" in (await ready(app))["troubles"]["worker"]["cause"]
    async with visiting(app, "operator") as browser:
        assert "Proses yang mengolah peristiwa tidak terdengar" in (await browser.get("/intake/macet")).text


async def test_two_workers_of_one_name_notice_each_other_and_one_that_starts_again_does_not(
    app: FastAPI,
) -> None:
    running: Running = app.state.running
    troubles = Troubles()
    before, one, two = (
        Telling(running.pool, "same", {}, each) for each in (Troubles(), troubles, Troubles())
    )
    for tells in (before, one, before, one, one):
        await tells.once()
    assert troubles.listed() == [], "the one before said its last word late"
    for _ in range(2):
        await two.once()
        await one.once()
    assert [trouble.cause for trouble in troubles.listed()] == ["another worker calls itself same"]
    await one.once()
    assert troubles.listed() == []
