"""Submissions over HTTP on a real database: figures, evidence, handing in, coming back."""

from collections.abc import AsyncIterator
from datetime import date

import pytest

from deploy.demo.stage import OFFICERS
from shared.contracts.talk import QuestionAnswered
from shared.contracts.values import FieldNote
from shared.contracts.verification import ReportEndorsed, SubmissionApproved, SubmissionReturned
from tests.support.events import made
from tests.support.intake_room import (
    CYCLE,
    IntakeRoom,
    figure_body,
    fill,
    hand_in,
    hand_in_again,
    intake_room,
    to_step_7,
)
from tests.support.parts import PostgresPart


@pytest.fixture
async def room(postgres: PostgresPart) -> AsyncIterator[IntakeRoom]:
    async with intake_room(postgres.fresh_database("intake")) as made:
        yield made


async def test_the_socialisation_opens_a_submission_for_each_agency(room: IntakeRoom) -> None:
    await to_step_7(room, *OFFICERS)
    found = await room.give("GET", f"/cycles/{CYCLE}/submissions", "tari")
    assert {row["agency"] for row in found["items"]} == set(OFFICERS)
    assert sum(len(row["services"]) for row in found["items"]) == 29
    step = await room.give("GET", f"/cycles/{CYCLE}/steps/filling", "tari")
    assert sorted(step["parts"]) == sorted(OFFICERS)


async def test_an_officer_sees_only_the_own_agency(room: IntakeRoom) -> None:
    await to_step_7(room)
    found = await room.give("GET", f"/cycles/{CYCLE}/submissions", "sri")
    assert [row["agency"] for row in found["items"]] == ["dinkes"]
    assert (await room.give("GET", f"/cycles/{CYCLE}/steps/filling", "sri"))["parts"] == ["dinkes"]
    assert (await room.call("GET", f"/submissions/{CYCLE}-dinsos-tahunan", "sri")).status_code == 404
    answer = await room.call(
        "PUT", f"/submissions/{CYCLE}-dinsos-tahunan/figures/sos.anak", "sri", {"served": 1, "entitled": 2}
    )
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"served": 5, "entitled": 4}, "served"),
        ({"served": -1}, "served"),
        ({"served": "5"}, "served"),
        ({"served": 1.5}, "served"),
        ({"served": 0, "entitled": 0}, "entitled"),
        ({"percent": 98}, "percent"),
        ({"answer": "nihil", "reason": "tidak ada"}, "answer"),
        ({"quality": {"ayam": {"required": 1, "fulfilled": 1}}}, "quality.ayam"),
    ],
)
async def test_a_bad_figure_is_refused_naming_its_field(
    room: IntakeRoom, body: dict[str, object], field: str
) -> None:
    await to_step_7(room)
    answer = await room.call("PUT", f"/submissions/{CYCLE}-dinkes-tahunan/figures/kes.ibu_hamil", "sri", body)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_a_figure_comes_back_with_its_percentage_and_findings(room: IntakeRoom) -> None:
    await to_step_7(room)
    path = f"/submissions/{CYCLE}-dinkes-tahunan"
    await room.give("PUT", f"{path}/figures/kes.ibu_hamil", "sri", {"served": 4075, "entitled": 4122})
    await room.give("PUT", f"{path}/figures/kes.balita", "adi", {"served": 7})
    found = (await room.give("GET", path, "sri"))["figures"]
    assert found["kes.ibu_hamil"]["percent"] == "98,86 %"
    assert found["kes.balita"]["percent"] is None
    asked = [(one["rule"], one["field"], one["level"]) for one in found["kes.balita"]["findings"]]
    money = [("R01", name, "warn") for name in ("budget", "realised", "quality")]
    assert asked == [("R01", "entitled", "block"), *money, ("R07", "evidence", "block")]


