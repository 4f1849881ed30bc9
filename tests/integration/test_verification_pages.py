"""Verification's pages on a real PostgreSQL: what they say, what a form does, and what it gives back."""

from collections.abc import AsyncIterator

import pytest

from tests.integration.test_verification_room import endorsable
from tests.support.applications import Browser, visiting
from tests.support.parts import PostgresPart
from tests.support.verification_room import (
    CYCLE,
    REPORT,
    VerificationRoom,
    case,
    mended,
    verification_room,
)


@pytest.fixture
async def room(postgres: PostgresPart) -> AsyncIterator[VerificationRoom]:
    async with verification_room(postgres.fresh_database("verification")) as opened:
        yield opened


async def hidden(browser: Browser, path: str) -> dict[str, str]:
    return {
        name: value
        for name, value in (await browser.fields(path)).items()
        if name.startswith("_") or name == "digest"
    }


async def test_a_person_approves_on_the_page_and_is_told_the_digest(room: VerificationRoom) -> None:
    await room.hear_of_cycle("dinkes")
    digest = await room.hear_handed_in("dinkes", "sri")
    path = f"/verifikasi/{case('dinkes')}"
    async with visiting(room.app, "wulan") as wulan:
        form = {**await hidden(wulan, path), "disetujui_pada": "2026-02-16"}
        answer = await wulan.post(f"{path}/setujui", form)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/verifikasi?siklus={CYCLE}")
        queue = await wulan.get(f"/verifikasi?siklus={CYCLE}")
    assert digest[:8] in queue.text
    assert "Dinas Kesehatan" in queue.text


async def test_what_changed_since_the_last_look_is_shown_when_an_approval_comes_too_late(
    room: VerificationRoom,
) -> None:
    await room.hear_of_cycle("dinkes")
    await room.hear_handed_in("dinkes", "sri")
    path = f"/verifikasi/{case('dinkes')}"
    async with visiting(room.app, "wulan") as wulan:
        form = {**await hidden(wulan, path), "disetujui_pada": "2026-02-16"}
        await room.hear_taken_back("dinkes", "sri")
        await room.hear_handed_in("dinkes", "sri", 2, mended())
        answer = await wulan.post(f"{path}/setujui", form)
    assert answer.status_code == 422
    assert "<del>11.230</del> → <ins>11.320</ins>" in answer.text
    assert "Isian ini berubah sejak Anda membukanya." in answer.text


async def test_a_return_without_a_reason_keeps_every_note_that_was_typed(room: VerificationRoom) -> None:
    await room.hear_of_cycle("dinkes")
    await room.hear_handed_in("dinkes", "sri")
    path = f"/verifikasi/{case('dinkes')}"
    async with visiting(room.app, "wulan") as wulan:
        form = {
            **await hidden(wulan, path),
            "dikembalikan_pada": "2026-02-16",
            "reason": " ",
            "catatan:kes.balita:served": "sumber?",
        }
        refused = await wulan.post(f"{path}/kembalikan", form)
        form["reason"] = "Periksa sumber angka."
        again = await wulan.post(f"{path}/kembalikan", {**form, **await hidden(wulan, path)})
        shown = await wulan.get(path)
    assert refused.status_code == 422
    assert 'value="sumber?"' in refused.text
    assert 'href="#reason"' in refused.text
    assert again.status_code == 303
    assert "Periksa sumber angka." in shown.text
    assert "sumber?" in shown.text


async def test_who_filled_a_submission_in_is_told_why_there_is_no_button(room: VerificationRoom) -> None:
    await room.hear_of_cycle("dinkes")
    await room.hear_handed_in("dinkes", "wulan")
    async with visiting(room.app, "wulan") as wulan:
        page = await wulan.get(f"/verifikasi/{case('dinkes')}")
    assert "verifikasi harus dilakukan orang lain" in page.text
    assert "/setujui" not in page.text


@pytest.mark.parametrize(
    "path",
    ["/verifikasi", "/pengesahan", f"/pengesahan/{CYCLE}", f"/verifikasi?siklus={CYCLE}&keadaan=waiting"],
)
async def test_pages_say_what_will_be_there_before_anything_is(room: VerificationRoom, path: str) -> None:
    async with visiting(room.app, "wulan") as wulan:
        page = await wulan.get(path)
    assert page.status_code == 200
    assert 'class="empty"' in page.text


async def test_the_report_is_endorsed_or_refused_on_its_page(room: VerificationRoom) -> None:
    await endorsable(room)
    path = f"/pengesahan/{CYCLE}"
    async with visiting(room.app, "zaki") as zaki:
        form = {**await hidden(zaki, path), "ditolak_pada": "2026-02-17", "reason": ""}
        unsaid = await zaki.post(f"{path}/tolak", form)
        undated = await zaki.post(
            f"{path}/sahkan", {**await hidden(zaki, path), "disahkan_pada": "17 Februari"}
        )
        done = await zaki.post(f"{path}/sahkan", {**await hidden(zaki, path), "disahkan_pada": "2026-02-17"})
        page = await zaki.get(path)
    assert (unsaid.status_code, undated.status_code, done.status_code) == (422, 422, 303)
    assert 'href="#disahkan_pada"' in undated.text
    assert "disahkan" in page.text
    assert REPORT.digest in page.text
