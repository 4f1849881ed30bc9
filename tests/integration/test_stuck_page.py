"""Whatever is stuck or wrong in a service is on its page *Macet*, in its readiness answer and in its API,
with cause and button.
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from fastapi import FastAPI

from shared.eventsourcing.recorded import Row
from shared.messaging.envelope import Message, read
from shared.messaging.receiving import heads, parked, parking
from shared.messaging.receiving.parked import ALARMS
from shared.messaging.sending import relay, unpublished
from shared.messaging.sending.unpublished import NotSent
from shared.room import Running
from shared.web.parked import CAUSES
from tests.support.applications import HERE, bearer, visiting
from tests.support.kernel import install
from tests.support.parts import PostgresPart
from tests.support.receiving import as_sent
from tests.support.web_room import running_app

METADATA = (
    '{"actor": {"role": "unsur_opd", "agency": "dinkes", "person": "sri"}, "command_id": "c1", '
    '"correlation": "c0"}'
)
ROW = Row(7, "tally-1", 1, "3402-2026", "figure-entered", 1, "{}", METADATA, datetime(2026, 1, 1, tzinfo=UTC))
MACET = "/intake/macet"


@pytest.fixture
async def app(postgres: PostgresPart) -> AsyncIterator[FastAPI]:
    database = postgres.fresh_database("web")
    install(database)
    async with running_app(database) as made:
        yield made


def running_in(app: FastAPI) -> Running:
    running: Running = app.state.running
    return running


async def park_each(app: FastAPI) -> dict[str, str]:
    """One message for every cause there is; answers their ids."""
    async with running_in(app).pool.connection() as conn, conn.transaction():
        for number, cause in enumerate(CAUSES):
            message: Message = replace(as_sent(ROW._replace(stream=f"tally-{number}"), number))
            if cause == "forged":
                await parking.park_forged(conn, message, "it carries no seal")
            else:
                await parking.park(conn, message, read(message), cause, f"detail of {cause}")  # type: ignore[arg-type]
        return {entry.cause: entry.id for entry in await parked.listed(conn)}


async def test_every_cause_has_its_row_and_an_alarm_can_be_put_away(app: FastAPI) -> None:
    names = await park_each(app)
    assert names.keys() == CAUSES.keys()
    async with visiting(app, "operator") as operator:
        page = (await operator.get(MACET)).text
        assert all(sentence in page for sentence in CAUSES.values())
        assert page.count("Sudah diperiksa") == len(ALARMS)
        fields = await operator.fields(MACET)
        for cause, name in names.items():
            answer = await operator.post(f"{MACET}/diperiksa", {**fields, "message": name}, Origin=HERE)
            assert answer.status_code == (303 if cause in ALARMS else 404), cause
        left = (await operator.http.get("/api/intake/parked", headers=bearer("operator"))).json()
        assert {entry["cause"] for entry in left} == CAUSES.keys() - ALARMS


async def test_an_event_that_the_broker_does_not_take_is_shown_and_sent_again_by_its_button(
    app: FastAPI,
) -> None:
    async with running_in(app).pool.connection() as conn:
        await unpublished.keep(conn, [NotSent(ROW, "MessageSizeTooLargeError", "5,400,000 bytes")])
    async with visiting(app, "operator") as operator:
        page = (await operator.get(MACET)).text
        assert "MessageSizeTooLargeError" in page
        assert "intake:tally-1@1 · 7" in page
        (told,) = (await operator.http.get("/api/intake/unpublished", headers=bearer("operator"))).json()
        assert (told["position"], told["stream"], told["cause"]) == (7, "tally-1", "MessageSizeTooLargeError")
        fields = await operator.fields(MACET)
        assert (
            await operator.post(f"{MACET}/kirim", {**fields, "position": "8"}, Origin=HERE)
        ).status_code == 404
        assert (
            await operator.post(f"{MACET}/kirim", {**fields, "position": "7"}, Origin=HERE)
        ).status_code == 303
    async with running_in(app).pool.connection() as conn:
        assert await unpublished.due(conn) == [7]


async def test_a_trouble_of_the_process_is_on_the_page_and_in_the_readiness_answer_until_it_is_over(
    app: FastAPI,
) -> None:
    troubles = running_in(app).troubles
    troubles.report("relay", relay.TROUBLE, "TopicAuthorizationFailed", source="intake")
    troubles.report("missing/intake/s", heads.NOT_THERE, "gone", source="intake", stream="s", version="3")
    async with visiting(app, "operator") as operator:
        page, ready = (
            (await operator.get(MACET)).text,
            (await operator.get("/api/intake/health/ready")).json(),
        )
        assert "Peristiwa intake tidak sampai ke broker" in page
        assert "s versi 3 sudah diterima di sini, tetapi tidak ada lagi pada intake." in page
        assert "TopicAuthorizationFailed" in page
        assert (ready["status"], ready["troubles"]["relay"]["cause"]) == (
            "ready, with troubles",
            "TopicAuthorizationFailed",
        )
        for trouble in troubles.listed():
            troubles.clear(trouble.name)
        assert (await operator.get("/api/intake/health/ready")).json()["troubles"] == {}
        assert "TopicAuthorizationFailed" not in (await operator.get(MACET)).text


@pytest.mark.parametrize("path", [MACET, "/api/intake/parked", "/api/intake/unpublished"])
async def test_only_the_operator_sees_it(app: FastAPI, path: str) -> None:
    async with visiting(app, "sri") as sri:
        assert (await sri.get(path)).status_code == 403
