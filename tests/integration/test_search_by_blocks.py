"""A search goes through the log by blocks of lines, the newest first: wherever the blocks end, it finds
exactly what reading every line finds, on every page of its answer.
"""

from collections.abc import Sequence

import psycopg
import pytest

from services.archive.search_words import of_region, quoted, tsvector_of
from services.archive.trail.queries import BLOCKS, asked
from services.archive.trail.searching import FEW, Search
from tests.support.applications import migrated
from tests.support.parts import PostgresPart

BITS, LINES = 2, 75
WORDS = {"every": 1, "some": 3, "few": 11, "rare": 37, "none": LINES + 1}


REGION = ("3402", "3471", "3402")


def words_of(index: int) -> list[str]:
    return [word for word, apart in WORDS.items() if index % apart == apart - 1]


def told(index: int) -> list[str]:
    return [*words_of(index), f"b:{index >> BITS}", of_region(REGION[index % 3])]


@pytest.fixture(scope="module")
def log(postgres: PostgresPart) -> str:
    database = postgres.fresh_database("blocks")
    migrated("archive", database)
    with psycopg.connect(database.owner) as conn, conn.cursor() as cursor:
        cursor.executemany(
            b"INSERT INTO leaf_lookup VALUES (%s, 'intake', %s, %s::tsvector, %s)",
            [(index, index + 1, tsvector_of(told(index)), REGION[index % 3]) for index in range(LINES)],
        )
    return database.owner


SEARCHES = [*((word,) for word in WORDS), ("some", "few"), ("every", "none"), ("some", "few|rare|every")]
"""Words that a line must all have; `a|b`: one of them."""


@pytest.mark.parametrize("words", SEARCHES)
@pytest.mark.parametrize("limit", [1, 4, 26])
@pytest.mark.parametrize("crowd", [0, FEW])
@pytest.mark.parametrize("regions", [("3402", "3471"), ("3471",)])
def test_every_page_of_a_search_is_what_reading_every_line_finds(
    log: str, words: Sequence[str], limit: int, crowd: int, regions: Sequence[str]
) -> None:
    """With a `crowd`, the last word may be so many others besides, of which there are none."""
    meant = [word.split("|") for word in words]
    matching = [
        index
        for index in reversed(range(LINES))
        if REGION[index % 3] in regions and all(set(these) & set(words_of(index)) for these in meant)
    ]
    meant[-1] += [f"nobody{number}" for number in range(crowd)]
    search = Search(tuple(tuple(map(quoted, these)) for these in meant))
    with psycopg.connect(log) as conn:
        for below in [2**62, *range(LINES + 2)]:
            found = [row[0] for row in conn.execute(BLOCKS, asked(search, regions, below, limit, BITS))]
            assert found == [index for index in matching if index < below][:limit], below


def test_in_an_empty_log_nothing_is_looked_for(postgres: PostgresPart) -> None:
    database = postgres.fresh_database("no_blocks")
    migrated("archive", database)
    with psycopg.connect(database.owner) as conn:
        conn.execute("SET statement_timeout = '10s'")
        for below in (None, 0, 1):
            assert (
                conn.execute(BLOCKS, asked(Search(((quoted("some"),),)), REGION, below, 26)).fetchall() == []
            )
