"""A real browser whose session ends under its hands: with a script the page goes on,
without one the form comes back; nothing typed is lost.
"""

from collections.abc import AsyncIterator

import psycopg
import pytest
from fastapi import FastAPI
from playwright.async_api import Browser, Page, Route, expect

from shared.access.session import COOKIE, digest_of
from tests.browser.windows import AUDIT, WIDTHS, signs_in, window_of
from tests.support.access import database, fresh_token
from tests.support.applications import listening
from tests.support.kernel import install
from tests.support.parts import PostgresPart
from tests.support.web_room import COUNT_BY_BUTTON, running_app

FIELD = "input[name=step]"


@pytest.fixture
async def app(postgres: PostgresPart) -> AsyncIterator[FastAPI]:
    made = postgres.fresh_database("ends")
    install(made)
    async with running_app(made, COUNT_BY_BUTTON) as running:
        yield running


@pytest.fixture
async def address(app: FastAPI) -> AsyncIterator[str]:
    async with listening(app) as found:
        yield found


def end(app: FastAPI, session: str) -> None:
    with psycopg.connect(database().apps["intake"], autocommit=True) as conn:
        conn.execute("SELECT end_session(%s)", (digest_of(session),))
    app.state.running.sessions._known.clear()  # its second is over


async def typed(browser: Browser, address: str, session: str, what: str = "41") -> Page:
    page = await window_of(browser, address, session)
    await page.goto(f"{address}/hitung")
    await page.fill(FIELD, what)
    return page


async def sent_in_vain(page: Page) -> None:
    """The answer does not come from us: a front door or a proxy says that nothing is there."""

    async def away(route: Route) -> None:
        await (
            route.fulfill(status=502, content_type="text/html", body="<h1>Bad gateway</h1>")
            if route.request.method == "POST"
            else route.continue_()
        )

    await page.route("**/hitung*", away)
    await page.get_by_role("button", name="Tambah").click()
    await expect(page.get_by_role("heading", name="Bad gateway")).to_be_visible()
    await page.unroute("**/hitung*")


async def test_a_background_save_offers_signing_in_and_goes_on_in_the_same_page(
    app: FastAPI, browser: Browser, address: str
) -> None:
    session = fresh_token("sri")
    page = await typed(browser, address, session)
    end(app, session)
    await page.evaluate(
        "() => { window.went = false; window.jejak.session.renew().then(() => { window.went = true; }); }"
    )
    await expect(page.get_by_role("alert").filter(has_text="Sesi Anda sudah berakhir")).to_be_visible()
    assert await page.evaluate(AUDIT) == []
    before = await page.locator("main [name=_csrf]").first.input_value()
    await signs_in(page, "Sri Lestari")
    await page.wait_for_function("() => window.went")
    await expect(page.locator("#sesi")).to_be_hidden()
    assert await page.locator("main [name=_csrf]").first.input_value() != before
    assert await page.input_value(FIELD) == "41"
    await page.get_by_role("button", name="Tambah").click()
    await expect(page.locator("#jumlah")).to_have_text("41")


async def test_somebody_else_who_signs_in_does_not_go_on_with_it(
    app: FastAPI, browser: Browser, address: str
) -> None:
    session = fresh_token("sri")
    page = await typed(browser, address, session)
    end(app, session)
    await page.evaluate(
        "() => { window.went = false; window.jejak.session.renew().then(() => { window.went = true; }); }"
    )
    await signs_in(page, "Budi Santosa")
    await expect(page.get_by_role("alert").filter(has_text="sekarang orang lain yang masuk")).to_be_visible()
    assert await page.evaluate("() => window.went") is False
    await signs_in(page, "Sri Lestari")
    await page.wait_for_function("() => window.went")


async def test_a_page_of_an_older_session_of_the_same_person_recovers_without_a_word(
    app: FastAPI, browser: Browser, address: str
) -> None:
    old, new = fresh_token("sri"), fresh_token("sri")
    page = await typed(browser, address, old)
    await page.context.add_cookies([{"name": COOKIE, "value": new, "url": address}])
    await page.evaluate("() => window.jejak.session.renew()")
    await expect(page.locator("#sesi")).to_be_hidden()
    await page.get_by_role("button", name="Tambah").click()
    await expect(page.locator("#jumlah")).to_have_text("41")


