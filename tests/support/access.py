"""Sessions for tests: one access database for each server of a test run,
made when the first session is asked for.

`token_of(person)` answers the id of a real session, which every room accepts;
a room opens its `Sessions` with `sessions_of(service)`.
"""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import cache

import psycopg
from psycopg import sql

from deploy.local.postgres.databases import AccessDatabase, Server
from shared.access.database import prepare
from shared.access.session import Sessions, digest_of
from shared.service_names import SERVICES


def drop_database(server: Server, name: str, *admitted: str) -> None:
    """Drops a database of `make_database` with its roles and those that were admitted,
    ending whoever is connected.
    """
    with psycopg.connect(server.admin_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        for role in (f"{name}_owner", name, *admitted):
            connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))


IDLE, LONGEST = timedelta(hours=2), timedelta(hours=12)


class _Made:
    """What was made on which server."""

    server: Server | None = None
    database: AccessDatabase | None = None
    name = ""


def use(server: Server) -> None:
    """From now on sessions live on this server."""
    _Made.server, _Made.database = server, None
    token_of.cache_clear()


def drop() -> None:
    """Leaves nothing behind on a server that was given."""
    if _Made.server is not None and _Made.database is not None:
        drop_database(_Made.server, _Made.name, *_Made.database.roles.values())
    _Made.server = _Made.database = None


def make(server: Server, name: str) -> AccessDatabase:
    """An access database of its own, for tests that take it away or change what is in it."""
    roles = {service: f"{name}_{service}" for service in SERVICES}
    owner = server.make_empty(name, secrets.token_urlsafe(12))
    apps = {service: server.admit(name, role, secrets.token_urlsafe(12)) for service, role in roles.items()}
    prepare(owner, roles)
    return AccessDatabase(owner, apps, roles)


def database() -> AccessDatabase:
    """The access database of this run."""
    assert _Made.server is not None, "sessions need the fixture `postgres`"
    if _Made.database is None:
        _Made.name = f"jejak_access_{secrets.token_hex(4)}"
        _Made.database = make(_Made.server, _Made.name)
    return _Made.database


@cache
def token_of(person: str) -> str:
    """A session of this person, as cookie or bearer; the same for a whole file."""
    return fresh_token(person)


def fresh_token(person: str, *, idle: timedelta = IDLE, longest: timedelta = LONGEST) -> str:
    """Another session of this person, which a test may end."""
    session_id = secrets.token_urlsafe(32)
    with psycopg.connect(database().apps["intake"], autocommit=True) as conn:
        conn.execute("SELECT start_session(%s, %s, %s, %s)", (digest_of(session_id), person, idle, longest))
    return session_id


@asynccontextmanager
async def sessions_of(
    service: str, made: AccessDatabase | None = None, *, idle: timedelta = IDLE
) -> AsyncIterator[Sessions]:
    """The sessions as this service sees them."""
    # a busy machine is no outage
    sessions = Sessions((made or database()).apps[service], idle=idle, longest=LONGEST, patience=20)
    await sessions.open()
    try:
        yield sessions
    finally:
        await sessions.close()
