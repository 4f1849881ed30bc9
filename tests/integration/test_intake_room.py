"""Intake from the first step to the last, over HTTP on a real database; the other services' events come by hand."""

from collections.abc import AsyncIterator
from datetime import date

import pytest

from deploy.demo import data
from shared.contracts.archive import CycleArchived
from shared.contracts.documents import CopiesPrinted, DispatchSent, DocumentDrafted, DocumentHandedOver
from shared.contracts.values import FieldNote, StoredFile
from shared.contracts.verification import AllSubmissionsApproved, ReportEndorsed, SubmissionApproved, SubmissionReturned
from tests.support.intake_room import CYCLE, IntakeRoom, complete, figure_body, intake_room, opened, registered
from tests.support.parts import PostgresPart

PDF = StoredFile(digest="a" * 64, name="draf.pdf", media_type="application/pdf", size=9)


@pytest.fixture
async def room(postgres: PostgresPart) -> AsyncIterator[IntakeRoom]:
    async with intake_room(postgres.fresh_database("intake")) as made:
        yield made


def drafted(kind: str, day: date) -> DocumentDrafted:
    return DocumentDrafted(
        cycle=CYCLE, document=f"document-{CYCLE}-{kind}", kind=kind, revision=1, file=PDF, data_digest="d" * 64, template_digest="t" * 64,
        engine="typst", verifiers=(), by="bagus", occurred_on=day,
    )  # fmt: skip


OFFICERS = {"dinkes": "sri", "disdikpora": "rina", "dpupkp": "joko", "satpolpp": "agus", "bpbd": "lina", "dinsos": "wulan"}
SOME = ("dinkes", "satpolpp", "dinsos")


async def states(room: IntakeRoom) -> list[str]:
    return [step["state"] for step in await room.give("GET", f"/cycles/{CYCLE}/steps", "wening")]


async def to_step_6(room: IntakeRoom, *agencies: str) -> None:
    await opened(room, *agencies)
    assert (await complete(room, 1, "hesti", date(2026, 8, 4))).status_code == 200
    assert (await complete(room, 2, "bagus", date(2026, 8, 5), papers=False)).status_code == 200
    assert (await complete(room, 3, "bagus", date(2026, 8, 6), papers=False)).status_code == 200
    await room.hear(drafted("sk_tim", date(2026, 8, 12)), f"document-{CYCLE}-sk_tim")
    await room.hear(
        DocumentHandedOver(
            cycle=CYCLE, document=f"document-{CYCLE}-sk_tim", revision=1, digest="a" * 64, handed_to="Bagian Hukum", reference="1", receipt=None,
            by="bagus", occurred_on=date(2026, 8, 20),
        ),
        f"document-{CYCLE}-sk_tim",
    )  # fmt: skip


async def to_step_7(room: IntakeRoom, *agencies: str) -> None:
    await to_step_6(room, *(agencies or SOME))
    assert (await complete(room, 6, "hesti", date(2026, 9, 1))).status_code == 200


async def fill(room: IntakeRoom, agency: str) -> None:
    for entry in next(known for known in data.agencies() if known.id == agency).assigned:
        path = f"/submissions/{CYCLE}-{agency}-tahunan/figures/{entry.service}"
        await room.give("PUT", path, OFFICERS[agency], figure_body(entry.service))


async def hand_in(room: IntakeRoom, agency: str) -> None:
    await fill(room, agency)
    await room.give("POST", f"/submissions/{CYCLE}-{agency}-tahunan/hand-in", OFFICERS[agency], {"occurred_on": "2027-01-18"})


async def test_the_thirteen_steps_are_completed_in_order(room: IntakeRoom) -> None:
    await to_step_7(room, "satpolpp", "bpbd")
    assert await states(room) == ["done"] * 6 + ["doing"] + ["waiting"] * 6
    for agency in ("satpolpp", "bpbd"):
        await hand_in(room, agency)
    assert (await states(room))[:8] == ["done"] * 7 + ["doing"]
    approved = AllSubmissionsApproved(
        cycle=CYCLE, digests={}, contributors=("sri",), verifiers=("tari",), by="tari", occurred_on=date(2027, 1, 18)
    )
    await room.hear(approved, f"round-{CYCLE}")
    await room.hear(drafted("laporan", date(2027, 1, 18)), f"document-{CYCLE}-laporan")
    endorsed = ReportEndorsed(cycle=CYCLE, document="x", revision=1, digest="a" * 64, by="hesti", occurred_on=date(2027, 1, 18))
    await room.hear(endorsed, f"endorsement-{CYCLE}")
    await room.hear(drafted("pengantar_gubernur", date(2027, 1, 18)), f"document-{CYCLE}-pengantar_gubernur")
    assert (await states(room))[9] == "doing"
    await room.hear(drafted("pengantar_kemendagri", date(2027, 1, 18)), f"document-{CYCLE}-pengantar_kemendagri")
    printed = CopiesPrinted(cycle=CYCLE, document="x", digest="a" * 64, copies=5, by="tari", occurred_on=date(2027, 1, 18))
    await room.hear(printed, f"document-{CYCLE}-laporan")
    for recipient in ("gubernur", "kemendagri"):
        sent = DispatchSent(
            cycle=CYCLE, dispatch="x", recipient=recipient, agenda_number="1", carrier="kurir", by="tari", occurred_on=date(2027, 1, 18)
        )
        await room.hear(sent, f"dispatch-{CYCLE}-{recipient}")
    archived = CycleArchived(cycle=CYCLE, items=("laporan",), checkpoint_size=1, by="nur", occurred_on=date(2027, 1, 18))
    await room.hear(archived, f"cyclefile-{CYCLE}")
    assert await states(room) == ["done"] * 13


