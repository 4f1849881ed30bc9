"""How databases go from one test to the next: lent to a test, or to a fixture of a file,
and free when that is over; whoever takes one again finds it empty. Sessions last for a file:
who was signed out in one is signed in anew in the next.
"""

from collections.abc import Generator
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from deploy.local.postgres.databases import Database, Server
from tests.support.access import token_of

HELD = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
EMPTY = """
DO $$ DECLARE one text; BEGIN
  FOR one IN SELECT nspname FROM pg_namespace WHERE nspname <> 'information_schema' AND nspname !~ '^pg_' LOOP
    EXECUTE format('DROP SCHEMA %I CASCADE', one);
  END LOOP;
  EXECUTE format('ALTER DATABASE %I RESET ALL', current_database());
END $$;
CREATE SCHEMA public AUTHORIZATION pg_database_owner;
GRANT USAGE ON SCHEMA public TO PUBLIC
"""

_asking: list[str] = []
"""The scopes of the fixtures that are being made, the innermost last."""
_lent: list[tuple[str, Database, list[Database]]] = []
"""For how long, what, and where it goes afterwards."""


def lend(database: Database, used: list[Database]) -> None:
    """To whoever asks now; afterwards it lies among the `used`."""
    _lent.append((_asking[-1] if _asking else "function", database, used))


def emptied(server: Server, database: Database) -> bool:
    """Whether nobody holds it any more and nothing is left in it; else it is left alone."""
    try:
        with psycopg.connect(make_conninfo(server.admin_url, dbname=database.name), autocommit=True) as conn:
            if conn.execute(HELD).fetchone():
                return False
            conn.execute(EMPTY)
    except psycopg.OperationalError:  # it lets nobody in
        return False
    return True


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any]) -> Generator[None, Any, Any]:
    _asking.append(fixturedef.scope)
    try:
        return (yield)
    finally:
        _asking.pop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, Any, Any]:
    try:
        return (yield)
    finally:
        goes_on = nextitem is not None and nextitem.path == item.path
        over = {"function"} if goes_on else {"function", "class", "module"}
        for lent in [lent for lent in _lent if lent[0] in over]:
            _lent.remove(lent)
            lent[2].append(lent[1])
        if not goes_on:
            token_of.cache_clear()
