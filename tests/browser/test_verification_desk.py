"""The verifier's desk in a real Chromium: one service at a time beside the revision decided last,
its evidence, and the decision always in sight.
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date

import pytest
from playwright.async_api import Browser, Page, expect

from deploy.demo import data
from shared.access.session import COOKIE
from shared.contracts.intake import SignedSheetAttached
from shared.contracts.values import Figure, QualityItem
from shared.spm.catalogue import current
from tests.browser.pdf_text import text_of
from tests.browser.windows import AUDIT, WIDTHS, window_of
from tests.support.access import token_of
from tests.support.applications import listening
from tests.support.events import CYCLE
from tests.support.parts import PostgresPart
from tests.support.verification_room import KOHORT, VerificationRoom, case, submission, verification_room

ONE = f"/verifikasi/{case('dinkes')}"
FULL = {name: figure for name, figure in data.figures().items() if name.startswith("kes.")}
HAMIL = FULL["kes.ibu_hamil"]
FIRST, OTHERS = next(iter(HAMIL.quality)), dict(list(HAMIL.quality.items())[1:])
CHANGED: dict[str, Figure] = {
    **FULL,
    "kes.ibu_hamil": replace(
        HAMIL, served=4000, quality={**OTHERS, FIRST: QualityItem(required=9, fulfilled=8)}
    ),
    "kes.lansia": replace(FULL["kes.lansia"], reason="Rekap diganti.\nDua halaman."),
    "kes.risiko_hiv": replace(FULL["kes.risiko_hiv"], origin="rekap lain", budget=None),
}


@pytest.fixture
async def room(postgres: PostgresPart) -> AsyncIterator[VerificationRoom]:
    async with verification_room(postgres.fresh_database("desk")) as opened:
        await opened.hear_of_cycle("dinkes")
        yield opened


@pytest.fixture
async def address(room: VerificationRoom) -> AsyncIterator[str]:
    async with listening(room.app) as found:
        yield found


async def second_round(room: VerificationRoom) -> None:
    await room.approve("dinkes", await room.hear_handed_in("dinkes", "sri", 1, FULL))
    await room.hear_taken_back("dinkes", "sri", 1)
    await room.hear_handed_in("dinkes", "sri", 2, CHANGED)


async def heading(page: Page) -> str:
    shown = [
        await each.inner_text()
        for each in await page.locator("section.service h2").all()
        if await each.is_visible()
    ]
    assert len(shown) == 1, shown
    return shown[0]


async def test_each_service_fits_with_its_decision_in_sight(
    room: VerificationRoom, browser: Browser, address: str
) -> None:
    """At most one and a half laptop screens, in a first round (all lines) and in a second (what changed)."""
    await room.hear_handed_in("dinkes", "sri", 1, FULL)
    for _round in ("first", "second"):
        for width in WIDTHS:
            page = await window_of(browser, address, token_of("wulan"), width)
            await page.goto(f"{address}{ONE}")
            assert await page.evaluate(AUDIT) == []
            for service in FULL:
                await page.evaluate("(service) => { location.hash = `layanan-${service}`; }", service)
                await expect(page.locator(f'[id="layanan-{service}"]')).to_be_visible()
                await heading(page)
                height = await page.evaluate("document.documentElement.scrollHeight")
                assert width == "phone" or height <= WIDTHS["laptop"][1] * 1.5, f"{service}: {height}"
                await expect(page.get_by_text("Setujui angka").first).to_be_in_viewport()
                await expect(page.get_by_text("Kembalikan", exact=True)).to_be_in_viewport()
            await page.context.close()
        await room.hear_taken_back("dinkes", "sri", 1)
        await room.hear_handed_in("dinkes", "sri", 2, CHANGED)


async def test_the_next_finding_leads_through_what_changed_and_each_change_is_told_in_full(
    room: VerificationRoom, browser: Browser, address: str
) -> None:
    await second_round(room)
    page = await window_of(browser, address, token_of("wulan"))
    await page.goto(f"{address}{ONE}")
    told = {}
    for _step in range(3):
        lines = page.locator("section.service.shown tr.differs")
        told[await heading(page)] = [
            " ".join((await line.inner_text()).split()) for line in await lines.all()
        ]
        await page.get_by_role("button", name="Temuan berikutnya").click()
    assert await heading(page) == "Pelayanan kesehatan ibu hamil", "and begins anew"
    item = next(kind.name for kind in current().services["kes.ibu_hamil"].quality if kind.id == FIRST)
    was = HAMIL.quality[FIRST]
    assert told == {
        "Pelayanan kesehatan ibu hamil": [
            "Terlayani 4.075 4.000 −75 (−1,84 %) Beri catatan",
            "Capaian 98,86 % 97,04 % −1,82 poin",
            f"{item} {was.fulfilled} dari {was.required} 8 dari 9 −11,11 poin Beri catatan",
        ],
        "Pelayanan kesehatan pada usia lanjut": [
            "Alasan kosong Rekap diganti. Dua halaman. baru Beri catatan"
        ],
        "Pelayanan kesehatan orang dengan risiko terinfeksi HIV": [
            f"Anggaran Rp{FULL['kes.risiko_hiv'].budget:,} kosong dikosongkan Beri catatan".replace(",", "."),
            f"Sumber angka {FULL['kes.risiko_hiv'].origin} rekap lain berubah Beri catatan",
        ],
    }
    await expect(page.locator(".desk-list")).to_contain_text("2 berubah")
    hidden = page.locator("section.service.shown tr.same")
    await expect(hidden.first).to_be_hidden()
    await page.locator("section.service.shown [data-unfold]").click()
    await expect(hidden.first).to_be_visible()


async def test_notes_of_all_services_go_along_and_the_return_names_its_field(
    room: VerificationRoom, browser: Browser, address: str
) -> None:
    await room.hear_handed_in("dinkes", "sri", 1, FULL)
    page = await window_of(browser, address, token_of("wulan"))
    await page.goto(f"{address}{ONE}")
    for service in ("kes.balita", "kes.risiko_hiv"):
        await page.locator(f'.desk-list a[href="#layanan-{service}"]').click()
        await (
            page.locator("section.service.shown tr", has_text="Terlayani").get_by_text("Beri catatan").click()
        )
        await page.locator(f'[id="catatan:{service}:served"]').fill(f"sumber {service}?")
    await page.locator("summary", has_text="Kembalikan").click()
    await expect(page.locator("#catatan-ikut")).to_have_text("2 catatan ikut terkirim")
    await page.get_by_label("Alasan", exact=True).fill(" ")
    await page.get_by_role("button", name="Kembalikan ke OPD").click()
    await page.locator("#kesalahan a").click()
    await expect(page.get_by_label("Alasan", exact=True)).to_be_focused()
    await page.get_by_label("Alasan", exact=True).fill("Periksa.")
    await page.get_by_label("Tanggal pengembalian").fill("2026-02-16")
    await page.get_by_role("button", name="Kembalikan ke OPD").click()
    await page.wait_for_url("**/verifikasi?siklus=*")
    await page.goto(f"{address}{ONE}#layanan-kes.risiko_hiv")
    await expect(page.locator("section.service.shown")).to_contain_text("sumber kes.risiko_hiv?")


@pytest.mark.parametrize("way", ["without script", "in print"])
async def test_all_services_stand_there_without_script_and_in_print(
    room: VerificationRoom, browser: Browser, address: str, way: str
) -> None:
    await second_round(room)
    context = await browser.new_context(java_script_enabled=way == "in print", locale="id-ID")
    await context.add_cookies([{"name": COOKIE, "value": token_of("wulan"), "url": address}])
    page = await context.new_page()
    await page.goto(f"{address}{ONE}")
    if way == "in print":
        await page.emulate_media(media="print")
    shown = text_of(await page.pdf()) if way == "in print" else await page.locator("main").inner_text()
    for figure in CHANGED.values():
        amounts = [figure.entitled, figure.served, *(amount.fulfilled for amount in figure.quality.values())]
        assert [
            amount
            for amount in amounts
            if amount is not None and f"{amount:,}".replace(",", ".") not in shown
        ] == []
    for section in await page.locator("section.service").all():
        assert await section.is_visible()
        assert (
            await section.locator("tr.same").count()
            == await section.locator("tr.same >> visible=true").count()
        )
    digest = room.handed_in["dinkes"]
    assert (digest if way == "in print" else digest[:8]) in shown


async def test_the_signed_form_is_named_with_the_revision_that_it_is_for(
    room: VerificationRoom, browser: Browser, address: str
) -> None:
    for revision, figures in ((1, FULL), (2, CHANGED)):
        sheet = await room.hear_handed_in("dinkes", "sri", revision, figures)
        file = replace(KOHORT, digest=str(revision) * 64, name=f"lembar-{revision}.pdf")
        signed = SignedSheetAttached(
            cycle=CYCLE,
            agency="dinkes",
            period="tahunan",
            revision=revision,
            sheet=sheet,
            file=file,
            by="sri",
            occurred_on=date(2026, 2, 12),
        )
        await room.hear(signed, submission("dinkes"))
        if revision == 1:
            await room.hear_taken_back("dinkes", "sri", 1)
    for person in ("wulan", "budi", "sri"):
        page = await window_of(browser, address, token_of(person))
        await page.goto(f"{address}{ONE}")
        lines = [
            await line.inner_text()
            for line in await page.locator("main p", has_text="Lembar isian bertanda tangan").all()
        ]
        assert [line.split(".pdf")[0] for line in lines] == [
            f"Lembar isian bertanda tangan: lembar-{n}" for n in (1, 2)
        ]
        assert [line[-32:].partition("untuk")[2] for line in lines] == [
            " revisi 1, bukan yang ini",
            " revisi ini",
        ]
        await expect(page.locator("a.file", has_text="lembar-2.pdf")).to_have_attribute(
            "href", f"/isian/{case('dinkes')}/lembar/{'2' * 64}"
        )
        await page.context.close()
