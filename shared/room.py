"""A room: one service as it is declared, and as it runs.

`bootstrap.py` of a service declares a Room; web, worker and command line open it and share what is inside.
"""

import hmac
import secrets
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import MetaData, Select

from shared.access.people import People
from shared.access.permissions import Permissions
from shared.access.permissions import load as load_permissions
from shared.access.roster import Roster
from shared.access.session import Sessions
from shared.eventsourcing.cases import heard_of
from shared.eventsourcing.clock_watch import ClockWatch, reporting
from shared.eventsourcing.commands.command_handler import CommandHandler
from shared.eventsourcing.commands.decider import Decider
from shared.eventsourcing.commands.order import AtOnce, Order, nothing_at_once
from shared.eventsourcing.read_models.changes import Change, Project
from shared.eventsourcing.recorded import Recorded
from shared.eventsourcing.sql import Connection, Limits, Pool, fetch, open_pool
from shared.messaging.signing import Signer
from shared.settings import Settings
from shared.troubles import Troubles

_NAMESPACE = uuid.UUID("6a656a61-6b00-5000-8000-000000000001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What a service is.

    `categories`: stream category → decider. `reacts`: foreign or own events, as (producer, name), that
    `react` turns into own commands. `projects`: foreign events that only feed read models. `rests_on`: own
    streams whose states a reaction needs besides its event; `asks`: questions to own read models whose rows
    it needs. It is given them after the event, in that order, as its transaction sees them. `at_once`: own
    commands for other streams that are carried out with an event or not at all. `react`, `rests_on`, `asks`,
    `at_once` and `project` are pure; `rests_on` and `project` are told the first region of the
    installation, whose streams may not name it.
    """

    name: str
    categories: Mapping[str, Decider[Any, Any, Any]]
    reacts: frozenset[tuple[str, str]]
    react: Callable[..., Iterable[Order]]
    project: Callable[[Recorded, str], Iterable[Change]]
    metadata: MetaData
    projects: frozenset[tuple[str, str]] = frozenset()
    rests_on: Callable[[Recorded, str], Sequence[str]] = lambda _recorded, _first: ()
    asks: Callable[[Recorded], Sequence[Select[Any]]] = lambda _: ()
    at_once: AtOnce = nothing_at_once

    def projecting(self, first: str) -> Project:
        """The projection of an installation with this first region."""
        return lambda recorded: self.project(recorded, first)

    @property
    def sources(self) -> tuple[str, ...]:
        """The services whose topics this room listens to, its own included when it reacts to itself."""
        return tuple(sorted({producer for producer, _ in self.reacts | self.projects}))


@dataclass(slots=True, kw_only=True)
class Running:
    """A room that runs: connections, the command handler, who is signed in and may what.

    `roster` knows the people as they are now. `on_commit` wakes the relay after every commit of ours.
    `troubles`: what is wrong in this process right now, for the page *Macet* and the readiness answer.
    `cursor_key` signs the cursors of lists; all processes of a service share it.
    """

    room: Room
    settings: Settings
    pool: Pool
    roster: Roster
    sessions: Sessions
    permissions: Permissions
    handler: CommandHandler
    on_commit: list[Callable[[], None]] = field(default_factory=list)
    signer: Signer | None = None
    cursor_key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    troubles: Troubles = field(default_factory=Troubles)
    checks: Mapping[str, Callable[[], Awaitable[Mapping[str, Any]]]] = field(default_factory=dict)

    @property
    def people(self) -> People:
        """The people of now. Raises AccessAway where none are known yet."""
        return self.roster.now()

    def committed(self) -> None:
        """Says to whoever waits (the relay) that something was committed."""
        for call in self.on_commit:
            call()

    async def absorb(self, conn: Connection, recorded: Recorded) -> None:
        """In the consumer's transaction: read models and own commands that follow from an event.

        Command ids follow from the event, so that the same event never causes the same command twice. Call
        `committed` after the commit. Raises what the rules and the store raise; then the transaction must be
        rolled back.
        """
        orders: Iterable[Order] = ()
        if (recorded.source, recorded.type) in self.room.reacts:
            states = await self.handler.states(conn, self.room.rests_on(recorded, self.settings.region))
            rows = [await fetch(conn, question) for question in self.room.asks(recorded)]
            orders = self.room.react(recorded, *states, *rows)
        name = f"{self.room.name}/{recorded.source}/{recorded.stream}/{recorded.version}"
        numbered = [
            (uuid.uuid5(_NAMESPACE, f"{name}/{number}"), order) for number, order in enumerate(orders)
        ]
        await self.handler.absorb(conn, recorded, numbered)


@asynccontextmanager
async def open_room(room: Room, settings: Settings) -> AsyncIterator[Running]:
    """Opens a room: pool, handler, people, permissions; closes the pool at the end."""
    limits = Limits(statement_s=settings.db_statement_timeout)
    pool = open_pool(
        settings.database_url, size=settings.db_pool_size, wait_s=settings.db_pool_wait, limits=limits
    )
    signals: list[Callable[[], None]] = []

    def committed() -> None:
        for call in signals:
            call()

    troubles = Troubles()
    watch = ClockWatch(reporting(troubles))
    handler = CommandHandler(
        room.name,
        room.categories,
        room.projecting(settings.region),
        pool,
        committed,
        heard_of=heard_of,
        watch=watch,
        at_once=room.at_once,
    )
    roster = Roster(troubles)
    sessions = Sessions(
        settings.access_database_url, idle=settings.session_idle, longest=settings.session_longest
    )
    await pool.open()
    await sessions.open()
    try:
        yield Running(
            room=room,
            settings=settings,
            pool=pool,
            roster=roster,
            sessions=sessions,
            troubles=troubles,
            checks={"access": sessions.check, "people": lambda: roster.check(sessions)},
            permissions=load_permissions(),
            handler=handler,
            on_commit=signals,
            signer=Signer.of(room.name, settings.signing_key),
            cursor_key=hmac.digest(settings.database_url.encode(), b"cursors of lists", "sha256"),
        )
    finally:
        await sessions.close()
        await pool.close()
