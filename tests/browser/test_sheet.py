"""The figure sheet in a real Chromium: what is on the screen is what is stored, whoever leaves, hands in,
drops the line or types beside another.
"""

import pytest
from playwright.async_api import Browser, Dialog, Page, Route, expect

from shared.access.session import COOKIE
from tests.browser.windows import AUDIT, window_of
from tests.support.access import token_of
from tests.support.intake_room import CYCLE, IntakeRoom

CASE, SERVICE = f"{CYCLE}-satpolpp-tahunan", "trantib.trantibum"
FORM = f"/isian/{CASE}"


async def stored(room: IntakeRoom) -> dict[str, object]:
    """The figure of the one service, and how the submission stands."""
    found = await room.give("GET", f"/submissions/{CASE}", "agus")
    figure = found["figures"].get(SERVICE, {"figure": {}})["figure"]
    return {
        "standing": found["standing"],
        **{name: figure.get(name) for name in ("entitled", "served", "budget")},
    }


async def typed(page: Page, **cells: str) -> None:
    for name, text in cells.items():
        await page.locator(f'[id="{SERVICE}.{name}"]').fill(text)


async def state(page: Page, name: str, expected: str) -> None:
    await expect(page.locator(f'.box:has([id="{SERVICE}.{name}"])')).to_have_attribute("data-state", expected)


async def saved(page: Page) -> None:
    await expect(page.locator("#simpan")).to_contain_text("✓")


async def hand_in(page: Page) -> None:
    await page.locator("#serahkan > summary").click()
    await page.get_by_role("button", name="Ya, serahkan ke Tim SPM").click()


async def test_a_refused_cell_stays_is_named_and_survives_a_reload(room: IntakeRoom, page: Page) -> None:
    await typed(page, entitled="200", served="180")
    await page.keyboard.press("Tab")
    await saved(page)
    await typed(page, served="8,6", budget="77")
    await state(page, "served", "typed")
    await page.keyboard.press("Tab")
    for _ in range(2):
        await state(page, "served", "refused")
        await state(page, "budget", "stored")
        wrong = page.locator(f'[id="{SERVICE}.served"]')
        assert await wrong.input_value() == "8,6"
        assert await wrong.get_attribute("aria-invalid") == "true"
        said = page.locator(f'[id="salah-{SERVICE}.served"]')
        await expect(said).to_contain_text(
            "Pelayanan ketenteraman dan ketertiban umum – Terlayani: tulis bilangan bulat"
        )
        await expect(said).to_contain_text("Yang tersimpan: 180.")
        assert await said.get_attribute("id") in (await wrong.get_attribute("aria-describedby") or "")
        await expect(page.locator("#salah")).to_contain_text("1 sel ditolak")
        assert await page.evaluate(AUDIT) == []
        page.once("dialog", lambda dialog: dialog.accept())
        await page.reload()
    assert await stored(room) == {"standing": "open", "entitled": 200, "served": 180, "budget": 77}
    await typed(page, served="181")
    await page.keyboard.press("Tab")
    await saved(page)
    await expect(page.locator("#salah")).to_be_empty()


WAYS_OUT = {
    "a link": "main .breadcrumb a",
    "the menu": "header nav a",
    "the language": ".languages a",
}


@pytest.mark.parametrize("way", WAYS_OUT)
async def test_whoever_leaves_takes_everything_along(room: IntakeRoom, page: Page, way: str) -> None:
    before = page.url
    await typed(page, entitled="100", served="80")
    await page.locator(WAYS_OUT[way]).first.click()
    await page.wait_for_url(lambda url: url != before)
    assert await stored(room) == {"standing": "open", "entitled": 100, "served": 80, "budget": None}


