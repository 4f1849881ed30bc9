"""JSON of the shelf: what a cycle's archive holds, filing, the paper original, closing.

SOP step 13. Previous hop: a program with a session token.
Next hop: `shelf/orders.py`; `shelf/queries.py` by way of `Look`.
"""

from datetime import date, datetime
from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.archive import streams
from services.archive.queries import last_probe
from services.archive.shelf import downloads, orders, queries
from services.archive.shelf.addresses import Cycle, ItemId
from services.archive.store import archive_of
from shared.contracts.values import EventRef, StoredFile
from shared.web.acting import Act, CommandAnswer, Look
from shared.web.declared import does, reads
from shared.web.files.downloads import store_answers
from shared.web.forms.fields import Day, Name

router = APIRouter(prefix="/api/archive", tags=["shelf"])


class DatedIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    occurred_on: Day | None = Field(
        default=None, description="the day it was done; today where nothing is said"
    )


class HardCopyIn(DatedIn):
    location: Name = Field(examples=["Ruang 2, rak 3, boks 12"])
    copies: int = Field(strict=True, ge=0, le=10_000)


class Item(BaseModel):
    """An item of the shelf. It is filed when `filed_digest` is the digest of `file`."""

    item: str
    kind: str
    title: str
    file: StoredFile
    cause: EventRef
    expected_at: datetime
    filed_digest: str | None
    object_key: str | None
    object_version: str | None
    mode: Literal["governance", "compliance", "none"] | None = Field(
        description="the lock as the store reported it"
    )
    retain_until: datetime | None
    lock_enforced: bool | None = Field(
        description="whether a probe had just proved that the store keeps its locks"
    )
    filed_by: str | None
    filed_on: date | None
    filed_at: datetime | None
    sealed_at: datetime | None = Field(description="when the lock was made final, after the cycle was closed")


class Paper(BaseModel):
    """A paper original: `hardcopy` of the report, `hardcopy_koreksi_1` of an official correction."""

    item: str
    location: str
    copies: int
    by: str
    occurred_on: date


class Shelf(BaseModel):
    """The file of a cycle. Send `version` as If-Match with the next command."""

    cycle: str
    version: int
    items: list[Item]
    hard_copy_location: str | None
    hard_copy_copies: int | None
    hard_copy_by: str | None
    hard_copy_on: date | None
    archived_by: str | None
    archived_on: date | None
    checkpoint_size: int | None
    papers: list[Paper] = Field(description="the paper originals of every report of the cycle")
    correction: int = Field(description="the official correction whose papers are filed too; 0 for none")


class Protection(BaseModel):
    """What the object store was last seen to enforce; `enforced` only if a probe let nothing through."""

    store: str
    enforced: bool
    checks: int
    failed: list[str]
    at: datetime | None


@router.get("/cycles/{cycle}", summary="The shelf of a cycle", dependencies=[reads("archive.shelf")])
async def shelf(cycle: Cycle, look: Look) -> Shelf:
    async with look.conn() as conn:
        file, items = await queries.shelf(conn, cycle)
        papers = await queries.hard_copies(conn, cycle)
    look.version(streams.cycle_file(cycle), file["version"])
    return Shelf.model_validate({**file, "items": items, "papers": list(papers.values())})


@router.get(
    "/cycles/{cycle}/items/{item}/file",
    summary="The archived bytes of an item",
    dependencies=[reads("archive.item")],
)
async def item_file(cycle: Cycle, item: ItemId, look: Look) -> Response:
    return await downloads.archived(look, cycle, item)


@router.post(
    "/cycles/{cycle}/items/{item}/file",
    summary="File an item: copy it under lock, read it back",
    dependencies=[does("archive.FileItem")],
)
async def file_item(cycle: Cycle, item: ItemId, body: DatedIn, act: Act) -> CommandAnswer:
    with store_answers():
        return await orders.file_item(act, cycle, item, body.occurred_on)


@router.post(
    "/cycles/{cycle}/hard-copy",
    summary="Say where the paper original stands",
    dependencies=[does("archive.FileHardCopy")],
)
async def file_hard_copy(cycle: Cycle, body: HardCopyIn, act: Act) -> CommandAnswer:
    return await orders.file_hard_copy(act, cycle, body.location, body.copies, body.occurred_on)


@router.post("/cycles/{cycle}/close", summary="Close the cycle", dependencies=[does("archive.CloseCycle")])
async def close_cycle(cycle: Cycle, body: DatedIn, act: Act) -> CommandAnswer:
    return await orders.close_cycle(act, cycle, body.occurred_on)


@router.get(
    "/store", summary="What the object store was last seen to enforce", dependencies=[reads("archive.shelf")]
)
async def store(request: Request, look: Look) -> Protection:
    name = archive_of(request).name
    async with look.conn() as conn:
        last: dict[str, Any] | None = await last_probe(conn, name)
    if last is None:
        return Protection(store=name, enforced=False, checks=0, failed=[], at=None)
    return Protection(**last, enforced=not last["failed"])
