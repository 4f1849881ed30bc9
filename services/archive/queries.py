"""What several sub-rooms ask of archive's read models: one item, what is not sealed yet,
what the store was last seen to enforce.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select

from services.archive.tables import cycle_file, item, store_probe
from shared.eventsourcing.sql import Connection, fetch, fetch_one

Row = Mapping[str, Any]


async def one_item(conn: Connection, cycle_id: str, item_id: str) -> dict[str, Any] | None:
    """One item of a cycle; None if it is not expected there."""
    statement = select(item).where(item.c.cycle == bindparam("cycle_id"), item.c.item == bindparam("item_id"))
    return await fetch_one(conn, statement, cycle_id=cycle_id, item_id=item_id)


async def unsealed(conn: Connection) -> list[dict[str, Any]]:
    """Filed items of closed cycles that are not sealed yet, whatever lock their bytes have from elsewhere:
    each has its own retention.
    """
    statement = (
        select(*item.columns, cycle_file.c.archived_on)
        .join(cycle_file, cycle_file.c.cycle == item.c.cycle)
        .where(cycle_file.c.archived_on.is_not(None), item.c.mode != "none", item.c.sealed_at.is_(None))
        .order_by(item.c.cycle, item.c.item)
    )
    return await fetch(conn, statement)


async def last_probe(conn: Connection, store: str) -> dict[str, Any] | None:
    """What the store was last seen to enforce; None before the first probe."""
    return await fetch_one(
        conn, select(store_probe).where(store_probe.c.store == bindparam("store_id")), store_id=store
    )
