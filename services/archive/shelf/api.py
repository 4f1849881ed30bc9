"""JSON of the shelf: what a cycle's archive holds, filing, the paper original, closing.

SOP step 13. Previous hop: a program with a session token. Next hop: `shelf/orders.py`, then `command_handler` by way of `Act`; `queries.py` by way
of `Look`. The audit log's routes stand in `log/api.py`.
"""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.archive import queries
from services.archive.process_manager import stream_of
from services.archive.shelf import downloads as files
from services.archive.shelf import orders
from services.archive.works import works_of
from shared.contracts.fields import Text
from shared.contracts.values import EventRef, StoredFile
from shared.web.acting import Act, CommandAnswer, Look
from shared.web.declared import does, reads
from shared.web.files.downloads import store_answers
from shared.web.forms.fields import Checked, CycleId, Day, Name

router = APIRouter(prefix="/api/archive", tags=["shelf"])

Cycle = Annotated[CycleId, Path(description="region and year, e.g. 3402-2026")]
ItemId = Annotated[str, Checked(Text(80, pattern=r"[a-z0-9_]{1,80}")), Path(description="e.g. laporan, tanda_terima_gubernur")]


class DatedIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    occurred_on: Day | None = Field(default=None, description="the day it was done; today where nothing is said")


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
    mode: Literal["governance", "compliance", "none"] | None = Field(description="the lock as the store reported it")
    retain_until: datetime | None
    lock_enforced: bool | None = Field(description="whether a probe had just proved that the store keeps its locks")
    filed_by: str | None
    filed_on: date | None
    filed_at: datetime | None
    sealed_at: datetime | None = Field(description="when the lock was made final, after the cycle was closed")


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
    look.version(stream_of(cycle), file["version"])
    return Shelf.model_validate({**file, "items": items})


@router.get("/cycles/{cycle}/items/{item}/file", summary="The archived bytes of an item", dependencies=[reads("archive.item")])
async def item_file(cycle: Cycle, item: ItemId, request: Request, look: Look) -> Response:
    return await files.archived(request, look, works_of(request).filing, cycle, item)


@router.post(
    "/cycles/{cycle}/items/{item}/file", summary="File an item: copy it under lock, read it back", dependencies=[does("archive.FileItem")]
)
async def file_item(cycle: Cycle, item: ItemId, body: DatedIn, request: Request, act: Act) -> CommandAnswer:
    filing, day = works_of(request).filing, body.occurred_on or act.today
    with store_answers():
        order = await orders.to_file_item(act.running.pool, filing, cycle, item, by=act.viewer.person, occurred_on=day)
    return await act(order)


@router.post("/cycles/{cycle}/hard-copy", summary="Say where the paper original stands", dependencies=[does("archive.FileHardCopy")])
async def file_hard_copy(cycle: Cycle, body: HardCopyIn, act: Act) -> CommandAnswer:
    day = body.occurred_on or act.today
    return await act(orders.to_file_hard_copy(cycle, body.location, body.copies, by=act.viewer.person, occurred_on=day))


@router.post("/cycles/{cycle}/close", summary="Close the cycle", dependencies=[does("archive.CloseCycle")])
async def close_cycle(cycle: Cycle, body: DatedIn, request: Request, act: Act) -> CommandAnswer:
    async with act.running.pool.connection() as conn:
        order = await orders.to_close_cycle(conn, cycle, by=act.viewer.person, occurred_on=body.occurred_on or act.today)
    answer = await act(order)
    works_of(request).filing.soon()
    return answer


@router.get("/store", summary="What the object store was last seen to enforce", dependencies=[reads("archive.shelf")])
async def store(request: Request, look: Look) -> Protection:
    name = works_of(request).filing.store
    async with look.conn() as conn:
        last: dict[str, Any] | None = await queries.last_probe(conn, name)
    if last is None:
        return Protection(store=name, enforced=False, checks=0, failed=[], at=None)
    return Protection(**last, enforced=not last["failed"])