async def test_each_step_says_when_it_is_due_and_why(room: IntakeRoom) -> None:
    await opened(room, *SOME)
    step = await room.give("GET", f"/cycles/{CYCLE}/steps/1", "hesti")
    assert step["due"]["due_on"] == "2026-08-05"
    assert step["explanation"].endswith("kalender libur-id-0.109+0; SOP langkah 1.")


async def test_a_decree_changes_the_calendar_of_the_next_due_date(room: IntakeRoom) -> None:
    await opened(room, *SOME)
    decree = {"day": "2026-08-07", "kind": "holiday", "name": "Cuti bersama tambahan", "source": "SKB 2026"}
    await room.give("POST", "/calendar/days", "bagus", decree)
    await complete(room, 1, "hesti", date(2026, 8, 4))
    await complete(room, 2, "bagus", date(2026, 8, 5), papers=False)
    await complete(room, 3, "bagus", date(2026, 8, 6), papers=False)
    step = await room.give("GET", f"/cycles/{CYCLE}/steps/4", "hesti")
    assert step["due"]["calendar"] == "libur-id-0.109+1"
    assert step["due"]["due_on"] == "2026-08-14"
    assert step["due"]["skipped"] == [{"day": "2026-08-07", "name": "Cuti bersama tambahan"}]


async def test_the_work_plan_is_made_backwards_from_the_legal_day(room: IntakeRoom) -> None:
    await opened(room, *SOME)
    plan = {step["step"]: step for step in await room.give("GET", f"/cycles/{CYCLE}/plan", "bagus")}
    assert (plan[8]["first"], plan[12]["last"]) == ("2027-02-03", "2027-03-31")
    await complete(room, 1, "hesti", date(2026, 8, 4))
    await complete(room, 2, "bagus", date(2026, 8, 5), papers=False)
    await complete(room, 3, "bagus", date(2026, 8, 6), papers=False)
    assert (await room.give("GET", f"/cycles/{CYCLE}/steps/12", "bagus"))["planned_on"] == "2027-03-31"


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


async def test_a_step_names_only_files_that_are_kept(room: IntakeRoom) -> None:
    await opened(room, *SOME)
    body = {"summary": "x", "evidence": [{"digest": "0" * 64, "name": "x.pdf"}], "occurred_on": "2026-08-04"}
    answer = await room.call("POST", f"/cycles/{CYCLE}/steps/1/completion", "hesti", body)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:jejak:problem:file-unknown")


async def test_the_socialisation_opens_a_submission_for_each_agency(room: IntakeRoom) -> None:
    await to_step_7(room, *OFFICERS)
    found = await room.give("GET", f"/cycles/{CYCLE}/submissions", "tari")
    assert {row["agency"] for row in found["items"]} == set(OFFICERS)
    assert sum(len(row["services"]) for row in found["items"]) == 29
    step = await room.give("GET", f"/cycles/{CYCLE}/steps/7", "tari")
    assert sorted(step["parts"]) == sorted(OFFICERS)


async def test_an_officer_sees_only_the_own_agency(room: IntakeRoom) -> None:
    await to_step_7(room)
    found = await room.give("GET", f"/cycles/{CYCLE}/submissions", "sri")
    assert [row["agency"] for row in found["items"]] == ["dinkes"]
    assert (await room.give("GET", f"/cycles/{CYCLE}/steps/7", "sri"))["parts"] == ["dinkes"]
    assert (await room.call("GET", f"/submissions/{CYCLE}-dinsos-tahunan", "sri")).status_code == 404
    answer = await room.call("PUT", f"/submissions/{CYCLE}-dinsos-tahunan/figures/sos.anak", "sri", {"served": 1, "entitled": 2})
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
async def test_a_bad_figure_is_refused_naming_its_field(room: IntakeRoom, body: dict[str, object], field: str) -> None:
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
    assert [finding["rule"] for finding in found["kes.balita"]["findings"]] == ["R01"]


