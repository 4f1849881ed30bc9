"""Whether a request is the same as an earlier one: a digest of what the caller sent,
whatever the route makes of it today.

Role: a command that is given again under its key is compared by this, so that defaults (the day, a plan,
a lock's end) may differ. Previous
hop: `acting`. Next hop: `command_handler`, which keeps the digest with the answer. Compared are method, path,
query and body: JSON by its content, a form by its fields without the frame's own (`_csrf`, `_command`,
`_version`), a file by its name and bytes.
"""

import asyncio
import hashlib
from typing import Any

import msgspec
from fastapi import Request
from starlette.datastructures import UploadFile

from shared.web.forms.csrf import form_of, is_form


async def digest_of(request: Request) -> bytes:
    """SHA-256 over the request, made once."""
    known: bytes | None = getattr(request.state, "digest", None)
    if known is None:
        body = await _form(request) if is_form(request) else _content(await request.body())
        query = sorted(request.query_params.multi_items())
        whole = msgspec.json.encode([request.method, request.url.path, query, body], order="deterministic")
        known = request.state.digest = hashlib.sha256(whole).digest()
    return known


def was_streamed(request: Request) -> bool:
    """Whether the body was read piece by piece and is gone, as an upload is: that gives no command."""
    return request._stream_consumed and not hasattr(request, "_body") and request._form is None  # noqa: SLF001  nothing public says so


def _content(body: bytes) -> Any:
    """JSON by its content; anything else byte by byte."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return body


async def _form(request: Request) -> list[tuple[str, Any]]:
    fields = (await form_of(request)).multi_items()
    return [
        (name, await _file(value) if isinstance(value, UploadFile) else value)
        for name, value in fields
        if not name.startswith("_")
    ]


async def _file(file: UploadFile) -> list[str]:
    def read() -> str:
        at = file.file.tell()
        file.file.seek(0)
        try:
            return hashlib.file_digest(file.file, "sha256").hexdigest()  # type: ignore[arg-type]  # a spooled file has all that is needed
        finally:
            file.file.seek(at)

    return [file.filename or "", await asyncio.to_thread(read)]