async def test_what_no_answer_came_for_is_back_in_its_field_until_it_is_taken(
    app: FastAPI, browser: Browser, address: str
) -> None:
    page = await typed(browser, address, fresh_token("sri"))
    await page.evaluate(
        "() => document.querySelector('main form').insertAdjacentHTML('beforeend', "
        "'<input type=password name=x value=s3kr3t><input name=kata_sandi value=s3kr3t>')"
    )
    await sent_in_vain(page)
    await page.goto(f"{address}/hitung")
    await expect(page.get_by_role("status").filter(has_text="belum diterima")).to_be_visible()
    assert await page.input_value(FIELD) == "41"
    kept = await page.evaluate("() => sessionStorage.getItem('jejak.sent')")
    assert "_csrf" not in kept
    assert "s3kr3t" not in kept
    assert await page.evaluate(AUDIT) == []
    await page.get_by_role("button", name="Tambah").click()
    await expect(page.locator("#jumlah")).to_have_text("41")
    await page.wait_for_function("() => sessionStorage.getItem('jejak.sent') === null")
    await page.goto(f"{address}/hitung")
    assert await page.input_value(FIELD) == ""


async def test_of_two_forms_that_no_answer_came_for_neither_is_lost(
    app: FastAPI, browser: Browser, address: str
) -> None:
    page = await typed(browser, address, fresh_token("sri"))
    await sent_in_vain(page)
    await page.goto(f"{address}/hitung?lagi=1")
    await page.evaluate("() => document.querySelector('main form').setAttribute('action', '/hitung?lagi=1')")
    await page.fill(FIELD, "99")
    await sent_in_vain(page)
    kept = await page.evaluate(
        "() => JSON.parse(sessionStorage.getItem('jejak.sent')).map((sent) => [sent.action, sent.shown])"
    )
    assert kept == [["/hitung", [["Tambah", "41"]]], ["/hitung?lagi=1", [["Tambah", "99"]]]]
    await page.goto(f"{address}/hitung")
    assert await page.input_value(FIELD) == "41"
    await page.get_by_role("button", name="Tambah").click()
    await expect(page.locator("#jumlah")).to_have_text("41")
    await page.wait_for_function("() => JSON.parse(sessionStorage.getItem('jejak.sent')).length === 1")
    await page.goto(f"{address}/hitung")
    assert await page.input_value(FIELD) == "", "what was taken is forgotten, and only that"


async def test_what_one_person_sent_in_vain_is_not_filled_in_for_another(
    app: FastAPI, browser: Browser, address: str
) -> None:
    page = await typed(browser, address, fresh_token("sri"))
    await sent_in_vain(page)
    await page.context.add_cookies([{"name": COOKIE, "value": fresh_token("budi"), "url": address}])
    await page.goto(f"{address}/hitung")
    assert await page.input_value(FIELD) == ""
    await page.context.add_cookies([{"name": COOKIE, "value": fresh_token("sri"), "url": address}])
    await page.goto(f"{address}/hitung")
    assert await page.input_value(FIELD) == "41"


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
async def test_a_form_sent_after_the_end_is_sent_again_after_signing_in(
    app: FastAPI, browser: Browser, address: str, script: bool
) -> None:
    for width in WIDTHS:
        session = fresh_token("sri")
        size = WIDTHS[width]
        context = await browser.new_context(
            viewport={"width": size[0], "height": size[1]}, locale="id-ID", java_script_enabled=script
        )
        await context.add_cookies([{"name": COOKIE, "value": session, "url": address}])
        page = await context.new_page()
        await page.goto(f"{address}/hitung")
        before = int((await page.inner_text("#jumlah")).replace(".", ""))
        await page.fill(FIELD, "7")
        end(app, session)
        await page.get_by_role("button", name="Tambah").click()
        await expect(page.get_by_text("Yang Anda ketik masih ada dan belum dikirim.")).to_be_visible()
        if script:
            assert await page.evaluate(AUDIT) == []
        await page.get_by_role("button", name="Sri Lestari").click()
        await expect(page.get_by_role("button", name="Kirim sekarang")).to_be_visible()
        await page.wait_for_load_state("load")  # its style too
        if script:
            assert await page.evaluate(AUDIT) == []
        await page.get_by_role("button", name="Kirim sekarang").click()
        await expect(page.locator("#jumlah")).to_have_text(str(before + 7))
        assert page.url == f"{address}/hitung"
        await context.close()