async def test_a_warning_is_handed_in_with_an_explanation_of_these_figures_only(room: IntakeRoom) -> None:
    await to_step_7(room, "satpolpp")
    await fill(room, "satpolpp")
    path, service = f"/submissions/{CYCLE}-satpolpp-tahunan", "trantib.trantibum"
    figure = figure_body(service)
    more = {**figure, "realised": figure["budget"] + 1}
    await room.give("PUT", f"{path}/figures/{service}", "agus", more)
    say = {"service": service, "rule": "R05", "field": "realised", "text": "Pergeseran anggaran."}

    async def hand_in_now() -> tuple[int, str]:
        seen = (await room.give("GET", path, "agus"))["next_digest"]
        answer = await room.call("POST", f"{path}/hand-in", "agus", {"digest": seen})
        return answer.status_code, answer.json().get("type", "").rpartition(":")[2]

    assert await hand_in_now() == (422, "explanation-missing")
    for wrong, status, code in (
        ({"text": " "}, 422, "explanation-empty"),
        ({"rule": "R09"}, 422, "finding-gone"),
        ({"field": "served"}, 422, "finding-gone"),
        ({"service": "kes.balita"}, 422, "service-not-assigned"),
        ({"text": "x" * 1_000_000}, 413, "too-large"),
        ({"text": "x" * 4_001}, 422, "invalid-input"),
    ):
        answer = await room.call("POST", f"{path}/explanations", "agus", say | wrong)
        assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (status, code), wrong
    foreign = await room.call("POST", f"{path}/explanations", "sri", say)
    assert foreign.status_code == 403
    await room.give("POST", f"{path}/explanations", "agus", say)
    (finding,) = [
        one
        for one in (await room.give("GET", path, "agus"))["figures"][service]["findings"]
        if one["level"] == "warn"
    ]
    assert finding["explanation"] == say["text"]
    await room.give("PUT", f"{path}/figures/{service}", "agus", {**more, "realised": figure["budget"] + 2})
    assert await hand_in_now() == (422, "explanation-missing")
    await room.give("POST", f"{path}/explanations", "agus", say)
    assert await hand_in_now() == (200, "")
    closed = await room.call("POST", f"{path}/explanations", "agus", say | {"text": "Lain."})
    assert (closed.status_code, closed.json()["type"].rpartition(":")[2]) == (409, "submission-closed")


async def test_an_unfinished_submission_is_not_handed_in(room: IntakeRoom) -> None:
    await to_step_7(room)
    path = f"/submissions/{CYCLE}-dinkes-tahunan"
    seen = (await room.give("GET", path, "sri"))["next_digest"]
    answer = await room.call("POST", f"{path}/hand-in", "sri", {"digest": seen})
    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:jejak:problem:figures-missing"


async def test_nothing_is_handed_in_that_the_caller_does_not_say_to_have_seen(room: IntakeRoom) -> None:
    await to_step_7(room, "satpolpp")
    await fill(room, "satpolpp")
    path = f"/submissions/{CYCLE}-satpolpp-tahunan"
    seen = await room.give("GET", path, "agus")
    assert (await room.call("POST", f"{path}/hand-in", "agus", {})).status_code == 428
    assert (await room.call("POST", f"{path}/hand-in", "agus", {}, **{"If-Match": "*"})).status_code == 428
    changed = figure_body("trantib.trantibum") | {"served": 1}
    await room.give("PUT", f"{path}/figures/trantib.trantibum", "agus", changed)
    assert (
        await room.call("POST", f"{path}/hand-in", "agus", {}, **{"If-Match": f'"{seen["version"]}"'})
    ).status_code == 412
    stale = await room.call("POST", f"{path}/hand-in", "agus", {"digest": seen["next_digest"]})
    assert (stale.status_code, stale.json()["type"]) == (409, "urn:jejak:problem:sheet-conflict")
    now = await room.give("GET", path, "agus")
    assert (
        await room.call("POST", f"{path}/hand-in", "agus", {}, **{"If-Match": f'"{now["version"]}"'})
    ).status_code == 200


