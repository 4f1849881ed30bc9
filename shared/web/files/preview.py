"""What is to be seen of a file that somebody sent, without opening it: pages of a PDF and pictures, drawn
anew, or the first rows of a sheet.

Serves SOP steps 7 and 8, where evidence stands beside a figure. Previous hop: a page that shows evidence.
Next hop: `files/previewing.py`, a child process that lives for one look, so that a file that is made to hurt
takes nothing with it. What was seen last is kept in memory, by digest: a file is its content.
"""

import asyncio
import sys
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

import msgspec
import structlog
from fastapi import Request

from shared.contracts.values import StoredFile
from shared.objects.port import key_of
from shared.objects.spool import fetched
from shared.web.files.downloads import bucket_of, store_answers
from shared.web.files.file_kinds import PREVIEWED

PROJECT: Final = Path(__file__).parents[3]
CHILD: Final = (sys.executable, "-m", "shared.web.files.previewing")
SECONDS: Final = 20.0
KEPT: Final = 40
Why = Literal["", "kind", "too-large", "locked", "broken"]

log = structlog.get_logger()


class Preview(msgspec.Struct, frozen=True):
    """What is to be seen: the picture of one of `pages` (PNG), or `rows` of `many` and the names of `sheets`;
    or `why` nothing is: its kind is not shown, it is too large, locked by a password, or broken.
    """

    pages: int = 0
    picture: bytes = b""
    rows: tuple[tuple[str, ...], ...] = ()
    many: int = 0
    sheets: tuple[str, ...] = ()
    why: Why = ""


@dataclass(slots=True)
class _Looks:
    """One look at a time, and what the last ones showed."""

    turn: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))
    kept: OrderedDict[tuple[str, int], Preview] = field(default_factory=OrderedDict)


async def preview_of(request: Request, file: StoredFile, number: int = 1) -> Preview:
    """What is to be seen of a file that the caller has found to be this person's to see; of a PDF its page
    `number`, from 1 on, without a picture where there is no such page.

    Raises NotFound for a file that is gone, FileDamaged where the store has not exactly these bytes any more.
    """
    if file.media_type not in PREVIEWED:
        return Preview(why="kind")
    looks = _looks_of(request)
    async with looks.turn:
        asked = (file.digest, number)
        seen = looks.kept.pop(asked, None) or await _look(request, file, number)
        if not seen.why:  # a look that failed on a busy machine is tried again
            looks.kept[asked] = seen
        while len(looks.kept) > KEPT:
            looks.kept.popitem(last=False)
        return seen


def _looks_of(request: Request) -> _Looks:
    state = request.app.state
    if not hasattr(state, "looks"):
        state.looks = _Looks()
    looks: _Looks = state.looks
    return looks


async def _look(request: Request, file: StoredFile, number: int) -> Preview:
    with store_answers():
        content = await fetched(await bucket_of(request).stream(key_of(file.digest)))
        whole = b"".join([piece async for piece in content.pieces()])
    return await look_into(whole, file.media_type, number)


async def look_into(content: bytes, kind: str, number: int, *, seconds: float = SECONDS) -> Preview:
    """What a child process of its own shows of these bytes. One that takes too long, or that the system ends
    for what it takes, shows nothing.
    """
    child = await asyncio.create_subprocess_exec(
        *CHILD,
        kind,
        str(number),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=PROJECT,
    )
    try:
        said, _nothing = await asyncio.wait_for(child.communicate(content), seconds)
    except TimeoutError:
        return Preview(why="too-large")
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    try:
        return msgspec.json.decode(said, type=Preview)
    except msgspec.DecodeError:
        log.warning("file-not-shown", kind=kind, code=child.returncode)
        return Preview(why="too-large" if (child.returncode or 0) < 0 else "broken")
