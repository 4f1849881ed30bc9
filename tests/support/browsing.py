"""A person with a real browser in front of one room: Chromium where there is one,
the room's application on a port, windows of two widths, and the audit of what is on the page.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.async_api import Browser, Error, Page, Route, async_playwright, expect

from shared.access.session import COOKIE
from tests.support.browser import AUDIT, FLAGS, OTHER_ROOMS, WIDTHS, chromium_path, stuck_answer

expect.set_options(timeout=30_000)  # a busy machine is no failure: nothing is timed in a test


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(
            executable_path=chromium_path(), chromium_sandbox=False, args=FLAGS
        )
        yield opened
        await opened.close()


@asynccontextmanager
async def listening(app: FastAPI) -> AsyncIterator[str]:
    """The address of an application whose room is open already."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="off"))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  uvicorn has no event for it
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await serving


async def window_of(browser: Browser, address: str, token: str, width: str = "laptop") -> Page:
    """A window of a signed-in person."""
    size = WIDTHS[width]
    context = await browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="id-ID")
    await context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
    await context.route(OTHER_ROOMS, _nothing_stuck)
    return await context.new_page()


async def _nothing_stuck(route: Route) -> None:
    with suppress(Error):  # the page may have gone on meanwhile
        if route.request.is_navigation_request():
            await route.continue_()
        else:
            await route.fulfill(**stuck_answer(route.request.url))


async def audited(browser: Browser, address: str, token: str, state: str, paths: Sequence[str]) -> None:
    """Both widths of each page: nothing wrong by the audit, nothing said on the console;
    pictures where JEJAK_PICTURES asks for them.
    """
    for width in WIDTHS:
        page = await window_of(browser, address, token, width)
        said: list[str] = []
        page.on("console", lambda message, said=said: said.append(message.text))
        for path in paths:
            await page.goto(f"{address}{path}")
            assert said + list(await page.evaluate(AUDIT)) == [], f"{path} in state {state} on a {width}"
            if folder := os.environ.get("JEJAK_PICTURES"):
                name = path.strip("/").replace("/", "-").replace("?", "-")
                await page.screenshot(path=f"{folder}/{state}-{name}-{width}.png", full_page=True)
        await page.context.close()


async def signs_in(page: Page, name: str) -> Page:
    """Signs in again in the window that the page offers, and answers that window."""
    async with page.context.expect_page() as opening:
        await page.get_by_role("link", name="Masuk lagi di jendela baru").click()
    second = await opening.value
    await second.get_by_role("button", name=name).click()
    return second
