"""A service that goes away while a form is on its way: the person gets back what was typed,
sends the same again, and it counts once.
"""

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from starlette.types import Receive, Scope, Send

from deploy.front_door.settings import DoorSettings
from deploy.local import caddy
from tests.browser.windows import AUDIT, WIDTHS, chromium, picture, sized
from tests.support.front_door import Door, front_door, serving

FORM = """<!doctype html><html lang="id"><head><title>Isian</title><meta name="viewport" content="width=device-width, initial-scale=1">
<script src="/static/kept.js" defer></script></head><body data-person="sri" data-accepted="{accepted}">
<template id="dikembalikan"><div><p data-files></p><button type="button">hapus</button></div></template>
<main><h1>Isian</h1><form method="post" action="/isian/serah"><input type="hidden" name="_csrf" value="old"><input type="hidden" name="_by" value="sri">
<input type="hidden" name="_command" value="c0ffee"><label>Alasan <textarea name="reason"></textarea></label>
<label>Berkas <input type="file" name="file"></label><button>Serahkan</button></form></main></body></html>"""  # noqa: E501


class Intake:
    """Intake in miniature: a form, the session that a page asks for,
    and commands that count once by their id. It goes away at its worst moment.
    """

    def __init__(self) -> None:
        self.effects: dict[str, str] = {}
        self.asked: list[tuple[str, str, str]] = []
        # "never" | "before" it did anything | "after" it took effect, and before it could say so | "always"
        self.dies = "never"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        from starlette.requests import Request
        from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse

        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        answer: HTMLResponse | JSONResponse | RedirectResponse
        if request.url.path.startswith("/api/"):
            if self.dies != "never":
                raise ConnectionResetError
            answer = JSONResponse({"person": "sri", "form_token": "fresh"})
        elif request.method == "POST":
            form = await request.form()
            told = (str(form.get("_csrf")), str(form.get("_command")), str(form.get("reason")))
            self.asked.append(told)
            if self.dies != "before":
                self.effects[told[1]] = told[2]
            if self.dies != "never":
                raise ConnectionResetError
            answer = RedirectResponse("/isian?terima", status_code=303)
        elif self.dies == "always":
            raise ConnectionResetError
        else:
            self.asked.append(("GET", request.url.path, ""))
            answer = HTMLResponse(
                FORM.format(accepted=".".join(self.effects) if "terima" in request.url.query else "")
            )
        await answer(scope, receive, send)


class Breaking:
    """Closes the connection without an answer where the application raises, as a killed process would."""

    def __init__(self, app: Intake) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.app(scope, receive, send)
        except ConnectionResetError:
            receive.__self__.transport.abort()  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def intake() -> Intake:
    return Intake()


@pytest.fixture
def door(intake: Intake) -> Iterator[Door]:
    with serving({"intake": Breaking(intake)}) as upstreams, front_door(upstreams) as found:
        yield found


def sent(browser: Browser, door: Door, width: str = "laptop", *, script: bool = True) -> Page:
    """A window in which the form was filled and sent."""
    context = browser.new_context(**sized(width), java_script_enabled=script)
    page = context.new_page()
    page.goto(f"{door.address}/isian")
    page.fill("textarea", "Kader berhenti\n<b>dua</b> bulan; 4.075 & seterusnya")
    return page


@pytest.mark.parametrize("dies", ["before", "after"])
def test_what_was_typed_comes_back_and_sending_again_counts_once(
    browser: Browser, door: Door, intake: Intake, dies: str
) -> None:
    page = sent(browser, door)
    intake.dies = dies
    page.click("button")
    page.wait_for_selector("#kiriman:not([hidden])")
    assert page.url == f"{door.address}/isian/serah"
    assert page.inner_text("#isian dt") == "Alasan"
    assert page.inner_text("#isian dd") == "Kader berhenti\n<b>dua</b> bulan; 4.075 & seterusnya"
    page.click("#lagi button")  # still away: nothing is lost
    page.wait_for_selector('[data-when="waiting"]:not([hidden])')
    posts = len([one for one in intake.asked if one[0] != "GET"])
    assert posts == 1, "the page by itself sent nothing"
    assert ("GET", "/isian/serah", "") not in intake.asked, "and never asked for the form's address by GET"
    intake.dies = "never"
    page.wait_for_selector('[data-when="back"]:not([hidden])')
    page.click("#lagi button")
    page.wait_for_url("**/isian?terima")
    *_, again = [one for one in intake.asked if one[0] != "GET"]
    assert again == ("fresh", "c0ffee", "Kader berhenti\r\n<b>dua</b> bulan; 4.075 & seterusnya")
    assert list(intake.effects) == ["c0ffee"]
    assert page.evaluate("sessionStorage.getItem('jejak.sent')") is None
    page.context.close()


