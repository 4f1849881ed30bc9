"""Moving on: one transaction that checks the cursors, lets the service react, and moves the cursors.

An event's way, hop 6, the inner part. Previous hop: `consumer`. Next hop: the service's reaction.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Literal

from psycopg.errors import UniqueViolation

from shared import counted
from shared.contracts.registry import find
from shared.contracts.values import EventRef
from shared.eventsourcing import store
from shared.eventsourcing.commands.again import until_decided
from shared.eventsourcing.commands.order import TooBusy
from shared.eventsourcing.digest import chained
from shared.eventsourcing.sql import Connection, Pool
from shared.messaging.about import about, tell
from shared.messaging.envelope import Received
from shared.messaging.receiving import cursors, parked
from shared.messaging.receiving.cursors import Cursor, EventKey, Key, Next
from shared.telemetry import spans

React = Callable[[Connection, Received], Awaitable[None]]
ReactMany = Callable[[Connection, Sequence[Received]], Awaitable[None]]
NotNext = Literal["stuck", "gap", "missing-cause", "unknown", "contradiction"]


@dataclass(frozen=True, slots=True)
class Advanced:
    """How many events of a batch are done (taken in now or before),
    and why the next one is not simply next.
    """

    done: int
    not_next: NotNext | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """What a service does with events.

    `many` is called in the transaction that moves the cursors, only with events in `wants` (None: all).
    `committed` is called after the commit. `service`: whose streams may move on while we decide.
    With `causes_first` an event waits until the event that caused it was taken in. With `unknown_too` events
    of unknown types or newer schemas are taken in like others, for a service that keeps their bytes without
    reading them.
    """

    many: ReactMany
    wants: frozenset[tuple[str, str]] | None = None
    committed: Callable[[], None] = lambda: None
    service: str = counted.OTHER
    causes_first: bool = False
    unknown_too: bool = False


def for_each(react: React) -> ReactMany:
    """A reaction to many events made from a reaction to one; each line of the log says about which."""

    async def many(conn: Connection, events: Sequence[Received]) -> None:
        for event in events:
            with about(event):
                await react(conn, event)

    return many


def split(
    events: Sequence[Received],
    at: Mapping[Key, Cursor],
    causes: Sequence[EventRef | None],
    reached: Mapping[Key, int],
    *,
    known_digests: Mapping[EventKey, bytes] = MappingProxyType({}),
    retrying: bool,
    takes: Callable[[Received], bool] | None = None,
) -> tuple[list[Next], Advanced]:
    """Which events are next in their streams, with their digests, up to the first that is not.
    Moves the cursors in `at`. `takes` says of which events the service can take in (those it knows).

    `known_digests` of what was taken in before: a repetition that says the same is passed by,
    one that says something else is a contradiction.
    """
    following: list[Next] = []
    seen = dict(known_digests)
    for number, (event, cause) in enumerate(zip(events, causes, strict=True)):
        here, digest = at[event.source, event.stream], event.digest
        if event.version <= here.version:
            if seen.get((event.source, event.stream, event.version), digest) != digest:
                return following, Advanced(number, "contradiction")
            continue
        not_next = _not_next(event, here, retrying=retrying)
        if not_next is None and not (takes or known)(event):
            not_next = "unknown"
        if not_next is None and cause is not None and _version(cause, at, reached) < cause.version:
            not_next = "missing-cause"
        if not_next is not None:
            return following, Advanced(number, not_next)
        here.version = event.version
        here.digest = None if here.digest is None else chained(here.digest, digest)
        seen[event.source, event.stream, event.version] = digest
        following.append((event, digest))
    return following, Advanced(len(events))


def _not_next(event: Received, here: Cursor, *, retrying: bool) -> NotNext | None:
    if here.stuck and not retrying:
        return "stuck"
    if event.version > here.version + 1:
        return "gap"
    return None


def _version(cause: EventRef, at: Mapping[Key, Cursor], reached: Mapping[Key, int]) -> int:
    key = cause.source, cause.stream
    return at[key].version if key in at else reached.get(key, 0)


def known(event: Received) -> bool:
    """Whether this version of Jejak knows the event's type and schema."""
    entry = find(event.source, event.type)
    return entry is not None and event.schema <= entry.schema


def takes(reaction: Reaction, event: Received) -> bool:
    """Whether the service can take the event in: it knows it, or need not read it. A newer shape of an event
    that it knows and never wanted is none of its business; a type that it does not know may become so with
    its upgrade, and waits.
    """
    if reaction.unknown_too or known(event):
        return True
    unwanted = reaction.wants is not None and (event.source, event.type) not in reaction.wants
    return unwanted and find(event.source, event.type) is not None


async def advance(
    pool: Pool, reaction: Reaction, events: Sequence[Received], *, retrying: bool = False
) -> Advanced:
    """Takes in as many of the events as are simply next, in one transaction.
    Raises what the reaction raises; then nothing happened.

    `retrying` lets events pass whose stream is stuck, and clears away what was parked of them.
    """

    async def attempt() -> Advanced | None:
        if not retrying and len(events) == 1 and await _passed_by(pool, reaction, events[0]):
            return Advanced(1)
        try:
            async with pool.connection() as conn, conn.transaction():
                advanced, reacted = await _in_transaction(conn, reaction, events, retrying=retrying)
        except UniqueViolation as error:
            if store.conflict(error):
                return None
            raise
        if reacted:
            reaction.committed()
        return advanced

    begun = spans.moment()
    advanced = await until_decided(attempt, reaction.service)
    if advanced is None:
        first = events[0]
        raise TooBusy(
            f"our streams kept moving while we reacted to {first.source} {first.stream} {first.version}"
        )
    tell(reaction.service, "consume", events[: advanced.done], begun, "hears")
    return advanced


async def _passed_by(pool: Pool, reaction: Reaction, event: Received) -> bool:
    """Most events of a topic concern a service only in that it has seen them:
    then one statement moves its cursor.
    """
    if (
        reaction.wants is None
        or reaction.causes_first
        or (event.source, event.type) in reaction.wants
        or not takes(reaction, event)
    ):
        return False
    async with pool.connection() as conn:
        return await cursors.step(conn, (event.source, event.stream), event.version, event.digest)


async def _in_transaction(
    conn: Connection, reaction: Reaction, events: Sequence[Received], *, retrying: bool
) -> tuple[Advanced, bool]:
    causes = [event.causation if reaction.causes_first else None for event in events]
    at = await cursors.lock(conn, ((event.source, event.stream) for event in events))
    elsewhere = {(cause.source, cause.stream) for cause in causes if cause is not None} - at.keys()
    reached = await cursors.reached_many(conn, sorted(elsewhere)) if elsewhere else {}
    repeated = [
        (event.source, event.stream, event.version)
        for event in events
        if event.version <= at[event.source, event.stream].version
    ]
    digests = await cursors.digests(conn, at, repeated) if repeated else {}
    following, advanced = split(
        events,
        at,
        causes,
        reached,
        known_digests=digests,
        retrying=retrying,
        takes=partial(takes, reaction),
    )
    wanted = [
        event
        for event, _ in following
        if reaction.wants is None or (event.source, event.type) in reaction.wants
    ]
    if retrying:
        for event in events[: advanced.done]:
            await parked.settle(conn, (event.source, event.stream), event.version)
    if wanted:
        await reaction.many(conn, wanted)
    if following:  # last: it says at which position, and holds that until the commit
        await cursors.move(conn, at, following)
    return advanced, bool(wanted)
