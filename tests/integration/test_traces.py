"""Spans go to a collector, say nothing of anybody, and cost no command, whatever the collector does."""

import json
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import structlog

from shared.telemetry import spans
from shared.telemetry.sending import telling
from shared.telemetry.tracing import id_of
from tests.integration.collector import collecting, misbehaving
from tests.support.intake_room import IntakeRoom, hand_in, intake_room, to_step_7
from tests.support.parts import PostgresPart

ASKED = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
async def room(postgres: PostgresPart) -> AsyncIterator[IntakeRoom]:
    async with intake_room(postgres.fresh_database("intake_traces")) as made:
        yield made


async def handed_in(room: IntakeRoom) -> list[str]:
    """A whole way to a figure that was handed in; the traces of its events."""
    await to_step_7(room, "satpolpp")
    await hand_in(room, "satpolpp")
    async with room.running.pool.connection() as conn:
        asked = await conn.execute(
            b"SELECT metadata->>'traceparent' FROM event WHERE type = 'submission-received'"
        )
        return [str(row[0]) for row in await asked.fetchall()]


async def test_request_command_and_append_are_one_trace_that_its_events_go_on(room: IntakeRoom) -> None:
    with collecting() as collected:
        async with telling("intake", collected.address, "1"):
            (said,) = await handed_in(room)
            async with room.browsing("hesti") as http:
                await http.get("/", traceparent=ASKED)
        begun = [span for _, span in collected.traces[id_of(said)]]
        append, command, request = begun[:3]
        assert (append.name, command.name) == ("append", "command")
        assert request.name == "POST /api/intake/submissions/{case}/hand-in"
        assert (append.parent_span_id, command.parent_span_id) == (command.span_id, request.span_id)
        assert not request.parent_span_id
        assert said.split("-")[2] == command.span_id.hex(), "who takes the event in goes on from there"
        assert {span.name for span in begun[3:]} >= {"reaction", "consume"}
        assert [span.name for _, span in collected.traces[id_of(ASKED)]] == ["GET /"], "of who asks"
    assert not spans.sends("intake")


async def test_no_span_names_a_person_a_case_or_what_somebody_wrote(room: IntakeRoom) -> None:
    with collecting() as collected:
        async with telling("intake", collected.address, "1"):
            await handed_in(room)
            await room.call("POST", "/cycles", "hesti", {"year": 1999, "region_name": "Rahasia"})
            async with room.browsing("hesti") as http:
                await http.get("/isian/3402-2026-satpolpp-tahunan?cari=Rahasia")
                await http.get("/tidak-ada/Rahasia")
        for secret in (b"Rahasia", b"hesti", b"agus", b"3402", b"satpolpp", b"Bantul"):
            assert secret not in collected.bytes, secret
        assert {one.key for _, span in collected.spans() for one in span.attributes} <= {
            *spans._NAMES.values(),
            "error.type",
        }
        assert not any(span.events or span.links or span.status.message for _, span in collected.spans())


@pytest.mark.parametrize("kind", ["hangs", "500", "away", "talks", "drips"])
async def test_a_collector_that_misbehaves_costs_no_command(room: IntakeRoom, kind: str) -> None:
    with misbehaving(kind) as address, structlog.testing.capture_logs() as lines:
        async with telling("intake", address, "1"):
            assert len(await handed_in(room)) == 1
            for _more_than_the_queue_holds in range(6000):
                with spans.step("intake", "command", ASKED):
                    pass
            assert (await room.ask("hesti", "/cycles")).status_code == 200
    assert not spans.sends("intake"), "and it could be stopped"
    assert "OtelBatchSpanRecordProcessor" not in {one.name for one in threading.enumerate()}
    failures = [line for line in lines if line["event"] == "traces-not-sent"]
    assert len(failures) == (0 if kind == "talks" else 1), "said once, and a talker has said yes"


async def test_a_folder_gets_a_span_a_line(room: IntakeRoom, tmp_path: Path) -> None:
    async with telling("intake", str(tmp_path / "traces"), "8401"):
        await handed_in(room)
    lines = (tmp_path / "traces" / "intake-8401.jsonl").read_text().splitlines()
    assert {json.loads(line)["name"] for line in lines} > {"append", "command"}


async def test_without_a_place_nothing_is_made(room: IntakeRoom) -> None:
    async with telling("intake", "", "1"):
        assert not spans.sends("intake")
        step = spans.step("intake", "command", ASKED)
        assert (step.traceparent, step._span) == (ASKED, None)
