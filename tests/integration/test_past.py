"""As it was: the versions of read-model rows that the database keeps by itself, and the moments at which
pages are asked for.
"""

import importlib
import itertools
from typing import Any

import psycopg
import pytest

from shared.service_names import SERVICES
from tests.support.applications import migrated
from tests.support.parts import PostgresPart

OPEN = 2**63 - 1
_VERSIONS = (
    "SELECT served, from_position, to_position FROM was.tally WHERE stream = %s ORDER BY from_position"
)


@pytest.fixture
def owner(postgres: PostgresPart) -> psycopg.Connection[Any]:
    """A database of a service with one more table, of which every version is kept."""
    database = postgres.fresh_database("past")
    migrated("archive", database)
    conn = psycopg.connect(database.owner, autocommit=True)
    conn.execute("CREATE TABLE tally (stream text PRIMARY KEY, served integer NOT NULL)")
    conn.execute("CREATE INDEX tally_served ON tally (served)")
    conn.execute("SELECT keep_past('tally')")
    return conn


def versions(conn: psycopg.Connection[Any], stream: str = "a") -> list[tuple[int, int, int]]:
    return conn.execute(_VERSIONS, (stream,)).fetchall()


def test_each_commit_makes_one_version_and_ends_the_one_before(owner: psycopg.Connection[Any]) -> None:
    owner.execute("INSERT INTO tally VALUES ('a', 1)")
    with owner.transaction():  # of which nobody ever saw the 2
        owner.execute("UPDATE tally SET served = 2 WHERE stream = 'a'")
        owner.execute("UPDATE tally SET served = 3 WHERE stream = 'a'")
    owner.execute("UPDATE tally SET served = 3 WHERE stream = 'a'")  # changes nothing
    owner.execute("DELETE FROM tally WHERE stream = 'a'")
    owner.execute("INSERT INTO tally VALUES ('a', 4)")
    found = versions(owner)
    assert [served for served, *_ in found] == [1, 3, 4]
    assert found[0][2] == found[1][1]
    assert found[1][2] < found[2][1]
    assert found[2][2] == OPEN


def test_a_row_that_came_and_went_in_one_commit_was_never_there(owner: psycopg.Connection[Any]) -> None:
    with owner.transaction():
        owner.execute("INSERT INTO tally VALUES ('a', 1)")
        owner.execute("DELETE FROM tally WHERE stream = 'a'")
    with owner.transaction(force_rollback=True):
        owner.execute("INSERT INTO tally VALUES ('a', 2)")
    assert versions(owner) == []


def test_a_row_under_another_key_ends_where_it_was(owner: psycopg.Connection[Any]) -> None:
    owner.execute("INSERT INTO tally VALUES ('a', 1)")
    owner.execute("UPDATE tally SET stream = 'b'")
    ((_, _, ended),), ((_, begun, _),) = versions(owner), versions(owner, "b")
    assert ended == begun


def test_a_commit_with_a_lower_position_may_come_after_one_with_a_higher(
    owner: psycopg.Connection[Any],
) -> None:
    """Whoever took the lower position first waits for the row; of any moment one version is there, and it is
    the last one from then on.
    """
    owner.execute("INSERT INTO tally VALUES ('a', 1)")
    with psycopg.connect(owner.info.dsn, password=owner.info.password) as early:
        ((lower,),) = early.execute("SELECT commit_position()").fetchall()
        owner.execute("UPDATE tally SET served = 2 WHERE stream = 'a'")
        early.execute("UPDATE tally SET served = 3 WHERE stream = 'a'")
        early.execute("UPDATE tally SET served = 4 WHERE stream = 'a'")
    owner.execute("UPDATE tally SET served = 5 WHERE stream = 'a'")
    found = [one for one in versions(owner) if one[1] < one[2]]
    assert [served for served, *_ in found] == [1, 4, 5]
    assert found[1][1] == lower
    assert all(before[2] == after[1] for before, after in itertools.pairwise(found))


def test_what_a_later_position_brought_and_took_away_is_nothing_to_an_earlier(
    owner: psycopg.Connection[Any],
) -> None:
    with psycopg.connect(owner.info.dsn, password=owner.info.password) as early:
        ((lower,),) = early.execute("SELECT commit_position()").fetchall()
        owner.execute("INSERT INTO tally VALUES ('a', 1)")
        owner.execute("DELETE FROM tally WHERE stream = 'a'")
        early.execute("INSERT INTO tally VALUES ('a', 2)")
    assert versions(owner) == [(2, lower, OPEN)]