async def test_two_people_on_one_row_meet_only_at_the_same_cell(
    room: IntakeRoom, browser: Browser, address: str, page: Page
) -> None:
    other = await window_of(browser, address, token_of("agus"))
    await other.goto(f"{address}{FORM}")
    await typed(other, entitled="100", served="80", budget="5")
    await other.keyboard.press("Tab")
    await saved(other)
    await typed(page, entitled="90", realised="4")
    await page.keyboard.press("Tab")
    await state(page, "entitled", "conflict")
    await state(page, "realised", "stored")
    assert await page.locator(f'[id="{SERVICE}.budget"]').input_value() == "5", (
        "what the other typed elsewhere is on the screen"
    )
    assert await page.locator(f'[id="{SERVICE}.entitled"]').input_value() == "90"
    await expect(page.locator(f'[id="salah-{SERVICE}.entitled"]')).to_contain_text(
        "Agus Riyadi mengubahnya dari kosong menjadi 100,"
    )
    assert await page.evaluate(AUDIT) == []
    await page.get_by_role("button", name="Pakai yang saya ketik").click()
    await saved(page)
    assert (await stored(room))["entitled"] == 90
    await typed(other, entitled="120")
    await other.keyboard.press("Tab")
    await state(other, "entitled", "conflict")
    await other.get_by_role("button", name="Pakai yang tersimpan: 90").click()
    await saved(other)
    assert await other.locator(f'[id="{SERVICE}.entitled"]').input_value() == "90"


async def test_an_ended_session_keeps_what_was_typed_and_goes_on(room: IntakeRoom, page: Page) -> None:
    answers = [401, 403]

    async def once(route: Route) -> None:
        if route.request.method == "POST" and answers:
            await route.fulfill(status=answers.pop(0), json={})
        else:
            await route.continue_()

    await page.evaluate(
        "window.jejak.session = { renew: () => { window.renewed = true; return Promise.resolve(); } }"
    )
    await page.route(f"**{FORM}*", once)
    await typed(page, entitled="100")
    await page.keyboard.press("Tab")
    await saved(page)
    assert await page.evaluate("window.renewed")
    assert (answers, (await stored(room))["entitled"]) == ([], 100)
    answers += [403, 403, 403]
    await typed(page, entitled="100", budget="7")
    await page.keyboard.press("Tab")
    await expect(page.locator("#simpan")).to_contain_text("Tidak diterima (403)")
    answers[:] = [422]
    await typed(page, entitled="101")
    await page.keyboard.press("Tab")
    await expect(page.locator("#simpan")).to_contain_text("Tidak diterima (422)")
    assert await page.locator(f'[id="{SERVICE}.entitled"]').input_value() == "101"


async def test_opening_a_page_and_going_on_changes_nothing_that_was_not_typed(
    room: IntakeRoom, browser: Browser, address: str
) -> None:
    """Whatever text is stored: a browser gives line breaks and spaces back otherwise than it got them."""
    said = {"served": 5, "entitled": 9, "reason": "\n baris 1\n\n  baris\t2 ", "origin": " rekap  x "}
    await room.give("PUT", f"/submissions/{CASE}/figures/{SERVICE}", "agus", said)
    before = await room.give("GET", f"/submissions/{CASE}", "agus")
    for script in (True, False):
        context = await browser.new_context(java_script_enabled=script, locale="id-ID")
        await context.add_cookies([{"name": COOKIE, "value": token_of("agus"), "url": address}])
        page = await context.new_page()
        await page.goto(f"{address}{FORM}")
        if script:
            await expect(page.locator("#simpan")).to_contain_text("Semua tersimpan")
            await page.evaluate("window.jejak.sheet.save()")
        await page.locator("#simpan-isian").click()
        await page.wait_for_load_state()
    assert (await room.give("GET", f"/submissions/{CASE}", "agus"))["figures"] == before["figures"]


async def test_while_somebody_else_is_signed_in_nothing_is_sent_and_no_link_is_dead(
    room: IntakeRoom, page: Page, address: str
) -> None:
    """Nothing goes in a stranger's name, the person may leave,
    and it is sent once the same person is back.
    """
    asked = []

    async def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        await dialog.dismiss()

    page.on("dialog", stay)

    async def become(person: str) -> None:
        await page.context.add_cookies([{"name": COOKIE, "value": token_of(person), "url": address}])

    await typed(page, entitled="100")
    await become("sri")
    await page.keyboard.press("Tab")
    await expect(page.locator("#simpan")).to_contain_text("Di peramban ini sekarang orang lain yang masuk.")
    async with page.expect_event("dialog"):
        await page.locator("main .breadcrumb a").click()
    assert asked == ["confirm"]
    assert await page.locator(f'[id="{SERVICE}.entitled"]').input_value() == "100"
    assert (await room.give("GET", f"/submissions/{CASE}", "agus"))["figures"] == {}
    await become("agus")
    await saved(page)
    assert (await stored(room))["entitled"] == 100
