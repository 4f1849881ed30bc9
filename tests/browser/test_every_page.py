"""Every page of every service in a real Chromium, on a laptop and on a phone:
it fits, it can be read, it says nothing to the console.
"""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from dataclasses import dataclass, field

import httpx2
import pytest
import structlog
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Error, Page, Route

from deploy.local.postgres.databases import Database
from shared.access.session import COOKIE
from shared.service_names import SERVICES
from tests.architecture.test_endpoint_matrix import guarded, path_of, scopes
from tests.browser.pdf_text import text_of
from tests.browser.windows import AUDIT, OTHER_ROOMS, chromium, picture, sized, stuck_answer
from tests.support.access import token_of
from tests.support.applications import application, fill, person_as
from tests.support.front_door import serving
from tests.support.parts import PostgresPart

HIGHEST_FRAME = 56
ROLES = ("kabag", "tim_spm", "unsur_opd", "arsiparis", "inspektur", "operator", "provinsi")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module", params=SERVICES)
def service(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@asynccontextmanager
async def filled(service: str, database: Database) -> AsyncIterator[FastAPI]:
    """Opened by the thread that serves it: the browser's own loop runs in this one."""
    await fill(service, database)
    async with application(service, database) as app:
        yield app


@pytest.fixture(scope="module")
def address(service: str, postgres: PostgresPart) -> Iterator[str]:
    structlog.configure(
        processors=[structlog.processors.KeyValueRenderer()], logger_factory=structlog.ReturnLoggerFactory()
    )
    database = postgres.fresh_database(f"pages_{service}")
    with serving({service: filled(service, database)}) as found:
        yield f"http://{found[service]}"
    structlog.reset_defaults()


@pytest.fixture(scope="module")
def pages(service: str, address: str) -> list[tuple[str, str]]:
    """(path, a role that may see it) of every page that the service has for people;
    files and pictures have addresses too, but are none.
    """
    found = []
    for route in guarded(service, reading=True):
        role = next((role for role in ROLES if scopes(route, role)), None)
        if role is None or route.path.startswith("/api/"):
            continue
        cookies = {COOKIE: token_of(person_as(role))}
        answer = httpx2.get(address + path_of(route, "dinkes"), cookies=cookies, follow_redirects=True)
        if answer.status_code >= 500 or (
            answer.is_success and answer.headers.get("content-type", "").startswith("text/html")
        ):
            found.append((path_of(route, "dinkes"), role))
    assert found
    return found


@dataclass
class Windows:
    """Windows of people who are signed in. Who opens several in one test has them in one browser, as at home:
    what does not change is fetched once.
    """

    browser: Browser
    address: str
    opened: dict[tuple[object, ...], BrowserContext] = field(default_factory=dict)

    @contextmanager
    def __call__(self, role: str, width: str = "laptop", *, script: bool = True) -> Iterator[Page]:
        context = self.opened.get((role, width, script)) or self._of(role, width, script=script)
        page = context.new_page()
        yield page
        page.close()

    def _of(self, role: str, width: str, *, script: bool) -> BrowserContext:
        made = self.browser.new_context(**sized(width), java_script_enabled=script)
        made.add_cookies([{"name": COOKIE, "value": token_of(person_as(role)), "url": self.address}])
        made.route(OTHER_ROOMS, nothing_stuck)
        self.opened[role, width, script] = made
        return made

    def close(self) -> None:
        """Closes all of them."""
        for context in self.opened.values():
            context.close()


@pytest.fixture
def window(browser: Browser, address: str) -> Iterator[Windows]:
    with closing(Windows(browser, address)) as windows:
        yield windows


def nothing_stuck(route: Route) -> None:
    with suppress(Error):  # the page may have gone on meanwhile
        if route.request.is_navigation_request():
            route.continue_()
        else:
            route.fulfill(**stuck_answer(route.request.url))


def look(page: Page, where: str) -> list[str]:
    """Opens a page; answers with what is wrong with it: also where it does not say that its data are
    a demonstration's.
    """
    said: list[str] = []
    page.on("console", lambda message: said.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"script: {error}"))
    answer = page.goto(where)
    assert answer is not None
    if answer.status != 200:
        said.append(f"status {answer.status}")
    if not page.locator("header .trial").is_visible():
        said.append("does not say that this is a demonstration")
    return said + page.evaluate(AUDIT)


# Every shown text with a digit in it, fields included; what only leads elsewhere or acts is not what an
# office files.
FIGURES = r"""() => {
  const apart = "nav, button, .button, .no-print, .pager, .info, .confirm, script, select, [type=file], .breadcrumb, .languages, .due-why";
  const shown = (e) => e.checkVisibility({ checkVisibilityCSS: true });
  window.figures = [...document.querySelectorAll("main *")].filter((e) => !e.closest(apart) && shown(e)
    && (e.matches("input, textarea") ? /\d/.test(e.value) && e.type !== "hidden" : [...e.childNodes].some((n) => n.nodeType === 3 && /\d/.test(n.data))));
  return window.figures.length;
}"""  # noqa: E501
TEXTS = r"""() => window.figures.flatMap((e) => (e.matches("input, textarea") ? [e.value]
  : [...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data)))"""
