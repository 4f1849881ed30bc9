"""Files that archive hands out: archived bytes, compared with their digest on the way.

SOP step 13. Previous hop: `shelf/api.py`, `shelf/pages.py`. Next hop: the archive bucket.
"""

from dataclasses import replace
from pathlib import PurePosixPath

from fastapi import Response

from services.archive import queries
from services.archive.check import differences, object_walk
from services.archive.store import archive_of
from shared.contracts.values import StoredFile
from shared.web.acting import Looking
from shared.web.files.downloads import hand_out
from shared.web.problems.shape import FileDamaged, NotFound

UNREADABLE = {"object-damaged", "object-missing"}


async def waiting(look: Looking, cycle: str, item_id: str) -> Response:
    """The file of an item as it waits to be filed, out of the work bucket, so that it is read before it is
    locked. Raises NotFound where none waits.
    """
    async with look.conn() as conn:
        item = await queries.one_item(conn, cycle, item_id)
    if item is None or item["filed_digest"] == item["file"]["digest"]:
        raise NotFound
    return await hand_out(look.request, _on_the_shelf(StoredFile(**item["file"]), cycle, item_id))


async def archived(look: Looking, cycle: str, item_id: str) -> Response:
    """The archived file of an item. Raises NotFound while it is not filed,
    FileDamaged when the store has not exactly these bytes any more.

    What the slow check found to be damaged is said at once: a store searches long for what it cannot read.
    """
    async with look.conn() as conn:
        item = await queries.one_item(conn, cycle, item_id)
        known = await differences.of_place(conn, object_walk.place_of(item)) if item else []
    if item is None or item["filed_digest"] is None:
        raise NotFound
    if UNREADABLE & {row["kind"] for row in known}:
        raise FileDamaged
    kept = StoredFile(**{**item["file"], "digest": item["filed_digest"]})
    try:
        return await hand_out(
            look.request,
            _on_the_shelf(kept, cycle, item_id),
            bucket=archive_of(look.request),
            key=item["object_key"],
            version=item["object_version"],
        )
    except NotFound as gone:
        raise FileDamaged from gone


def _on_the_shelf(file: StoredFile, cycle: str, item_id: str) -> StoredFile:
    """By its name on the shelf: what was scanned is called by chance, and a later file may take its place."""
    suffix = PurePosixPath(file.name).suffix
    return replace(file, name=f"{cycle}-{item_id.replace('_', '-')}-{file.digest[:8]}{suffix}")