def test_what_came_and_went_and_came_is_one_version(owner: psycopg.Connection[Any]) -> None:
    owner.execute("INSERT INTO tally VALUES ('a', 1)")
    with owner.transaction():
        owner.execute("UPDATE tally SET stream = 'b'")
        owner.execute("UPDATE tally SET stream = 'a', served = 2")
        owner.execute("DELETE FROM tally")
        owner.execute("INSERT INTO tally VALUES ('a', 3)")
    assert [served for served, *_ in versions(owner)] == [1, 3]
    assert versions(owner, "b") == []


def test_ending_a_version_changes_no_index(owner: psycopg.Connection[Any]) -> None:
    for number in range(40):
        owner.execute(
            "INSERT INTO tally VALUES ('a', %s) ON CONFLICT (stream) DO UPDATE SET served = %s",
            (number, number),
        )
    owner.execute("SELECT pg_stat_force_next_flush()")
    ((ended, on_the_page),) = owner.execute(
        "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relid = 'was.tally'::regclass"
    ).fetchall()
    assert ended == on_the_page == 39


def test_a_table_with_more_columns_is_kept_with_them(owner: psycopg.Connection[Any]) -> None:
    owner.execute("INSERT INTO tally VALUES ('a', 1)")
    owner.execute("ALTER TABLE tally ADD COLUMN by text")
    owner.execute("SELECT keep_past('tally')")
    owner.execute("UPDATE tally SET by = 'sri'")
    assert owner.execute("SELECT by FROM was.tally ORDER BY from_position").fetchall() == [(None,), ("sri",)]


def test_settled_stays_below_a_commit_that_is_still_under_way(owner: psycopg.Connection[Any]) -> None:
    """What was answered for a moment is never joined by a commit that took longer."""
    with psycopg.connect(owner.info.dsn, password=owner.info.password) as slow:
        slow.execute("SELECT commit_position()")
        slow.execute("INSERT INTO tally VALUES ('a', 1)")
        owner.execute("INSERT INTO tally VALUES ('b', 1)")
        ((settled,),) = owner.execute("SELECT settled_position()").fetchall()
        slow.commit()
    ((_, late, _),), ((_, quick, _),) = versions(owner), versions(owner, "b")
    assert settled < late < quick
    assert owner.execute("SELECT settled_position()").fetchall() == [(quick,)]


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO was.item SELECT * FROM was.item",
        "UPDATE was.item SET to_position = 0",
        "DELETE FROM was.item",
        "SELECT keep_past('item')",
        "DROP TRIGGER keep_past ON item",
        "UPDATE was.begun SET position = 0",
    ],
)
def test_the_service_itself_cannot_write_the_past(postgres: PostgresPart, statement: str) -> None:
    database = postgres.fresh_database("past")
    migrated("archive", database)
    with psycopg.connect(database.app) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute(statement.encode())


_LIVE = """SELECT c.relname,
    array_agg((a.attname, format_type(a.atttypid, a.atttypmod))::text ORDER BY a.attname),
    EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'keep_past')
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    AND a.attname NOT IN ('from_position', 'to_position')
    WHERE c.relnamespace = %s::regnamespace AND c.relkind = 'r' AND c.relname = ANY (%s) GROUP BY c.oid, 1"""


@pytest.mark.parametrize("service", SERVICES)
def test_of_every_read_model_every_version_is_kept(postgres: PostgresPart, service: str) -> None:
    """A table or a column that is added later and whose migration does not call `keep_past` is named here."""
    metadata = importlib.import_module(f"services.{service}.bootstrap").ROOM.metadata
    database = postgres.fresh_database("past")
    migrated(service, database)
    names = [str(table.name) for table in metadata.sorted_tables]
    with psycopg.connect(database.owner) as conn:
        live = {row[0]: row[1:] for row in conn.execute(_LIVE, ("public", names)).fetchall()}
        kept = {row[0]: row[1:] for row in conn.execute(_LIVE, ("was", names)).fetchall()}
        costly = conn.execute("SELECT indexname FROM pg_indexes WHERE indexdef ~ 'ON was.*to_position'")
        assert costly.fetchall() == [], "ending a version changes an index"
    assert live.keys() == kept.keys() == set(names)
    for name, (columns, triggered) in live.items():
        assert triggered, f"{name} is not kept"
        assert columns == kept[name][0], f"{name} has other columns than its past"
