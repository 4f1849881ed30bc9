"""Files that archive hands out: archived bytes, compared with their digest on the way; and what it says when the store does not answer.

SOP step 13. Previous hop: `api.py`, `pages.py`. Next hop: the archive bucket.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from fastapi import HTTPException, Response

from services.archive.filing import Filing
from shared.objects.port import Corrupt, NotThere, StoreAway
from shared.web.problems import NotFound

SHOWN = ("application/pdf", "image/png", "image/jpeg")
"""What a browser may show in place; everything else is downloaded, so that no file ever runs as a page of ours."""


@contextmanager
def store_answers() -> Iterator[None]:
    """A store that does not answer becomes a 503 that may be tried again."""
    try:
        yield
    except StoreAway as away:
        raise HTTPException(503, headers={"Retry-After": "5"}) from away


async def archived(filing: Filing, item: Mapping[str, Any] | None) -> Response:
    """The archived file of an item. Raises NotFound while it is not filed, or when the store no longer has exactly these bytes."""
    if item is None or item["filed_digest"] is None:
        raise NotFound
    try:
        with store_answers():
            content = await filing.open(item)
    except (NotThere, Corrupt) as error:
        raise NotFound from error
    file, shown = item["file"], item["file"]["media_type"] in SHOWN
    return Response(
        content,
        media_type=file["media_type"] if shown else "application/octet-stream",
        headers={
            "Content-Disposition": f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(file['name'])}",
            "ETag": f'"{item["filed_digest"]}"',
            "Cache-Control": "private, max-age=86400, immutable",
            "Content-Security-Policy": "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        },
    )
