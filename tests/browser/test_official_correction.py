"""A person with only the SOP in hand, in a real Chromium: a wrong figure that is printed, sent and archived
is officially corrected, to the second closing of its cycle.

The next act is always found from *Menunggu Anda* or by a link of the page where one stands; no address is
typed. What the cycle was before, and what needs a store with locks (filing), is played without a browser;
the corrected report is a real file.
"""

import asyncio
import hashlib
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from shared.access import people as people_file
from shared.access.people import ROLES
from shared.contracts.values import StoredFile
from tests.browser.pdf_text import text_of
from tests.browser.test_sheet_hand_in import explained
from tests.browser.windows import AUDIT, WIDTHS, pictured, window_of
from tests.support import events
from tests.support.access import token_of
from tests.support.applications import AGENCIES, listening, person_as, person_in
from tests.support.four_rooms import FourRooms, answering, four_rooms
from tests.support.memory_bucket import Bucket
from tests.support.parts import PostgresPart
from tests.support.player import Player, play

SCAN = {"name": "keputusan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 keputusan"}
AGENCY = "Dinas Kesehatan"
BOTH = "rahmat"
"""Officer of the agency and of Tim SPM."""
WIDE = {**WIDTHS, "small laptop": (1152, 768)}
PEOPLE = people_file.parse(
    {
        "agencies": {name: AGENCIES[name] for name in (*events.NAMES, "tapem")},
        "person": [
            *(
                person_in("dinkes" if role == "unsur_opd" else "tapem", person_as(role), ROLES[role], role)
                for role in ROLES
            ),
            person_in("dinkes", BOTH, "Rahmat Hidayat", "unsur_opd", "tim_spm"),
        ],
    },
    events.REGION,
)


class Door:
    """The four services at one address; what is sent has had its consequences before the next is asked."""

    def __init__(self, rooms: FourRooms) -> None:
        self.rooms, self.turn = rooms, asyncio.Lock()

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        app = self.rooms.apps[answering(scope["path"])]
        if scope["method"] == "GET":
            async with self.turn:
                pass
            await app(scope, receive, send)
            return
        async with self.turn:
            await app(scope, receive, send)
            await self.rooms.settle()


class Files(Player):
    """Whose files have names of their own."""

    def file(self) -> StoredFile:
        made = super().file()
        digest = hashlib.sha256(made.digest.encode()).hexdigest()
        return replace(made, digest=digest, name=f"berkas-{self.files}.pdf")


@asynccontextmanager
async def begun(postgres: PostgresPart) -> AsyncIterator[Player]:
    """A cycle that was opened, and one store of files for all."""
    async with four_rooms(postgres.fresh_database) as rooms:
        objects = SimpleNamespace(work=Bucket(b"%"), archive=Bucket(b"%"))
        for app in rooms.apps.values():
            app.state.objects = objects
            app.state.running.roster.now = lambda: PEOPLE
        player = Files(rooms, random.Random(1), troubles=0)
        await player.register()
        await player.open()
        yield player


@asynccontextmanager
async def archived(postgres: PostgresPart) -> AsyncIterator[Player]:
    """A whole cycle."""
    async with begun(postgres) as player:
        assert await play(player)
        yield player


