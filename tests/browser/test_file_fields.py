"""A file that is too large is said at its field before anything is sent;
the rest of the form stays as it was typed.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, FilePayload

from shared.web.files.file_kinds import LARGEST
from shared.web.forms.typed_days import read_back
from shared.web.words.i18n import language
from tests.browser.windows import window_of
from tests.support.access import token_of
from tests.support.applications import listening
from tests.support.intake_room import CYCLE, IntakeRoom, intake_room, opened
from tests.support.parts import PostgresPart


def a_file(folder: Path, size: int) -> Path:
    """A file on disk, as a person chooses it: one that is only told to the browser goes through its pipe."""
    chosen = folder / f"{size}.pdf"
    chosen.write_bytes(b"%PDF-1.7 " + b"." * size)
    return chosen


@pytest.fixture
async def room(postgres: PostgresPart) -> AsyncIterator[IntakeRoom]:
    async with intake_room(postgres.fresh_database("file_fields")) as made:
        yield made


async def test_a_large_file_is_said_at_its_field_and_nothing_typed_is_lost(
    room: IntakeRoom, browser: Browser, tmp_path: Path
) -> None:
    await opened(room, "satpolpp")
    async with listening(room.app) as address:
        page = await window_of(browser, address, token_of("hesti"))
        await page.goto(f"{address}/langkah/{CYCLE}/guidance")
        await page.fill("[name=summary]", "Pedoman diterima.")
        large, small = a_file(tmp_path, LARGEST), a_file(tmp_path, 9)
        await page.set_input_files("[name=evidence]", large)
        assert "25 MB" in await page.eval_on_selector("[name=evidence]", "field => field.validationMessage")
        await page.eval_on_selector("[name=evidence]", "field => field.form.requestSubmit()")
        assert page.url.endswith(f"/langkah/{CYCLE}/guidance")
        await page.set_input_files("[name=evidence]", small)
        assert await page.eval_on_selector("[name=evidence]", "field => field.checkValidity()")
        assert await page.input_value("[name=summary]") == "Pedoman diterima."
        await page.context.close()


async def test_without_script_the_rest_of_the_form_comes_back(
    room: IntakeRoom, browser: Browser, tmp_path: Path
) -> None:
    await opened(room, "satpolpp")
    async with listening(room.app) as address:
        opened_page = await window_of(browser, address, token_of("hesti"))
        context = await browser.new_context(
            java_script_enabled=False, storage_state=await opened_page.context.storage_state()
        )
        page = await context.new_page()
        await page.goto(f"{address}/langkah/{CYCLE}/guidance")
        await page.fill("[name=summary]", "Pedoman diterima.")
        await page.set_input_files("[name=evidence]", a_file(tmp_path, LARGEST))
        await page.click(
            "form:has([name=evidence]) button[type=submit], form:has([name=evidence]) button:not([type])"
        )
        assert "25 MB" in await page.inner_text("body")
        assert await page.input_value("[name=summary]") == "Pedoman diterima."
        await context.close()


async def test_a_file_button_speaks_the_language_of_the_page_and_names_the_file(
    room: IntakeRoom, browser: Browser
) -> None:
    await opened(room, "satpolpp")
    async with listening(room.app) as address:
        for spoken, words, none in (
            ("id", "Pilih berkas", "Belum ada berkas dipilih"),
            ("en", "Choose files", "No file chosen yet"),
        ):
            page = await window_of(browser, address, token_of("hesti"))
            await page.goto(f"{address}/langkah/{CYCLE}/guidance?lang={spoken}")
            assert (await page.inner_text(".file-words")).split() == f"{words} {none}".split()
            await page.set_input_files(
                "[name=evidence]",
                FilePayload(name="catatan.pdf", mimeType="application/pdf", buffer=b"%PDF-1.7 "),
            )
            assert await page.inner_text(".file-names") == "catatan.pdf"
            async with page.expect_file_chooser():
                await page.click(".file-pick", position={"x": 20, "y": 20})
            await page.context.close()


async def test_a_typed_day_is_read_back_with_its_weekday(room: IntakeRoom, browser: Browser) -> None:
    """The script reads what the server reads, and nothing else."""
    await opened(room, "satpolpp")
    async with listening(room.app) as address:
        for spoken in ("id", "en"):
            page = await window_of(browser, address, token_of("hesti"))
            await page.goto(f"{address}/langkah/{CYCLE}/guidance?lang={spoken}")
            reset = language.set(spoken)
            for typed in (
                "17/2/2026",
                "17 Feb 2026",
                "17 mei 2026",
                "1.12.2026",
                "2026-02-17",
                "2/17/2026",
                "31/2/2026",
                "29 Feb 2028",
                "besok",
                "17/2/26",
            ):
                await page.fill("[name=occurred_on]", typed)
                await page.press("[name=occurred_on]", "Tab")
                assert await page.input_value("[name=occurred_on]") == read_back(typed)
            language.reset(reset)
            await page.context.close()
