"""Files that archive hands out: archived bytes, compared with their digest on the way.

SOP step 13. Previous hop: `api.py`, `pages.py`. Next hop: the archive bucket.
"""

from collections.abc import Mapping
from typing import Any

from fastapi import Response

from services.archive.filing import Filing
from shared.contracts.values import StoredFile
from shared.web.files import answer, store_answers
from shared.web.problems import NotFound


async def archived(filing: Filing, item: Mapping[str, Any] | None) -> Response:
    """The archived file of an item. Raises NotFound while it is not filed, or when the store no longer has exactly these bytes."""
    if item is None or item["filed_digest"] is None:
        raise NotFound
    with store_answers():
        return answer(await filing.open(item), StoredFile(**{**item["file"], "digest": item["filed_digest"]}))