LOST = """() => window.figures.filter((e) => !e.checkVisibility({ checkVisibilityCSS: true })).map((e) => (e.value || e.innerText || e.outerHTML).slice(0, 80))"""  # noqa: E501


@dataclass(frozen=True)
class Visit:
    """What one visit to a page on a laptop found: what is wrong with it, its heading, how many forms and
    figures it shows, and which of these figures its print leaves out.
    """

    wrong: list[str]
    heading: str
    forms: int
    figures: int
    lost: list[str]


Visits = dict[tuple[str, str], Visit]


@pytest.fixture(scope="module")
def visits(browser: Browser, service: str, address: str, pages: list[tuple[str, str]]) -> Iterator[Visits]:
    """Every page, opened once on a laptop."""
    with closing(Windows(browser, address)) as window:
        yield {(path, role): visited(window, service, path, role) for path, role in pages}


def visited(window: Windows, service: str, path: str, role: str) -> Visit:
    """Looks at a page, then prints it."""
    with window(role) as page:
        wrong = look(page, window.address + path)
        picture(page, f"{service}{path.replace('/', '_')}-laptop")
        heading, forms = page.locator("main h1").inner_text(), page.locator("main form").count()
        figures = page.evaluate(FIGURES)
        page.emulate_media(media="print")
        lost = page.evaluate(LOST)
        if not page.locator(".trial").locator("visible=true").count():
            lost.append("that this is a demonstration")
        printed = text_of(page.pdf(prefer_css_page_size=True))
        lost += [
            number
            for text in page.evaluate(TEXTS)
            for number in re.findall(r"\d[\d.,]*", text)
            if number.rstrip(".,") not in printed
        ]
    return Visit(wrong, heading, forms, figures, lost)


def test_every_page_fits_and_can_be_read_on_a_laptop(visits: Visits) -> None:
    assert {place: visit.wrong for place, visit in visits.items() if visit.wrong} == {}


def test_every_page_fits_and_can_be_read_on_a_phone(
    window: Windows, service: str, address: str, pages: list[tuple[str, str]]
) -> None:
    wrong = {}
    for path, role in pages:
        with window(role, "phone") as page:
            if found := look(page, address + path):
                wrong[f"{path} as {role}"] = found
            picture(page, f"{service}{path.replace('/', '_')}-phone")
    assert wrong == {}


def test_every_page_prints_the_figures_that_it_shows(visits: Visits) -> None:
    assert {place: visit.lost for place, visit in visits.items() if visit.lost} == {}
    assert any(visit.figures for visit in visits.values()), "pages that show no figure at all prove nothing"


def test_every_page_says_the_same_without_script(window: Windows, address: str, visits: Visits) -> None:
    for (path, role), visit in visits.items():
        with window(role, script=False) as plain:
            plain.goto(address + path, wait_until="domcontentloaded")
            assert plain.locator("main h1").inner_text() == visit.heading, path
            assert plain.locator("main form").count() == visit.forms, path


def test_every_page_speaks_english_when_asked(address: str, pages: list[tuple[str, str]]) -> None:
    for path, role in pages:
        cookies = {COOKIE: token_of(person_as(role))}
        page = httpx2.get(f"{address}{path}?lang=en", cookies=cookies, follow_redirects=True).text
        assert '<html lang="en"' in page, path
        assert "Skip to content" in page, path


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_frame_has_room_for_everything_at_every_width(
    window: Windows, address: str, pages: list[tuple[str, str]], language: str
) -> None:
    """The longest menu, of whoever may see most, and a page of it."""
    wrong = {}
    path = next(path for path, role in pages if role == "kabag")
    with window("kabag") as page:
        for width in (360, 801, 1024, 1280, 1440):
            page.set_viewport_size({"width": width, "height": 740})
            found = look(page, f"{address}{path}?lang={language}")
            high = page.evaluate("document.querySelector('header.frame').offsetHeight")
            if found or high > HIGHEST_FRAME:
                wrong[f"{path}, {width} wide"] = [*found, f"{high} high"]
    assert wrong == {}


def test_what_is_not_there_and_the_way_in_say_that_this_is_a_demonstration(
    window: Windows, address: str, service: str
) -> None:
    with window("unsur_opd", "phone") as page:
        for where, status in (("/tidak-ada", 404), *([("/masuk", 200)] if service == "intake" else [])):
            answer = page.goto(address + where)
            assert answer is not None
            assert (where, answer.status) == (where, status)
            assert page.locator("header .trial").is_visible(), where


def test_the_first_tab_leads_past_the_frame(
    window: Windows, address: str, pages: list[tuple[str, str]]
) -> None:
    path, role = pages[0]
    with window(role) as page:
        page.goto(address + path)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "isi"
