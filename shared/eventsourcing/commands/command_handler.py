"""From a command to its recorded events: load, fold, decide, append, and the inline read models,
in one transaction.

An event's way, hop 2. Previous hop: `api.py`, `pages.py` or the process manager.
Next hop: the relay, woken after the commit.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import reduce
from typing import Any
from uuid import UUID, uuid5

from psycopg.errors import UniqueViolation

from shared.clock import Clock
from shared.eventsourcing import store
from shared.eventsourcing.clock_watch import ClockWatch
from shared.eventsourcing.commands.again import PATIENCE_S, until_decided
from shared.eventsourcing.commands.bounds import refuse_size
from shared.eventsourcing.commands.decided import answer_of, recorded_of
from shared.eventsourcing.commands.decider import Decider
from shared.eventsourcing.commands.known_cases import HeardOf, KnownCases, admit_beside, admit_person
from shared.eventsourcing.commands.order import (
    Answer,
    AtOnce,
    CommandReused,
    Conflict,
    Order,
    TooBusy,
    nothing_at_once,
)
from shared.eventsourcing.commands.remembered import Folded, Remembered
from shared.eventsourcing.read_models import projector
from shared.eventsourcing.read_models.changes import Project
from shared.eventsourcing.recorded import Actor, Metadata, Recorded, decode_row
from shared.eventsourcing.sql import Connection, Pool
from shared.telemetry.spans import Told, step

Categories = Mapping[str, Decider[Any, Any, Any]]


class CommandHandler:
    """Handles the commands of one service. `project` answers the inline read-model changes of an event.

    `at_once`: orders for other streams that an event of a person's command brings about, decided and written
    with it. `heard_of` says whether a cycle exists for this service (None: every one does);
    `watch` looks after the database's clock; `patience_s` is how long a command is decided again while others
    are quicker.
    """

    def __init__(
        self,
        source: str,
        categories: Categories,
        project: Project,
        pool: Pool,
        committed: Callable[[], None],
        *,
        heard_of: HeardOf | None = None,
        watch: ClockWatch | None = None,
        patience_s: float = PATIENCE_S,
        at_once: AtOnce = nothing_at_once,
    ) -> None:
        self._patience_s, self._at_once = patience_s, at_once
        self.source, self._categories, self._project = source, categories, project
        self._pool, self._committed = pool, committed
        self._known, self._watch = KnownCases(heard_of), watch or ClockWatch()
        self.clock: Clock | None = None  # a test's stand-in for the store's own now
        self._remembered = Remembered()

    async def handle(
        self,
        order: Order,
        *,
        actor: Actor,
        command_id: UUID,
        expected: int | None = None,
        correlation: str = "",
        traceparent: str = "",
        request: bytes | None = None,
    ) -> Answer:
        """Carries out a command; the same `command_id` again gives the same answer and no second effect.

        `request` is a digest of what the caller sent, by which a repetition is known; without it the command
        itself is compared. Raises Refused (by a rule), Conflict (`expected` is stale), CommandReused,
        TooBusy. In each case nothing has happened. When the connection is lost in the middle,
        OperationalError: whether it happened shows when the command is given again.
        """
        said = Told(command=type(order.command).__name__, category=order.stream.partition("-")[0])
        with step(self.source, "command", traceparent, **said) as within:
            why = Metadata(
                actor=actor,
                command_id=str(command_id),
                correlation=correlation or str(command_id),
                traceparent=within.traceparent,
            )
            with within.logging(command=str(command_id), correlation=why.correlation):
                return await self._handle(order, why, command_id, expected, request)

    async def _handle(
        self, order: Order, why: Metadata, command_id: UUID, expected: int | None, request: bytes | None
    ) -> Answer:
        admit_person(order, why.actor.person)

        async def attempt() -> Answer | None:
            self._pool.refuse_without_replica()
            async with self._pool.connection() as conn:
                return await self._attempt(conn, order, why, command_id, expected, request)

        answer = await until_decided(attempt, self.source, self._patience_s)
        if answer is None:
            raise TooBusy(order.stream)
        self._committed()
        return answer

    async def _attempt(
        self,
        conn: Connection,
        order: Order,
        why: Metadata,
        command_id: UUID,
        expected: int | None,
        request: bytes | None,
    ) -> Answer | None:
        folded, loaded = await self._load(conn, order.stream, command_id)
        self._remembered.keep(order.stream, folded)
        if loaded.answered is not None and loaded.answered.fingerprint == request:
            return await self._again(conn, loaded.answered)
        at = self.clock() if self.clock else loaded.now
        order = await self._known.admitted(conn, order, at, begun=bool(folded.version))
        by_content = store.fingerprint(order.stream, order.command)
        if loaded.answered is not None:
            if loaded.answered.fingerprint != by_content:
                raise CommandReused(order.stream)
            return await self._again(conn, loaded.answered)
        if expected is not None and expected != folded.version:
            raise Conflict(
                order.stream, expected, folded.version, await self._since(conn, order.stream, expected)
            )
        decision = self._decide(order, why, command_id, request or by_content, folded, loaded.now)
        refuse_size(order.command, decision.lines)
        beside = await self._decide_beside(conn, decision, why, command_id)
        try:
            await self._write(conn, [decision, *beside])  # the cause before what follows from it
        except UniqueViolation as error:
            if store.conflict(error):
                return None
            raise
        return answer_of(self.source, decision)

    async def _decide_beside(
        self, conn: Connection, decision: store.Append, why: Metadata, command_id: UUID
    ) -> list[store.Append]:
        """What other streams say to a decision; a refusal by one of them is a refusal of the whole."""
        made: list[store.Append] = []
        for recorded in recorded_of(self.source, decision):
            named = [(uuid5(command_id, one.stream), one) for one in self._at_once(recorded)]
            caused = replace(why, causation=recorded.ref)
            made += await self._decide_all(conn, named, caused, followed=False)
        return [one for one in made if one.events]

    async def _write(self, conn: Connection, decisions: Sequence[store.Append]) -> None:
        """One transaction for all; in one round trip, unless they are several or changes depend on each
        other.
        """
        own = [recorded for one in decisions for recorded in recorded_of(self.source, one)]
        changes = [change for recorded in own for change in self._project(recorded)]
        with step(self.source, "append", decisions[0].metadata.traceparent):
            beside = projector.together(changes) if len(decisions) == 1 else None
            if beside is not None:
                await store.append(conn, decisions[0], beside=beside)
                return
            async with conn.transaction():
                await projector.write(conn, changes)
                for decision in decisions:
                    await store.append(conn, decision)

    async def answered(self, command_id: UUID, request: bytes) -> Answer | None:
        """How this very request was answered before; None when it was not."""
        async with self._pool.connection() as conn:
            before = (await store.load(conn, self.source, "", command_id)).answered
            return (
                await self._again(conn, before)
                if before is not None and before.fingerprint == request
                else None
            )

    async def states(self, conn: Connection, streams: Sequence[str]) -> list[Any]:
        """The states of short streams of ours as the caller's transaction sees them, in one round trip."""
        found = await store.events_of(conn, self.source, streams)
        return [reduce(one.evolve, found[of], one.initial) for of in streams for one in (self._decider(of),)]

    async def absorb(
        self, conn: Connection, recorded: Recorded, orders: Sequence[tuple[UUID, Order]]
    ) -> None:
        """In the caller's transaction: the read-model changes of someone's event,
        and our own commands that follow from it.

        Raises psycopg's UniqueViolation (see `store.conflict`) when one of our streams moved on meanwhile:
        roll back and try again. Keeps no state: what it loads may be the transaction's own and never be
        committed.
        """
        trace, source, event = recorded.metadata.traceparent, recorded.source, recorded.type
        with step(self.source, "reaction", trace, "hears", event=event, source=source) as within:
            await self._absorb(conn, recorded, orders, within.traceparent)

    async def _absorb(
        self, conn: Connection, recorded: Recorded, orders: Sequence[tuple[UUID, Order]], traceparent: str
    ) -> None:
        of_all = Metadata(
            actor=Actor.system(self.source),
            command_id="",
            correlation=recorded.metadata.correlation,
            causation=recorded.ref,
            traceparent=traceparent,
        )
        decisions = [one for one in await self._decide_all(conn, orders, of_all) if one.events]
        await projector.write(conn, self._project(recorded) if recorded.source != self.source else ())
        for decision in decisions:
            for own in recorded_of(self.source, decision):
                await projector.write(conn, self._project(own))
        # last: the shorter an append's lock is held, the sooner what it wrote is settled
        for decision in decisions:
            await store.append(conn, decision)

    async def _decide_all(
        self,
        conn: Connection,
        orders: Sequence[tuple[UUID, Order]],
        of_all: Metadata,
        *,
        followed: bool = True,
    ) -> list[store.Append]:
        """What is decided for several streams in one transaction; a later order sees what an earlier one of
        its stream decided. `followed`: they follow from an event, else from a person's command.
        """
        seen: dict[str, Folded] = {}
        decisions: list[store.Append] = []
        for command_id, order in orders:
            loaded_state, loaded = await self._load(conn, order.stream, command_id)
            folded = seen.get(order.stream, loaded_state)
            now = max([loaded.now, *(earlier.recorded_at for earlier in decisions)])
            admit_beside(order, self.clock() if self.clock else now, followed=followed)
            why = replace(of_all, command_id=str(command_id))
            print_of = store.fingerprint(order.stream, order.command)
            decision = self._decide(order, why, command_id, print_of, folded, now)
            refuse_size(order.command, decision.lines, reaction=followed)
            seen[order.stream] = self._on(order.stream, folded, decision.events)
            decisions.append(decision)
        return decisions

    async def _load(self, conn: Connection, stream: str, command_id: UUID) -> tuple[Folded, store.Loaded]:
        """The state of a stream as it stands now, and what else the store says for a decision."""
        known = self._remembered.of(stream) or Folded(0, self._decider(stream).initial)
        loaded = await store.load(conn, self.source, stream, command_id, after=known.version)
        if not loaded.known:
            self._remembered.forget(stream)
            return await self._load(conn, stream, command_id)
        self._watch.saw(loaded.clock, loaded.now)
        return self._on(stream, known, loaded.events), loaded

    def _on(self, stream: str, folded: Folded, events: Sequence[object]) -> Folded:
        """The state some events later."""
        evolve = self._decider(stream).evolve
        return (
            Folded(folded.version + len(events), reduce(evolve, events, folded.state)) if events else folded
        )

    def _decider(self, stream: str) -> Decider[Any, Any, Any]:
        return self._categories[stream.partition("-")[0]]

    def _decide(
        self, order: Order, why: Metadata, command_id: UUID, print_of: bytes, folded: Folded, now: datetime
    ) -> store.Append:
        return store.Append(
            stream=order.stream,
            expected=folded.version,
            case_id=order.case_id,
            command=command_id,
            fingerprint=print_of,
            events=tuple(self._decider(order.stream).decide(order.command, folded.state)),
            metadata=why,
            recorded_at=now,
        )

    async def _since(self, conn: Connection, stream: str, version: int) -> list[Recorded]:
        rows = await store.read_stream(
            conn, stream, from_version=version + 1, upto=await store.settled(conn), limit=100
        )
        return [decode_row(self.source, row) for row in rows]

    async def _again(self, conn: Connection, before: store.Answered) -> Answer:
        events = await store.caused(conn, self.source, before)
        return Answer(source=self.source, stream=before.stream, version=before.version, events=events)
