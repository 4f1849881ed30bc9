"""Files that archive hands out: archived bytes, compared with their digest on the way.

SOP step 13. Previous hop: `api.py`, `pages.py`. Next hop: the archive bucket.
"""

from collections.abc import Mapping
from typing import Any

from fastapi import Request, Response

from services.archive.filing import Filing
from shared.contracts.values import StoredFile
from shared.web.files import hand_out
from shared.web.problems import NotFound


async def archived(request: Request, filing: Filing, item: Mapping[str, Any] | None) -> Response:
    """The archived file of an item. Raises NotFound while it is not filed, or when the store no longer has exactly these bytes."""
    if item is None or item["filed_digest"] is None:
        raise NotFound
    file = StoredFile(**{**item["file"], "digest": item["filed_digest"]})
    return await hand_out(request, file, bucket=filing.bucket, key=item["object_key"], version=item["object_version"])
