"""The session ends under the figure sheet: the person signs in in the window that the page offers,
and the saving goes on as the same person.

Whoever else signs in there takes nothing over: what the first typed stays in the first one's window,
and is nobody else's act.
"""

import psycopg
import pytest
from playwright.async_api import Browser, Page, expect

from shared.access.session import COOKIE, digest_of
from tests.browser.windows import AUDIT, signs_in, window_of
from tests.support.access import database, fresh_token
from tests.support.intake_room import CYCLE, IntakeRoom

CASE, SERVICE = f"{CYCLE}-satpolpp-tahunan", "trantib.trantibum"
FORM = f"/isian/{CASE}"
ENDED, OTHER = "Sesi Anda sudah berakhir", "sekarang orang lain yang masuk"
OFFICER, SOMEBODY_ELSE = "Agus Riyadi", "Hesti Wulandari"


def end(room: IntakeRoom, session: str) -> None:
    with psycopg.connect(database().apps["intake"], autocommit=True) as conn:
        conn.execute("SELECT end_session(%s)", (digest_of(session),))
    room.running.sessions._known.clear()  # its second is over


async def sheet_of(room: IntakeRoom, browser: Browser, address: str) -> Page:
    """The officer's sheet, open and saving."""
    session = fresh_token("agus")
    page = await window_of(browser, address, session)
    await page.goto(f"{address}{FORM}")
    await typed(page, "entitled", "200")
    await expect(page.locator("#simpan")).to_contain_text("✓")
    end(room, session)
    return page


async def typed(page: Page, cell: str, text: str) -> None:
    await page.locator(f'[id="{SERVICE}.{cell}"]').fill(text)
    await page.keyboard.press("Tab")


async def value(page: Page, cell: str) -> str:
    return await page.locator(f'[id="{SERVICE}.{cell}"]').input_value()


async def entered(room: IntakeRoom) -> list[tuple[str, object, object]]:
    """Who entered what, from the events themselves."""
    async with room.running.pool.connection() as conn:
        found = await conn.execute(
            b"SELECT metadata->'actor'->>'person', data->'figure'->'entitled', "
            b"data->'figure'->'served' FROM event"
            b" WHERE type = 'figure-entered' ORDER BY position"
        )
        return [tuple(row) for row in await found.fetchall()]


async def test_signing_in_beside_the_sheet_goes_on_saving_as_the_same_person(
    room: IntakeRoom, browser: Browser, address: str
) -> None:
    page = await sheet_of(room, browser, address)
    await typed(page, "served", "180")
    await expect(page.locator("#sesi")).to_contain_text(ENDED)
    await expect(page.locator("#simpan")).not_to_contain_text("✓")
    assert await page.evaluate(AUDIT) == []
    await typed(page, "budget", "77")  # one goes on typing meanwhile
    await signs_in(page, OFFICER)
    await expect(page.locator("#sesi")).to_be_hidden()
    await expect(page.locator("#simpan")).to_contain_text("✓")
    await typed(page, "served", "181")
    await expect(page.locator("#simpan")).to_contain_text("✓")
    await expect(page.locator(f'.box:has([id="{SERVICE}.served"])')).to_have_attribute("data-state", "stored")
    found = await room.give("GET", f"/submissions/{CASE}", "agus")
    figure = found["figures"][SERVICE]["figure"]
    assert (figure["entitled"], figure["served"], figure["budget"]) == (200, 181, 77)
    assert {person for person, *_ in await entered(room)} == {"agus"}


async def test_somebody_else_who_signs_in_there_takes_nothing_over(
    room: IntakeRoom, browser: Browser, address: str
) -> None:
    page = await sheet_of(room, browser, address)
    before = await entered(room)
    await typed(page, "served", "180")
    await expect(page.locator("#sesi")).to_contain_text(ENDED)
    await signs_in(page, SOMEBODY_ELSE)
    await expect(page.locator("#sesi")).to_contain_text(OTHER)
    await typed(page, "budget", "77")
    await page.get_by_role("button", name="Simpan isian").click()
    await expect(page.locator("#simpan")).not_to_contain_text("✓")
    second = await page.context.new_page()
    await second.goto(f"{address}{FORM}")
    assert SOMEBODY_ELSE in await second.inner_text("header")
    assert "180" not in await second.inner_text("main"), (
        "what the first typed and could not store is not the second's to see"
    )
    assert await entered(room) == before, "and nothing was stored in anybody's name"
    assert (await value(page, "served"), await value(page, "budget")) == ("180", "77")
    await signs_in(page, OFFICER)
    await expect(page.locator("#sesi")).to_be_hidden()
    await expect(page.locator("#simpan")).to_contain_text("✓")
    assert {person for person, *_ in await entered(room)} == {"agus"}
    assert (await entered(room))[-1][1:] == (200, 180)


@pytest.mark.parametrize(
    "next_person", ["hesti", "lina", ""], ids=["another office", "another agency", "nobody"]
)
async def test_signed_out_and_in_elsewhere_while_a_save_is_on_its_way(
    room: IntakeRoom, browser: Browser, address: str, next_person: str
) -> None:
    """The cookie of the window changes under the page;
    the saves that follow are the first person's or nobody's.
    """
    page = await sheet_of(room, browser, address)
    before = await entered(room)
    if next_person:
        await page.context.add_cookies([{"name": COOKIE, "value": fresh_token(next_person), "url": address}])
    else:
        await page.context.clear_cookies(name=COOKIE)
    await typed(page, "served", "180")
    await expect(page.locator("#simpan")).to_contain_text("▲")
    assert await entered(room) == before
    assert await value(page, "served") == "180"
    await page.context.add_cookies([{"name": COOKIE, "value": fresh_token("agus"), "url": address}])
    await page.get_by_role("button", name="Simpan isian").click()
    await expect(page.locator("#simpan")).to_contain_text("✓")
    assert (await entered(room))[-1] == ("agus", 200, 180)
