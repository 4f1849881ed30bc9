"""Pages by key, and position tokens."""

from typing import Any

import pytest

from shared.web import paging, positions
from shared.web.paging import CursorInvalid
from shared.web.positions import Position, PositionInvalid

KEY = paging.key_for(b"secret", "submissions")
paging.key.set(KEY)

ROWS: list[dict[str, Any]] = [{"name": name, "at": at} for name, at in (("a", 1), ("b", 2), ("c", 3))]


def test_a_full_page_names_where_the_next_one_begins() -> None:
    shown, after = paging.page(ROWS, 2, "at", "name")
    assert [row["name"] for row in shown] == ["a", "b"]
    assert after is not None
    assert paging.key_of(after, 2) == (2, "b")


def test_the_last_page_names_none() -> None:
    assert paging.page(ROWS, 3, "at") == (ROWS, None)


def test_no_rows_are_the_last_page() -> None:
    assert paging.page([], 3, "at") == ([], None)


@pytest.mark.parametrize("after", ["", "x", "!!!", paging.cursor(1), "bnVsbA", "Ä"])
def test_a_cursor_that_no_page_gave_out_is_refused(after: str) -> None:
    with pytest.raises(CursorInvalid):
        paging.key_of(after, 2)


def test_a_cursor_belongs_to_the_list_that_gave_it_and_is_as_it_was_given() -> None:
    given = paging.cursor("2026-02-17", 7)
    assert paging.key_of(given, 2) == ("2026-02-17", 7)
    for other in (paging.key_for(b"another secret", "submissions"), paging.key_for(b"secret", "queue")):
        forget = paging.key.set(other)
        with pytest.raises(CursorInvalid):
            paging.key_of(given, 2)
        paging.key.reset(forget)
    for place in range(len(given)):
        with pytest.raises(CursorInvalid):
            paging.key_of(given[:place] + ("A" if given[place] != "A" else "B") + given[place + 1 :], 2)


@pytest.fixture(autouse=True)
def signed() -> None:
    paging.key.set(KEY)


def test_positions_are_read_as_they_were_written() -> None:
    text = "intake:submission-3402-2026-dinkes-tahunan@7, archive:item-3402-2026-laporan@1"
    found = positions.parse(text)
    assert found[0] == Position("intake", "submission-3402-2026-dinkes-tahunan", 7)
    assert ", ".join(map(str, found)) == text


@pytest.mark.parametrize(
    "text", ["x", "intake:a", "intake:a@-1", "intake:a@1;drop", "intake:a b@1", ",".join(["a:b@1"] * 9)]
)
def test_a_position_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(PositionInvalid):
        positions.parse(text)


def test_no_position_is_no_wait() -> None:
    assert positions.parse("") == ()
