"""Rendering port: template and data in, a PDF/A-2a + PDF/UA-1 file out, the same bytes for the same input.

Role: the typesetter of the office. SOP steps 4, 9, 10. Previous hop: `papers/drafting.py`.
Next hop: `letters/typesetting.py`, a child process that lives for one file, so that this service stays small
(Typst peaks at 0.3 GB).
"""

import asyncio
import hashlib
import importlib.metadata
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import msgspec

LETTERS = Path(__file__).parent
PROJECT = Path(__file__).parents[3]
CHILD = (sys.executable, "-m", "services.documents.letters.typesetting")
PICTURE_PPI = 64
_IMPORT = re.compile(r'^#import "([^"@]+)"', re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manuscript:
    """What is to be typeset: template file, its data, and the date that the
    file bears (the only clock of the rendering).
    """

    template: str
    data: Mapping[str, Any]
    dated: date

    @property
    def canonical(self) -> bytes:
        """The data as canonical JSON: what `data_digest` is taken from, and what is kept beside the file."""
        return json.dumps(self.data, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A finished PDF and the three things that determine its bytes."""

    content: bytes
    digest: str
    data_digest: str
    template_digest: str
    engine: str


class CannotRender(Exception):
    """No file was made. `glyph` and `text` are filled when a character is in none of the shipped fonts,
    `where` names the field.
    """

    def __init__(self, message: str, *, glyph: str = "", text: str = "", where: str = "") -> None:
        super().__init__(message)
        self.glyph, self.text, self.where = glyph, text, where


class Renderer(Protocol):
    async def render(self, manuscript: Manuscript) -> Rendered:
        """The manuscript as a PDF. Raises CannotRender."""
        ...

    async def pictures(self, template: str, data: bytes) -> list[bytes]:
        """The pages of a manuscript (`data`: its canonical JSON) as small PNG pictures.
        Raises CannotRender.
        """
        ...


class TypstRenderer:
    """Renders in a child process of its own, one at a time;
    a child that takes longer than `timeout` seconds is ended.
    """

    def __init__(self, *, timeout: float = 120.0) -> None:
        self._timeout = timeout
        self._turn = asyncio.Semaphore(1)

    async def render(self, manuscript: Manuscript) -> Rendered:
        job = _job(manuscript.template, manuscript.canonical)
        dated = datetime.combine(manuscript.dated, datetime.min.time(), UTC)
        content = await self._typeset(job | {"timestamp": int(dated.timestamp())}, manuscript.data)
        return Rendered(
            content=content,
            digest=hashlib.sha256(content).hexdigest(),
            data_digest=job["fingerprint"],
            template_digest=template_digest(manuscript.template),
            engine=engine(),
        )

    async def pictures(self, template: str, data: bytes) -> list[bytes]:
        content = await self._typeset({**_job(template, data), "ppi": PICTURE_PPI}, {})
        return msgspec.json.decode(content, type=list[bytes])

    async def _typeset(self, job: Mapping[str, Any], data: Mapping[str, Any]) -> bytes:
        async with self._turn:
            child = await asyncio.create_subprocess_exec(
                *CHILD,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                cwd=PROJECT,
            )
            try:
                content, said = await asyncio.wait_for(
                    child.communicate(msgspec.json.encode(job)), self._timeout
                )
            except TimeoutError as error:
                raise CannotRender(f"typesetting took longer than {self._timeout} s") from error
            finally:
                if child.returncode is None:
                    child.kill()
                    await child.wait()
        if child.returncode != 0:
            raise _explain(said.decode(errors="replace").strip(), data)
        return content


def _job(template: str, data: bytes) -> dict[str, Any]:
    return {"template": template, "data": data.decode(), "fingerprint": hashlib.sha256(data).hexdigest()}


def _explain(said: str, data: Mapping[str, Any]) -> CannotRender:
    """The child's complaint; if it is about characters that no font has,
    with the first text that contains one.
    """
    try:
        complaint = msgspec.json.decode(said.splitlines()[-1], type=dict[str, str])
    except (msgspec.DecodeError, IndexError):
        return CannotRender(f"the typesetter ended without an answer: {said[-500:]}")
    glyph = complaint.get("glyph", "")
    where, text = next(((path, value) for path, value in texts(data) if glyph and glyph in value), ("", ""))
    return CannotRender(complaint["message"], glyph=glyph, text=text, where=where)


def texts(data: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text in the data with its place, e.g. `fields.team.3.1`."""
    match data:
        case str():
            yield path, data
        case Mapping():
            for key, value in data.items():
                yield from texts(value, f"{path}.{key}".lstrip("."))
        case list() | tuple():
            for index, value in enumerate(data):
                yield from texts(value, f"{path}.{index}".lstrip("."))


@cache
def template_digest(template: str) -> str:
    """SHA-256 over template, what it imports, and fonts: another file or another font is another digest."""
    total = hashlib.sha256()
    for path in (*_parts_of(template), *sorted((LETTERS / "fonts").glob("*.[ot]tf"))):
        total.update(f"{path.name}\n{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


def _parts_of(template: str) -> Sequence[Path]:
    """The file of a template and those that it imports, and they, each once."""
    found = [LETTERS / template]
    for path in found:
        imported = (LETTERS / name for name in _IMPORT.findall(path.read_text(encoding="utf-8")))
        found += [part for part in dict.fromkeys(imported) if part not in found]
    return found


@cache
def engine() -> str:
    """The exact renderer, e.g. `typst 0.15.2`."""
    return f"typst {importlib.metadata.version('typst')}"