class Desk:
    """Somebody in front of Jejak."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address, self.seen = page, address, list[str]()

    async def asked(self, words: str) -> None:
        """Opens what waits for this person on the home page under these words."""
        await self.page.goto(self.address)
        await self.page.locator(".todos").get_by_role("link", name=words).first.click()

    async def does(self, words: str) -> None:
        """Presses what asks once, and confirms."""
        main = self.page.locator("main")
        await main.locator("summary", has_text=words).first.click()
        await main.get_by_role("button", name=f"Ya, {words[0].lower()}{words[1:]}").click()

    async def looks(self, name: str) -> None:
        """The page as it stands, in both languages and at all widths: nothing is wrong with it."""
        here, mark = self.page.url.partition("#")[0], "&" if "?" in self.page.url else "?"
        for language in ("en", "id"):
            await self.page.goto(f"{here}{mark}lang={language}")
            for width, (wide, high) in WIDE.items():
                await self.page.set_viewport_size({"width": wide, "height": high})
                assert await self.page.evaluate(AUDIT) == [], f"{name} in {language} on a {width}"
                if place := pictured(f"correction-{name}-{language}-{width}"):
                    await self.page.screenshot(path=place, full_page=True)
        await self.page.set_viewport_size(dict(zip(("width", "height"), WIDE["laptop"], strict=True)))

    async def says(self, words: str) -> None:
        await expect(self.page.locator("main")).to_contain_text(words)


async def opened_by_keyboard(desk: Desk) -> None:
    """The form of the decision, with the keyboard alone."""
    page = desk.page

    async def tab_to(selector: str) -> None:
        for _step in range(80):
            if await page.evaluate("(which) => document.activeElement.matches(which)", selector):
                return
            await page.keyboard.press("Tab")
        raise AssertionError(f"Tab never comes to {selector}")

    await tab_to("[name=submissions]")
    await page.keyboard.press("Space")
    await tab_to("#number")
    await page.keyboard.type("130/7/2027")
    await tab_to("#decision")
    await page.locator("#decision").set_input_files([SCAN])
    await tab_to("#reason")
    await page.keyboard.type("Terlayani ibu hamil tercetak keliru.")
    await tab_to("details.confirm > summary")
    await page.keyboard.press("Enter")
    await tab_to("details.confirm button")
    await page.keyboard.press("Enter")


async def drafted(desk: Desk, words: str) -> None:
    """What is asked under these words, as a file."""
    await desk.asked(words)
    await desk.page.locator("a.button", has_text="Susun").click()
    await desk.page.get_by_role("button", name="Buat berkas PDF dan catat draf").click()
    await expect(desk.page.locator("figure.page-picture img")).to_be_visible()
    await desk.looks(words.rpartition(" ")[2])


@pytest.mark.test_all
async def test_a_wrong_printed_figure_is_officially_corrected(
    postgres: PostgresPart, browser: Browser
) -> None:
    async with archived(postgres) as player, listening(Door(player.rooms)) as address:

        async def desk_of(person: str) -> Desk:
            return Desk(await window_of(browser, address, token_of(person)), address)

        kabag, officer = await desk_of("as_kabag"), await desk_of(BOTH)
        tim, arsip = await desk_of("as_tim_spm"), await desk_of("as_arsiparis")

        # Kabag decides
        page = kabag.page
        await page.goto(address)
        await page.get_by_role("link", name="Dokumen").first.click()
        await page.locator("main").get_by_role("link", name="laporan").first.click()
        await kabag.looks("printed")
        await page.goto(address)
        await page.get_by_role("link", name="Koreksi resmi laporan").click()
        await kabag.looks("form")
        await opened_by_keyboard(kabag)
        await kabag.says("Koreksi diputuskan")
        await kabag.looks("decided")
        await page.locator("main").get_by_role("link", name=AGENCY).click()
        await kabag.says("Dibuka untuk koreksi resmi")
        await page.goto(address)
        await kabag.looks("home")

        # the agency mends, hands in, and may not approve it itself
        page = officer.page
        await officer.asked("Perbaiki isian Dinas Kesehatan")
        await officer.looks("sheet")
        served = page.locator('[id="kes.ibu_hamil.served"]')
        await served.fill("77")
        await page.keyboard.press("Tab")
        await expect(page.locator("#simpan")).to_contain_text("✓")
        await explained(page)
        await page.locator("#serahkan > summary").click()
        await page.get_by_role("button", name="Ya, serahkan ke Tim SPM").click()
        await officer.says("Isian diserahkan ke Tim SPM.")
        await page.goto(address)
        await page.get_by_role("link", name="Verifikasi").first.click()
        await page.locator("main").get_by_role("link", name=AGENCY).first.click()
        await officer.says("verifikasi harus dilakukan orang lain")
        await officer.looks("own")

        # the other member of Tim SPM
        page = tim.page
        await tim.asked("Verifikasi isian Dinas Kesehatan")
        await tim.looks("checking")
        await page.locator("summary", has_text="Setujui angka").click()
        await page.get_by_role("button", name="Ya, setujui angka").click()
        await drafted(tim, "Susun ulang laporan dari angka")

        # Kabag
        await kabag.asked("Sahkan atau tolak laporan")
        await kabag.looks("endorsing")
        await kabag.does("Sahkan laporan")
        for to in ("Gubernur", "Kemendagri"):
            await drafted(tim, f"Susun surat pengantar untuk {to}")
        await tim.asked("Cetak laporan")
        await page.locator("#copies").fill("5")
        await tim.does("Catat pencetakan")
        await tim.looks("copies")
        for what in ("gubernur", "kemendagri"):
            await tim.asked("Kirim laporan kepada")
            await tim.looks("sending")
            name = f"{what}_koreksi_1"
            await page.locator(f"#{name}-agenda_number").fill(f"045/511-{what[0]}")
            await page.locator(f"#{name}-carrier").fill("Kurir")
            await tim.does("Catat pengiriman")
        for what in ("gubernur", "kemendagri"):
            await tim.asked("Catat tanda terima")
            name = f"{what}_koreksi_1"
            await page.locator(f"#{name}-received_by").fill("Yuni")
            await page.locator(f"#{name}-scan").set_input_files([SCAN])
            section = page.locator(f"section:has(#{name}-judul)")
            await section.locator("summary", has_text="Catat tanda terima").click()
            await section.get_by_role("button", name="Ya, catat tanda terima").click()
        await tim.looks("sent")
        page = arsip.page
        await arsip.asked("Lengkapi arsip, lalu tutup siklus")
        await arsip.looks("shelf")
        await player.archive()
        await page.reload()
        await arsip.says("siklus ditutup")
        await arsip.says("digantikan oleh koreksi ke-1")
        await arsip.looks("closed")
        await page.goto(address)
        await page.get_by_role("link", name="Riwayat siklus").click()
        await page.get_by_text("Lihat sebagai tabel").click()
        await arsip.says("putaran 1")
        await arsip.looks("history")
        assert "KOREKSIKE-1" in await report_of(kabag), "its words come without blanks"


async def report_of(desk: Desk) -> str:
    """The words of the report as its page offers it."""
    page = desk.page
    await page.goto(desk.address)
    await page.get_by_role("link", name="Dokumen").first.click()
    await desk.looks("papers")
    await desk.says("koreksi ke-1")
    await page.locator("main").get_by_role("link", name="Laporan Penerapan SPM").click()
    await desk.looks("corrected")
    path = await page.locator("figure.page-picture a").first.get_attribute("href")
    content = await (await page.request.get(f"{desk.address}{path}")).body()
    if place := pictured("correction-report"):
        Path(place).with_suffix(".pdf").write_bytes(content)
    return text_of(content)
