"""A service in miniature on a real database: the kernel's tables and one stream category, `tally`."""

import uuid
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date

import psycopg
from sqlalchemy import Column, Integer, MetaData, Table, Text

from deploy.local.postgres.databases import Database
from shared.contracts.intake import FigureEntered
from shared.contracts.values import Figure
from shared.eventsourcing.commands.command_handler import CommandHandler
from shared.eventsourcing.commands.decider import Decider, Refused
from shared.eventsourcing.commands.order import Order
from shared.eventsourcing.read_models.changes import Change, Put
from shared.eventsourcing.recorded import Actor, Recorded
from shared.eventsourcing.sight import WHOLE
from shared.eventsourcing.sql import Pool, open_pool
from shared.migrations.kernel import script

CASE = "3402-2026"
SRI = Actor(person="sri", role="unsur_opd", agency="dinkes")
TALLY = Table(
    "tally",
    MetaData(),
    Column("stream", Text, primary_key=True),
    Column("served", Integer, nullable=False),
    info={"region": WHOLE},
)


def entered(served: int) -> FigureEntered:
    """An event with a number in it."""
    figure, day = Figure(served=served, entitled=10**9), date(2026, 2, 2)
    whose = {"cycle": CASE, "agency": "dinkes", "period": "tahunan", "service": "kes.balita"}
    return FigureEntered(**whose, figure=figure, by="sri", occurred_on=day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Enter the next number; refused below zero, no news for zero."""

    step: int


def decide(command: Count, served: int) -> Sequence[FigureEntered]:
    if command.step < 0:
        raise Refused("R01", "Jumlah tidak boleh negatif.", field="served")
    return [entered(served + command.step)] if command.step else []


def evolve(_served: int, event: FigureEntered) -> int:
    return event.figure.served or 0


tally: Decider[Count, FigureEntered, int] = Decider(initial=0, decide=decide, evolve=evolve)


def project(recorded: Recorded) -> Iterable[Change]:
    if isinstance(recorded.event, FigureEntered):
        yield Put(TALLY, {"stream": recorded.stream}, {"served": recorded.event.figure.served})


def install(database: Database) -> None:
    """The kernel's tables and the read model of `tally`."""
    role = psycopg.conninfo.conninfo_to_dict(database.app)["user"]
    with psycopg.connect(database.owner, autocommit=True) as conn:
        conn.execute(script(str(role)).encode())
        conn.execute("CREATE TABLE tally (stream text PRIMARY KEY, served integer NOT NULL)")


def order(step: int, stream: str = "tally-1") -> Order:
    return Order(stream=stream, command=Count(step=step), case_id=CASE)


@asynccontextmanager
async def kernel(
    database: Database, *, connections: int = 8, committed: Callable[[], None] = lambda: None
) -> AsyncIterator[tuple[Pool, CommandHandler]]:
    """The pool and the command handler of source `intake` on a database made by `install`."""
    pool = open_pool(database.app, size=connections)
    await pool.open()
    try:
        yield pool, CommandHandler("intake", {"tally": tally}, project, pool, committed)
    finally:
        await pool.close()


def command_id() -> uuid.UUID:
    return uuid.uuid4()