def test_back_to_the_form_is_back_with_what_was_typed(browser: Browser, door: Door, intake: Intake) -> None:
    page = sent(browser, door)
    intake.dies = "before"
    page.click("button")
    page.wait_for_selector("#kiriman:not([hidden])")
    intake.dies = "never"
    page.click("#kembali")
    page.wait_for_url("**/isian")
    assert page.input_value("textarea").startswith("Kader berhenti")
    page.context.close()


def test_a_form_with_a_file_is_not_sent_without_it(
    browser: Browser, door: Door, intake: Intake, tmp_path: Path
) -> None:
    page = sent(browser, door)
    (tmp_path / "rekap.pdf").write_bytes(b"%PDF")
    page.set_input_files("input[type=file]", tmp_path / "rekap.pdf")
    intake.dies = "before"
    page.click("button")
    page.wait_for_selector("#kiriman:not([hidden])")
    assert "rekap.pdf" in page.inner_text("#berkas")
    assert page.query_selector("#lagi button") is None
    assert page.is_visible("#kembali")
    page.context.close()


def test_what_another_page_noted_is_not_offered_here(browser: Browser, door: Door, intake: Intake) -> None:
    page = sent(browser, door)
    page.evaluate(
        "sessionStorage.setItem('jejak.sent', JSON.stringify({page: '/x', action: '/pengesahan', "
        "fields: [['reason', 'lain']], files: [], at: 1}))"
    )
    page.evaluate(
        "document.querySelector('form').addEventListener('submit', (event) => "
        "event.stopImmediatePropagation(), true)"
    )
    intake.dies = "before"
    page.click("button")
    page.wait_for_selector("#tanpa:not([hidden])")
    assert page.query_selector("#isian dd") is None
    assert not page.is_visible("#kiriman")
    page.context.close()


def test_without_script_reloading_sends_the_same_once_more(
    browser: Browser, door: Door, intake: Intake
) -> None:
    page = sent(browser, door, script=False)
    intake.dies = "after"
    page.click("button")
    assert "setujui pengiriman ulang" in page.inner_text("main")
    intake.dies = "never"
    page.reload()
    assert page.url.endswith("/isian?terima")
    assert [one[1] for one in intake.asked if one[0] != "GET"] == ["c0ffee", "c0ffee"]
    assert list(intake.effects) == ["c0ffee"]
    page.context.close()


def test_a_page_opens_by_itself_when_the_service_answers_and_is_not_read_anew_before(
    browser: Browser, door: Door, intake: Intake
) -> None:
    page = browser.new_page()
    intake.dies = "always"
    looked: list[str] = []
    page.on("request", lambda request: looked.append(request.url) if "/health/" in request.url else None)
    opened: list[str] = []
    page.on("load", lambda _: opened.append(page.url))
    page.goto(f"{door.address}/isian")
    intake.dies = "never"
    page.wait_for_selector("textarea")
    assert looked
    assert len(opened) == 2, "once away, once there"
    page.context.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_the_pages_of_the_door_are_as_good_as_the_others(
    browser: Browser, door: Door, intake: Intake, width: str
) -> None:
    page = sent(browser, door, width)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    intake.dies = "before"
    page.click("button")
    page.wait_for_selector("#kiriman:not([hidden])")
    page.evaluate(
        "document.querySelectorAll('form').forEach((form) => "
        "form.append(Object.assign(document.createElement('input'), {type: 'hidden', name: '_csrf'})))"
    )
    assert page.evaluate(AUDIT) == []
    picture(page, f"layanan-pergi-formulir-{width}")
    for path in ("/verifikasi", "/static/none.css"):
        page.goto(f"{door.address}{path}")
        assert page.evaluate(AUDIT) == []
        picture(page, f"layanan-pergi{path.replace('/', '-')}-{width}")
    assert not [line for line in said if "Content Security Policy" in line]
    page.context.close()


def test_behind_tls_of_our_own_authority_browsers_speak_http2(browser: Browser, intake: Intake) -> None:
    with (
        serving({"intake": Breaking(intake)}) as upstreams,
        front_door(upstreams, DoorSettings(tls="internal")) as door,
    ):
        # ready means: certificates are made
        trusting = ssl.create_default_context(cafile=str(caddy.root_certificate(door.folder)))
        trusting.set_alpn_protocols(["h2"])
        for name in ("localhost", "127.0.0.1"):
            with trusting.wrap_socket(door.connection(), server_hostname=name) as there:
                assert there.selected_alpn_protocol() == "h2"
        context = browser.new_context(ignore_https_errors=True)
        page = context.new_page()
        page.goto(f"{door.address}/isian")
        assert page.url.startswith("https://localhost:")
        assert page.evaluate("performance.getEntriesByType('navigation')[0].nextHopProtocol") == "h2"
        answer = context.request.get(f"{door.address}/front-door/health")
        assert answer.headers["strict-transport-security"]
        assert context.request.get(f"{door.address}/isian", headers={"Host": "evil.example"}).status == 421
        context.close()