async def test_an_unfinished_submission_is_not_handed_in(room: IntakeRoom) -> None:
    await to_step_7(room)
    answer = await room.call("POST", f"/submissions/{CYCLE}-dinkes-tahunan/hand-in", "sri", {})
    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:jejak:problem:figures-missing"


async def test_evidence_is_attached_seen_and_withdrawn(room: IntakeRoom) -> None:
    await to_step_7(room)
    path = f"/submissions/{CYCLE}-dinkes-tahunan"
    file = await room.upload("sri", b"%PDF rekap", "rekap.pdf")
    await room.give("POST", f"{path}/evidence", "sri", {**file, "services": ["kes.balita"]})
    assert (await room.give("GET", path, "sri"))["evidence"][0]["file"]["name"] == "rekap.pdf"
    got = await room.call("GET", f"/files/{file['digest']}", "sri")
    assert (got.status_code, got.content, got.headers["content-disposition"]) == (200, b"%PDF rekap", "inline; filename*=UTF-8''rekap.pdf")
    assert (await room.call("GET", f"/files/{file['digest']}", "wulan")).status_code == 404
    await room.give("POST", f"{path}/evidence/{file['digest']}/withdrawal", "sri", {"reason": "keliru"})
    assert (await room.give("GET", path, "sri"))["evidence"] == []


async def test_a_returned_submission_opens_again_and_comes_back_as_the_next_revision(room: IntakeRoom) -> None:
    await to_step_7(room)
    await hand_in(room, "satpolpp")
    path, case = f"/submissions/{CYCLE}-satpolpp-tahunan", f"{CYCLE}-satpolpp-tahunan"
    note = FieldNote(service="trantib.trantibum", field="entitled", note="sumber?")
    returned = SubmissionReturned(
        cycle=CYCLE, agency="satpolpp", period="tahunan", submission=f"submission-{case}", revision=1, reason="sumber penyebut", fields=(note,),
        by="tari", occurred_on=date(2027, 1, 19),
    )  # fmt: skip
    await room.hear(returned, f"verification-{case}")
    found = await room.give("GET", path, "agus")
    assert (found["standing"], found["reason"], found["notes"][0]["note"]) == ("returned", "sumber penyebut", "sumber?")
    await room.give("POST", f"{path}/hand-in", "agus", {})
    assert (await room.give("GET", path, "agus"))["revision"] == 2
    approved = SubmissionApproved(
        cycle=CYCLE, agency="satpolpp", agency_name="x", period="tahunan", submission=f"submission-{case}", revision=2, digest="d", figures={},
        contributors=("agus",), by="tari", occurred_on=date(2027, 1, 20),
    )  # fmt: skip
    await room.hear(approved, f"verification-{case}")
    assert (await room.give("GET", path, "agus"))["standing"] == "approved"
    await room.give("POST", f"{path}/taking-back", "agus", {"reason": "salah hitung"})
    assert (await room.give("GET", path, "agus"))["standing"] == "taken_back"


async def test_after_the_endorsement_nothing_is_taken_back(room: IntakeRoom) -> None:
    await to_step_7(room)
    await hand_in(room, "satpolpp")
    endorsed = ReportEndorsed(cycle=CYCLE, document="x", revision=1, digest="a" * 64, by="hesti", occurred_on=date(2027, 1, 18))
    await room.hear(endorsed, f"endorsement-{CYCLE}")
    answer = await room.call("POST", f"/submissions/{CYCLE}-satpolpp-tahunan/taking-back", "agus", {"reason": "x"})
    assert answer.json()["type"] == "urn:jejak:problem:report-endorsed"


async def test_a_stale_version_is_told_what_changed(room: IntakeRoom) -> None:
    await to_step_7(room)
    path = f"/submissions/{CYCLE}-dinkes-tahunan"
    seen = (await room.give("GET", path, "sri"))["version"]
    await room.give("PUT", f"{path}/figures/kes.balita", "adi", {"served": 7, "entitled": 9})
    answer = await room.call("PUT", f"{path}/figures/kes.balita", "sri", {"served": 8, "entitled": 9}, **{"If-Match": f'"{seen}"'})
    assert answer.status_code == 412
    assert [change["type"] for change in answer.json()["changed"]] == ["figure-entered"]


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
    assert (await room.call("PUT", "/agencies/baru", "sri", {"name": "Baru", "short_name": "B"})).status_code == 403
    calendar = await room.give("GET", "/calendar?year=2026", "sri")
    assert calendar["holidays"]["2026-02-17"] == "Tahun Baru Imlek"


async def test_an_unknown_cycle_is_not_there(room: IntakeRoom) -> None:
    for path in ("/cycles/9999-2026", "/cycles/9999-2026/steps", "/cycles/9999-2026/steps/1", "/cycles/9999-2026/plan"):
        assert (await room.call("GET", path, "hesti")).status_code == 404
