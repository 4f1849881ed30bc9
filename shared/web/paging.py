"""Keyset paging: a page of rows and a cursor for the next one;
never an offset, so that new rows shift nothing.

A cursor is signed for the list that gave it, so what comes back is exactly what was given:
no type to check, no number to bound.
"""

import base64
import binascii
import hmac
import json
from collections.abc import Sequence
from contextvars import ContextVar
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, Field

Row = TypeVar("Row")
Limit = Annotated[int, Query(ge=1, le=200, description="rows on a page")]
After = Annotated[str | None, Query(max_length=900, description="`next` of the page before")]
_SIGNATURE = 16
key: ContextVar[bytes] = ContextVar("key")
"""The key that signs the cursors of the list which this request asks for; `incoming` sets it."""


class CursorInvalid(Exception):
    """An `after` that no page gave out."""


class Page(BaseModel, Generic[Row]):
    """One page; `next` is null on the last one."""

    items: list[Row]
    next: str | None = Field(default=None, description="send it as `after` for the next page")


def key_for(secret: bytes, route: str) -> bytes:
    """The key of one list, from a secret that all processes of a service share and nobody else has."""
    return hmac.digest(secret, route.encode(), "sha256")


def cursor(*parts: Any) -> str:
    """A sort key as an opaque cursor."""
    said = json.dumps(parts, default=str, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_signature(said) + said).decode().rstrip("=")


def key_of(after: str, parts: int) -> tuple[Any, ...]:
    """The sort key of a cursor. Raises CursorInvalid for anything that this list did not give."""
    try:
        whole = base64.b64decode(
            after.encode("ascii") + b"=" * (-len(after) % 4), altchars=b"-_", validate=True
        )
    except (binascii.Error, ValueError) as error:
        raise CursorInvalid(after[:40]) from error
    signature, said = whole[:_SIGNATURE], whole[_SIGNATURE:]
    if not hmac.compare_digest(signature, _signature(said)):
        raise CursorInvalid(after[:40])
    found = json.loads(said)
    if len(found) != parts:
        raise CursorInvalid(after[:40])
    return tuple(found)


def _signature(said: bytes) -> bytes:
    return hmac.digest(key.get(), said, "sha256")[:_SIGNATURE]


def page(rows: Sequence[Row], limit: int, *columns: str) -> tuple[list[Row], str | None]:
    """Cuts `limit` rows from a query that asked for limit + 1;
    the cursor is made of these columns of the last row shown.
    """
    shown = list(rows[:limit])
    if len(rows) <= limit or not shown:
        return shown, None
    last: Any = shown[-1]
    return shown, cursor(*(last[column] for column in columns))
