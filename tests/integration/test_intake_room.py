"""The thirteen steps of a cycle over HTTP on a real database; the other services' events come by hand."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest

from services.intake.bootstrap import ROOM
from shared.contracts.archive import CycleArchived
from shared.contracts.documents import CopiesPrinted, DispatchSent
from shared.contracts.verification import AllSubmissionsApproved, ReportEndorsed
from shared.eventsourcing.commands.command_handler import CommandHandler
from tests.support.intake_room import (
    CYCLE,
    SOME,
    IntakeRoom,
    complete,
    drafted,
    hand_in,
    intake_room,
    opened,
    registered,
    to_step_7,
)
from tests.support.parts import PostgresPart


async def states(room: IntakeRoom) -> list[str]:
    found: Any = await room.give("GET", f"/cycles/{CYCLE}/steps", "wening")
    return [step["state"] for step in found]


@pytest.fixture
async def room(postgres: PostgresPart) -> AsyncIterator[IntakeRoom]:
    async with intake_room(postgres.fresh_database("intake")) as made:
        yield made


async def test_the_thirteen_steps_are_completed_in_order(room: IntakeRoom) -> None:
    await to_step_7(room, "satpolpp", "bpbd")
    assert await states(room) == ["done"] * 6 + ["doing"] + ["waiting"] * 6
    for agency in ("satpolpp", "bpbd"):
        await hand_in(room, agency)
    assert (await states(room))[:8] == ["done"] * 7 + ["doing"]
    approved = AllSubmissionsApproved(
        cycle=CYCLE,
        digests={},
        contributors=("sri",),
        verifiers=("tari",),
        by="tari",
        occurred_on=date(2027, 1, 18),
    )
    await room.hear(approved, f"round-{CYCLE}")
    await room.hear(drafted("laporan", date(2027, 1, 18)), f"document-{CYCLE}-laporan")
    endorsed = ReportEndorsed(
        cycle=CYCLE, document="x", revision=1, digest="a" * 64, by="hesti", occurred_on=date(2027, 1, 18)
    )
    await room.hear(endorsed, f"endorsement-{CYCLE}")
    await room.hear(drafted("pengantar_gubernur", date(2027, 1, 18)), f"document-{CYCLE}-pengantar_gubernur")
    assert (await states(room))[9] == "doing"
    await room.hear(
        drafted("pengantar_kemendagri", date(2027, 1, 18)), f"document-{CYCLE}-pengantar_kemendagri"
    )
    printed = CopiesPrinted(
        cycle=CYCLE, document="x", digest="a" * 64, copies=5, by="tari", occurred_on=date(2027, 1, 18)
    )
    await room.hear(printed, f"document-{CYCLE}-laporan")
    for recipient in ("gubernur", "kemendagri"):
        sent = DispatchSent(
            cycle=CYCLE,
            dispatch="x",
            recipient=recipient,
            agenda_number="1",
            carrier="kurir",
            by="tari",
            occurred_on=date(2027, 1, 18),
        )
        await room.hear(sent, f"dispatch-{CYCLE}-{recipient}")
    archived = CycleArchived(
        cycle=CYCLE, items=("laporan",), checkpoint_size=1, by="nur", occurred_on=date(2027, 1, 18)
    )
    await room.hear(archived, f"cyclefile-{CYCLE}")
    assert await states(room) == ["done"] * 13


async def test_each_step_says_when_it_is_due_and_why(room: IntakeRoom) -> None:
    await opened(room, *SOME)
    step = await room.give("GET", f"/cycles/{CYCLE}/steps/guidance", "hesti")
    assert step["due"]["due_on"] == "2026-08-05"
    assert step["explanation"].endswith("kalender libur-id-0.109+0; SOP langkah 1.")


async def test_a_decree_changes_the_calendar_of_the_next_due_date(room: IntakeRoom) -> None:
    await opened(room, *SOME)
    decree = {"day": "2026-08-07", "kind": "holiday", "name": "Cuti bersama tambahan", "source": "SKB 2026"}
    await room.give("POST", "/calendar/days", "bagus", decree)
    await complete(room, 1, "hesti", date(2026, 8, 4))
    await complete(room, 2, "bagus", date(2026, 8, 5), papers=False)
    await complete(room, 3, "bagus", date(2026, 8, 6), papers=False)
    step = await room.give("GET", f"/cycles/{CYCLE}/steps/decree_draft", "hesti")
    assert step["due"]["calendar"] == "libur-id-0.109+1"
    assert step["due"]["due_on"] == "2026-08-14"
    assert step["due"]["skipped"] == [{"day": "2026-08-07", "name": "Cuti bersama tambahan"}]


async def test_what_another_process_recorded_is_read_from_the_store(room: IntakeRoom) -> None:
    await opened(room, "satpolpp")
    decree = {"day": "2026-08-07", "kind": "holiday", "name": "Cuti bersama tambahan", "source": "SKB 2026"}
    await room.give("POST", "/calendar/days", "bagus", decree)
    elsewhere = CommandHandler(
        ROOM.name, ROOM.categories, ROOM.projecting("3402"), room.running.pool, lambda: None
    )
    async with room.running.pool.connection() as conn:
        calendar, cycle = (*await elsewhere.states(conn, ["settings-calendar", f"cycle-{CYCLE}"]),)
    assert calendar.version == "libur-id-0.109+1"
    assert cycle.sop == "04/SOP/2022"


async def test_the_work_plan_is_made_backwards_from_the_legal_day(room: IntakeRoom) -> None:
    await opened(room, *SOME)
    plan = {step["step"]: step for step in await room.give("GET", f"/cycles/{CYCLE}/plan", "bagus")}
    assert (plan["verification"]["first"], plan["dispatch"]["last"]) == ("2027-02-03", "2027-03-31")
    await complete(room, 1, "hesti", date(2026, 8, 4))
    await complete(room, 2, "bagus", date(2026, 8, 5), papers=False)
    await complete(room, 3, "bagus", date(2026, 8, 6), papers=False)
    assert (await room.give("GET", f"/cycles/{CYCLE}/steps/dispatch", "bagus"))["planned_on"] == "2027-03-31"


async def test_a_step_is_done_only_by_its_own_office(room: IntakeRoom) -> None:
    await opened(room, *SOME)
    answer = await complete(room, 1, "bagus", date(2026, 8, 4))
    assert answer.status_code == 403
    assert "Kabag" in answer.json()["detail"]


async def test_a_step_without_papers_says_what_is_missing(room: IntakeRoom) -> None:
    await opened(room, *SOME)
    answer = await complete(room, 1, "hesti", date(2026, 8, 4), papers=False)
    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:jejak:problem:evidence-missing"
    assert answer.json()["errors"][0]["field"] == "evidence"


async def test_a_day_to_come_is_refused(room: IntakeRoom) -> None:
    await opened(room, *SOME)
    answer = await complete(room, 1, "hesti", date(2027, 1, 19))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "occurred_on")


async def test_a_step_names_only_files_that_are_kept(room: IntakeRoom) -> None:
    await opened(room, *SOME)
    body = {"summary": "x", "evidence": [{"digest": "0" * 64, "name": "x.pdf"}], "occurred_on": "2026-08-04"}
    answer = await room.call("POST", f"/cycles/{CYCLE}/steps/guidance/completion", "hesti", body)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:jejak:problem:file-unknown")


async def test_a_file_that_is_too_large_is_refused(room: IntakeRoom) -> None:
    await opened(room, *SOME)
    answer = await room.call("POST", "/files?name=besar.pdf", "hesti", b"x" * 25_000_001)
    assert answer.status_code == 413
    empty = await room.call("POST", "/files?name=kosong.pdf", "hesti", b"")
    assert (empty.status_code, empty.json()["type"]) == (422, "urn:jejak:problem:file-empty")


async def test_the_timeline_pages_backwards_without_a_gap(room: IntakeRoom) -> None:
    await to_step_7(room)
    seen: list[str] = []
    after = ""
    while True:
        page = await room.give("GET", f"/cycles/{CYCLE}/timeline?limit=5{after}", "wening")
        seen += [row["id"] for row in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    whole = await room.give("GET", f"/cycles/{CYCLE}/timeline?limit=200", "wening")
    assert seen == [row["id"] for row in whole["items"]]
    assert len(set(seen)) == len(seen) > 15


async def test_agencies_and_calendar_are_read_by_everybody_and_changed_by_few(room: IntakeRoom) -> None:
    await registered(room)
    agencies = await room.give("GET", "/agencies", "sri")
    assert sum(len(agency["assignments"]) for agency in agencies) == 29
    assert len(await room.give("GET", "/services", "sri")) == 29
    assert (
        await room.call("PUT", "/agencies/baru", "sri", {"name": "Baru", "short_name": "B"})
    ).status_code == 403
    calendar = await room.give("GET", "/calendar?year=2026", "sri")
    assert calendar["holidays"]["2026-02-17"] == "Tahun Baru Imlek"


async def test_an_unknown_cycle_is_not_there(room: IntakeRoom) -> None:
    for path in (
        "/cycles/9999-2026",
        "/cycles/9999-2026/steps",
        "/cycles/9999-2026/steps/guidance",
        "/cycles/9999-2026/plan",
    ):
        assert (await room.call("GET", path, "hesti")).status_code == 404
