"""From what an Arsiparis asks to the command that records it: the same for JSON and pages.

SOP step 13. Previous hop: `shelf/api.py` and `shelf/pages.py`. Next hop: `shelf/filing.py` for the bytes, then `domain/cycle_file.py`.
A request that is repeated under its key must become the same command again, whatever happened in between.
"""

from datetime import date

from services.archive import queries
from services.archive.domain.archive_item import FileHardCopy, FileItem
from services.archive.domain.cycle_file import CloseCycle
from services.archive.log import append as audit_log
from services.archive.process_manager import stream_of
from services.archive.shelf.filing import Filing
from shared.eventsourcing.commands.command_handler import Order
from shared.eventsourcing.sql import Connection, Pool
from shared.web.problems import NotFound


async def to_file_item(pool: Pool, filing: Filing, cycle: str, item: str, *, by: str, occurred_on: date) -> Order:
    """Copies the bytes and answers the order to record it. Raises NotFound, Refused, StoreAway."""
    async with pool.connection() as conn:
        found = await queries.one_item(conn, cycle, item)
    if found is None:
        raise NotFound
    if found["filed_digest"] == found["file"]["digest"]:
        command = FileItem(
            cycle=cycle,
            item=item,
            digest=found["filed_digest"],
            object_key=found["object_key"],
            object_version=found["object_version"],
            mode=found["mode"],
            retain_until=found["retain_until"],
            lock_enforced=found["lock_enforced"],
            by=by,
            occurred_on=occurred_on,
        )
    else:
        command = await filing.copy(found, by=by, occurred_on=occurred_on)
    return _order(cycle, command)


def to_file_hard_copy(cycle: str, location: str, copies: int, *, by: str, occurred_on: date) -> Order:
    """The order to record where the paper stands."""
    return _order(cycle, FileHardCopy(cycle=cycle, location=location, copies=copies, by=by, occurred_on=occurred_on))


async def to_close_cycle(conn: Connection, cycle: str, *, by: str, occurred_on: date) -> Order:
    """The order to close a cycle, with the size of the audit log at this moment."""
    file, _ = await queries.shelf(conn, cycle)
    size = file["checkpoint_size"] if file["archived_on"] else (await audit_log.edge(conn)).size
    return _order(cycle, CloseCycle(cycle=cycle, checkpoint_size=size, by=by, occurred_on=occurred_on))


def _order(cycle: str, command: FileItem | FileHardCopy | CloseCycle) -> Order:
    return Order(stream=stream_of(cycle), command=command, case_id=cycle)
