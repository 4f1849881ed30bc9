"""What an Arsiparis does at the shelf, the same for JSON and pages:
from what was asked to the command that records it.

SOP step 13. Previous hop: `shelf/api.py` and `shelf/pages.py`. Next hop: `shelf/filing.py` for the bytes,
then `domain/cycle_file.py` by way of `Act`. A request that is repeated under its key must become the same
command again, whatever happened in between.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from services.archive import streams
from services.archive.domain.archive_item import FileHardCopy, FileItem
from services.archive.domain.cycle_file import CloseCycle
from services.archive.log.queries import edge
from services.archive.queries import one_item
from services.archive.shelf import queries
from services.archive.shelf.filing import filing_of
from shared.eventsourcing.commands.gate import unknown_case
from shared.eventsourcing.commands.order import Order
from shared.web.acting import Acting, CommandAnswer
from shared.web.problems.shape import NotFound


async def file_item(act: Acting, cycle: str, item: str, occurred_on: date | None = None) -> CommandAnswer:
    """Copies the bytes of an item under lock and records it. Raises NotFound, Refused,
    Conflict, StoreAway.
    """
    by, day = act.viewer.person, occurred_on or act.today
    async with act.running.pool.connection() as conn:
        found = await one_item(conn, cycle, item)
    if found is None:
        raise NotFound
    if found["filed_digest"] == found["file"]["digest"]:
        return await act(_order(cycle, _filed_again(found, by, day)))
    return await act(_order(cycle, await filing_of(act.request).copy(found, by=by, occurred_on=day)))


async def file_hard_copy(
    act: Acting, cycle: str, location: str, copies: int, occurred_on: date | None = None
) -> CommandAnswer:
    """Records where the paper stands. Raises Refused, Conflict."""
    by, day = act.viewer.person, occurred_on or act.today
    return await act(
        _order(cycle, FileHardCopy(cycle=cycle, location=location, copies=copies, by=by, occurred_on=day))
    )


async def close_cycle(act: Acting, cycle: str, occurred_on: date | None = None) -> CommandAnswer:
    """Closes a cycle, with the size of the audit log at this moment; its locks are made final soon.
    Raises Refused, Conflict.
    """
    async with act.running.pool.connection() as conn:
        sop = await queries.sop_of(conn, cycle)
        if sop is None:
            raise unknown_case(cycle)
        file, _ = await queries.shelf(conn, cycle)
        size = file["checkpoint_size"] if file["archived_on"] else (await edge(conn)).size
    by, day = act.viewer.person, occurred_on or act.today
    command = CloseCycle(cycle=cycle, sop=sop, checkpoint_size=size, by=by, occurred_on=day)
    answer = await act(_order(cycle, command))
    filing_of(act.request).soon()
    return answer


def _filed_again(item: Mapping[str, Any], by: str, occurred_on: date) -> FileItem:
    """The command that filed the item, as it was."""
    same = {
        name: item[name]
        for name in ("cycle", "item", "object_key", "object_version", "mode", "retain_until", "lock_enforced")
    }
    return FileItem(**same, digest=item["filed_digest"], by=by, occurred_on=occurred_on)


def _order(cycle: str, command: FileItem | FileHardCopy | CloseCycle) -> Order:
    return Order(stream=streams.cycle_file(cycle), command=command, case_id=cycle)
