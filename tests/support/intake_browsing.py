"""A browser without script in front of intake's pages: what a form carries, and sending it."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape

import httpx2

from shared.access.session import COOKIE
from tests.support.intake_room import IntakeRoom
from tests.support.web_room import HERE, token_of


@asynccontextmanager
async def browsing(room: IntakeRoom, person: str) -> AsyncIterator[httpx2.AsyncClient]:
    cookies = {COOKIE: token_of(person)}
    transport = httpx2.ASGITransport(app=room.app)
    async with httpx2.AsyncClient(transport=transport, base_url=HERE, cookies=cookies) as http:
        yield http


def hidden(text: str) -> dict[str, str]:
    """The hidden fields of the first form in the main part of a page that is sent by POST."""
    main = text[text.index("<main") :]
    form = main[main.index('method="post"') :]
    found = re.findall(
        r'<input type="hidden"[^>]*?name="([^"]+)" value="([^"]*)"', form[: form.index("</form>")]
    )
    return {name: unescape(value) for name, value in found}


async def send(
    room: IntakeRoom,
    http: httpx2.AsyncClient,
    path: str,
    target: str = "",
    files: object = None,
    **typed: str,
) -> httpx2.Response:
    """Opens a page and sends its first form with these fields."""
    keys = hidden((await http.get(path)).text)
    answer = await http.post(target or path, data={**keys, **typed}, files=files)
    await room.follow_up()
    return answer
