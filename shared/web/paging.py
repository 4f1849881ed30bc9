"""Keyset paging: a page of rows and a cursor for the next one; never an offset, so that new rows shift nothing."""

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, Field

Row = TypeVar("Row")
Limit = Annotated[int, Query(ge=1, le=200, description="rows on a page")]
After = Annotated[str | None, Query(max_length=500, description="`next` of the page before")]


class CursorInvalid(Exception):
    """An `after` that no page gave out."""


class Page(BaseModel, Generic[Row]):
    """One page; `next` is null on the last one."""

    items: list[Row]
    next: str | None = Field(default=None, description="send it as `after` for the next page")


def cursor(*key: Any) -> str:
    """A sort key as an opaque cursor."""
    return base64.urlsafe_b64encode(json.dumps(key, default=str, separators=(",", ":")).encode()).decode().rstrip("=")


def key_of(after: str, parts: int) -> tuple[Any, ...]:
    """The sort key of a cursor. Raises CursorInvalid."""
    try:
        key = json.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
    except (binascii.Error, ValueError) as error:
        raise CursorInvalid(after[:40]) from error
    if not isinstance(key, list) or len(key) != parts:
        raise CursorInvalid(after[:40])
    return tuple(key)


def page(rows: Sequence[Row], limit: int, *columns: str) -> tuple[list[Row], str | None]:
    """Cuts `limit` rows from a query that asked for limit + 1; the cursor is made of these columns of the last row shown."""
    shown = list(rows[:limit])
    if len(rows) <= limit or not shown:
        return shown, None
    last: Any = shown[-1]
    return shown, cursor(*(last[column] for column in columns))
