"""The nine questions over a cycle that was played once: each page, each answer taken away, whose they are."""

from pathlib import Path

import pytest

from services.archive.log.leaf import event_in
from services.archive.proof.verifier import verify
from tests.support.archive_room import Archive
from tests.unit.test_nine_questions import CASE, CYCLE, rows_of_the_demonstration

LIST = "/jejak-audit/pertanyaan"
CHOSEN = f"kasus={CASE}&layanan=kes.ibu_hamil"


@pytest.fixture
async def played(archive: Archive) -> Archive:
    events = [event_in(row["line"].encode()) for row in rows_of_the_demonstration()]
    await archive.hear(*(event for event in events if event))
    return archive


def address(question: int) -> str:
    return f"{LIST}/{CYCLE}/{question}{f'?{CHOSEN}' if question == 1 else ''}"


def main_of(page: str) -> str:
    return page[page.index("<main") : page.index("</main>")]


async def test_each_question_is_answered_and_its_answer_verified_offline(
    played: Archive, tmp_path: Path
) -> None:
    asked = (await played.page("ina", LIST)).text
    for question in range(1, 10):
        link = address(question) if question > 1 else f"{LIST}/{CYCLE}/angka"
        assert f'href="{link}"' in asked
        page = await played.page("ina", address(question))
        assert page.status_code == 200, question
        assert "✕" not in main_of(page.text), question
        path = f"/api/archive/answers/{CYCLE}/{question}"
        query = f"?case={CASE}&service=kes.ibu_hamil" if question == 1 else ""
        taken = await played.page("ina", path + query)
        assert taken.headers["content-type"] == "application/zip"
        (tmp_path / "jawaban.zip").write_bytes(taken.content)
        report = verify(tmp_path / "jawaban.zip", vkey=str(played.signer.key))
        assert (report.verdict, report.refuted) == ("proven", []), question


async def test_one_click_leads_from_a_printed_number_to_its_answer_and_its_life(played: Archive) -> None:
    found = (await played.page("ina", f"{LIST}/{CYCLE}/angka?angka=4.075")).text
    assert f"/1?kasus={CASE}&amp;layanan=kes.ibu_hamil" in found
    assert "kes.balita" not in found
    told = main_of((await played.page("ina", address(1))).text)
    assert "4.075" in told
    assert f"/jejak-audit/angka/{CASE}/kes.ibu_hamil" in told
    assert f"/isian/{CASE}/bukti/c141ac75" in told


@pytest.mark.parametrize(
    "path",
    [
        f"{LIST}/3402-2019/2",
        f"{LIST}/{CYCLE}/1",
        f"{LIST}/{CYCLE}/1?kasus={CASE}&layanan=kes.nothing",
        f"{LIST}/{CYCLE}/1?kasus=3471-2025-dinkes-tahunan&layanan=kes.ibu_hamil",
        f"/api/archive/answers/{CYCLE}/1",
        "/api/archive/answers/3471-2025/2",
    ],
)
async def test_what_there_is_not_is_not_found(played: Archive, path: str) -> None:
    assert (await played.page("ina", path)).status_code == 404


async def test_a_life_says_what_is_printed_and_what_changed_since(played: Archive) -> None:
    """The figure is changed after the report was settled: both are told, and the evidence as it was."""
    life = f"/jejak-audit/angka/{CASE}/kes.ibu_hamil"
    told = main_of((await played.page("ina", life)).text)
    assert "isian revisi 1, laporan ca18ce10" in told
    assert "tidak ada yang berubah" in told
    assert "/bukti/c141ac7599ad" in told
    assert f"?pada=intake:submission-{CASE}@14" in told
    rows = [row for row in rows_of_the_demonstration() if row["stream"] == f"submission-{CASE}"]
    entered = next(row for row in rows if row["event"]["data"].get("service") == "kes.ibu_hamil")
    again = entered["line"].replace('"served":4075', '"served":4076')
    again = again.replace(f'"version":{entered["version"]}', f'"version":{len(rows) + 1}')
    event = event_in(again.encode())
    assert event
    await played.hear(event)
    told = main_of((await played.page("ina", life)).text)
    since = told[told.index("Berubah sejak dicetak") :]
    assert "<del>4.075</del>" in since[: since.index("</dd>")]


async def test_whoever_may_not_ask_is_told_so(played: Archive) -> None:
    for path in (LIST, address(2), f"{LIST}/{CYCLE}/angka", f"/api/archive/answers/{CYCLE}/2"):
        for person in ("sri", "operator"):
            assert (await played.page(person, path)).status_code == 403, (person, path)


async def test_an_answer_shows_no_line_of_another_region(archive: Archive) -> None:
    """A line that names this cycle as its case, in a stream of another region."""
    events = [event_in(row["line"].replace("3402", "3471").encode()) for row in rows_of_the_demonstration()]
    await archive.hear(*(event for event in events if event))
    for question in range(2, 10):
        assert (await archive.page("ina", f"{LIST}/3471-2025/{question}")).status_code == 404


async def test_a_line_that_says_nothing_readable_is_said_and_nothing_is_taken_away(played: Archive) -> None:
    """Somebody with the owner's password made a line say nothing of what its kind says."""
    played.tamper("UPDATE leaf SET line = '{\"data\": {}, \"metadata\": {}}' WHERE type = 'copies-printed'")
    page = await played.page("ina", address(5))
    assert page.status_code == 200
    assert "tidak dapat dihitung" in page.text
    assert (await played.page("ina", f"/api/archive/answers/{CYCLE}/5")).status_code == 404