async def test_evidence_is_attached_seen_and_withdrawn(room: IntakeRoom) -> None:
    await to_step_7(room)
    path = f"/submissions/{CYCLE}-dinkes-tahunan"
    file = await room.upload("sri", b"%PDF-1.7 rekap", "rekap.pdf")
    await room.give("POST", f"{path}/evidence", "sri", {**file, "services": ["kes.balita"]})
    assert (await room.give("GET", path, "sri"))["evidence"][0]["file"]["name"] == "rekap.pdf"
    got = await room.call("GET", f"/files/{file['digest']}", "sri")
    assert (got.status_code, got.content, got.headers["content-disposition"]) == (
        200,
        b"%PDF-1.7 rekap",
        "inline; filename*=UTF-8''rekap.pdf",
    )
    assert (await room.call("GET", f"/files/{file['digest']}", "wulan")).status_code == 404
    await room.give("POST", f"{path}/evidence/{file['digest']}/withdrawal", "sri", {"reason": "keliru"})
    assert (await room.give("GET", path, "sri"))["evidence"] == []


async def test_a_returned_submission_opens_again_and_comes_back_as_the_next_revision(
    room: IntakeRoom,
) -> None:
    await to_step_7(room)
    await hand_in(room, "satpolpp")
    path, case = f"/submissions/{CYCLE}-satpolpp-tahunan", f"{CYCLE}-satpolpp-tahunan"
    note = FieldNote(service="trantib.trantibum", field="entitled", note="sumber?")
    returned = SubmissionReturned(
        cycle=CYCLE, agency="satpolpp", period="tahunan", submission=f"submission-{case}", revision=1,
        reason="sumber penyebut", fields=(note,),
        by="tari", occurred_on=date(2027, 1, 19),
    )  # fmt: skip
    await room.hear(returned, f"verification-{case}")
    found = await room.give("GET", path, "agus")
    assert (found["standing"], found["reason"], found["notes"][0]["note"]) == (
        "returned",
        "sumber penyebut",
        "sumber?",
    )
    whose = {"cycle": CYCLE, "agency": "satpolpp", "period": "tahunan", "submission": f"submission-{case}"}
    told = {"service": note.service, "field": note.field, "text": "Register 2026.", "by": "agus"}
    await room.hear(made(QuestionAnswered, **whose, **told), f"verification-{case}")
    await hand_in_again(room, "satpolpp")
    assert (await room.give("GET", path, "agus"))["revision"] == 2
    approved = SubmissionApproved(
        cycle=CYCLE, agency="satpolpp", agency_name="x", period="tahunan", submission=f"submission-{case}",
        revision=2, digest="d", figures={},
        contributors=("agus",), by="tari", occurred_on=date(2027, 1, 20),
    )  # fmt: skip
    await room.hear(approved, f"verification-{case}")
    assert (await room.give("GET", path, "agus"))["standing"] == "approved"
    await room.give("POST", f"{path}/taking-back", "agus", {"reason": "salah hitung"})
    assert (await room.give("GET", path, "agus"))["standing"] == "taken_back"


async def test_after_the_endorsement_nothing_is_taken_back(room: IntakeRoom) -> None:
    await to_step_7(room)
    await hand_in(room, "satpolpp")
    endorsed = ReportEndorsed(
        cycle=CYCLE, document="x", revision=1, digest="a" * 64, by="hesti", occurred_on=date(2027, 1, 18)
    )
    await room.hear(endorsed, f"endorsement-{CYCLE}")
    answer = await room.call(
        "POST", f"/submissions/{CYCLE}-satpolpp-tahunan/taking-back", "agus", {"reason": "x"}
    )
    assert answer.json()["type"] == "urn:jejak:problem:report-endorsed"


async def test_a_stale_version_is_told_what_changed(room: IntakeRoom) -> None:
    await to_step_7(room)
    path = f"/submissions/{CYCLE}-dinkes-tahunan"
    seen = (await room.give("GET", path, "sri"))["version"]
    await room.give("PUT", f"{path}/figures/kes.balita", "adi", {"served": 7, "entitled": 9})
    answer = await room.call(
        "PUT", f"{path}/figures/kes.balita", "sri", {"served": 8, "entitled": 9}, **{"If-Match": f'"{seen}"'}
    )
    assert answer.status_code == 412
    assert [change["type"] for change in answer.json()["changed"]] == ["figure-entered"]
