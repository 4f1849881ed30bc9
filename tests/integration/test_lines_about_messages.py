"""Whatever happens to one message, each log line about it names the request and the correlation of its own
event, also while another message is worked on.
"""

import ast
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest
from structlog.contextvars import clear_contextvars, merge_contextvars
from structlog.testing import capture_logs

from shared.eventsourcing.recorded import Metadata, Row
from shared.messaging.envelope import Message
from shared.messaging.faust import listening
from shared.telemetry.tracing import id_of
from tests.support.keys import without_seal
from tests.support.parts import PostgresPart
from tests.support.receiving import SOURCE, Receiving, Sending, damaged, sender_and_receiver

Both = tuple[Sending, Receiving]
Line = Mapping[str, Any]
MESSAGING = Path(listening.__file__).parents[1]
OF_NO_MESSAGE = {
    "waiting-for-database": "whatever was asked of it",
    "retry-look-failed": "a look at all that is parked",
    "heads-not-compared": "a comparison with a whole source",
    "difference": "fsck says it of places whose event is gone or is not what it was",
    "lost-message-found": "it never came, so that nobody knows its request; what is fetched then says it",
}


@pytest.fixture
async def both(postgres: PostgresPart) -> AsyncIterator[Both]:
    async with sender_and_receiver(postgres) as (sending, service):
        await sending.happen("tally-1", 3)
        await sending.happen("tally-2", 1)
        yield sending, service


async def failing(sending: Sending, service: Receiving) -> None:
    """A reaction fails, again at a retry, and goes well at the next."""
    service.failing.add(("tally-1", 1))
    await service.consumer.run_many(await sending.messages())
    for mended in (False, True):
        if mended:
            service.failing.clear()
        await service.press_retry("intake/tally-1/1")
        await service.retrying().look()


async def failing_before_another(sending: Sending, service: Receiving) -> None:
    """An event that is fetched because a later one came: both have trouble."""
    service.failing.update({("tally-1", 2), ("tally-2", 1)})
    messages = await sending.messages()
    await service.consumer.run(messages[2])
    await service.consumer.run(messages[3])


async def unreadable(sending: Sending, service: Receiving) -> None:
    """A body in pieces, which its source tells again at a retry; and one that nobody sealed."""
    first, *_, other = await sending.messages()
    await service.consumer.run(damaged(first, value=b'{"cut": '))
    await service.consumer.run(without_seal(other))
    for name, _ in await service.parked():
        await service.press_retry(name)
    await service.retrying().look()


async def contradicting(sending: Sending, service: Receiving) -> None:
    """A source that tells an event otherwise, and after a while as before."""
    await service.consumer.run_many(await sending.messages())
    for change in (b"'false'", b"'true'"):
        with psycopg.connect(sending.database.owner, autocommit=True) as conn:
            conn.execute(b"CREATE TABLE IF NOT EXISTS before AS SELECT * FROM event")
            conn.execute(
                b"UPDATE event SET data = CASE WHEN " + change + b"::boolean THEN before.data"
                b" ELSE '{\"other\": 1}' END FROM before"
                b" WHERE before.position = event.position AND event.stream = 'tally-1' AND event.version = 2"
            )
        await service.heads(grace_s=0).compare(SOURCE)
        for name, _ in await service.parked():
            await service.press_retry(name)
        await service.retrying().look()


async def nowhere_to_park(sending: Sending, service: Receiving) -> None:
    """The place of parked messages is gone: the log is the last that takes all."""
    service.failing.add(("tally-2", 1))
    with psycopg.connect(service.database.owner, autocommit=True) as conn:
        conn.execute("ALTER TABLE parked RENAME TO elsewhere")
    await service.consumer.receive_or_park(*await _last(sending, service))


async def raising(sending: Sending, service: Receiving) -> None:
    """A consumer that raises, which it never should."""
    message, _ = await _last(sending, service)

    async def once(_message: Message) -> None:
        if not raised:
            raised.append(True)
            raise RuntimeError("scripted")

    raised: list[bool] = []
    await listening._insist(once, message)


async def _last(sending: Sending, service: Receiving) -> Any:
    message = (await sending.messages())[-1]
    return message, service.consumer.read(message)


SITUATIONS: Mapping[Callable[[Sending, Receiving], Awaitable[None]], set[str]] = {
    failing: {"batch-refused", "reaction-failed", "parked", "retry-failed", "parked-taken-in"},
    failing_before_another: {"fetching-missing", "reaction-failed", "parked"},
    unreadable: {"parked", "parked-taken-in"},
    contradicting: {"contradiction", "alarm-over"},
    nowhere_to_park: {"parking-failed", "message-passed-by"},
    raising: {"consumer-raised"},
}


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda one: one.__name__)
async def test_each_line_about_a_message_names_the_request_and_the_correlation_of_its_event(
    both: Both, situation: Callable[[Sending, Receiving], Awaitable[None]]
) -> None:
    sending, service = both
    rows = await sending.rows()
    clear_contextvars()
    with capture_logs(processors=[merge_contextvars]) as lines:
        await situation(sending, service)
    assert {line["event"] for line in lines} >= SITUATIONS[situation], "else it is not the situation it says"
    for line in lines:
        about = [row for row in rows if is_about(line, row)]
        if about and line["event"] not in OF_NO_MESSAGE:
            (row,) = about
            said = msgspec.json.decode(row.metadata, type=Metadata)
            wanted = id_of(said.traceparent), said.correlation
            assert (line.get("request"), line.get("correlation")) == wanted, line
        else:
            assert line["event"] in {"batch-refused", "consumer-raised", "fetching-missing"}, line
    assert all(line.get("request") for line in lines if line.get("size", 1) == 1)


def is_about(line: Line, row: Row) -> bool:
    """Whether a line names the place of that event: in its stream, or as a message in its topic."""
    if "offset" in line:
        return bool(line["offset"] == row.position - 1)
    return (line.get("stream"), line.get("version")) == (row.stream, row.version)


def test_every_line_that_the_receiving_side_can_write_is_looked_at_here() -> None:
    files = [*(MESSAGING / "receiving").glob("*.py"), MESSAGING / "faust" / "listening.py"]
    named = {name for file in files for name in lines_in(ast.parse(file.read_text()))}
    assert named == set().union(*SITUATIONS.values()) | OF_NO_MESSAGE.keys()


def lines_in(tree: ast.AST) -> set[str]:
    """The names of all lines that a module writes."""
    return {
        call.args[0].value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "log"
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    }


async def test_an_event_without_a_trace_is_not_told_as_part_of_anothers(both: Both) -> None:
    """Older than traces: it is fetched while one that has a trace is worked on."""
    sending, service = both
    with psycopg.connect(sending.database.owner, autocommit=True) as conn:
        conn.execute("UPDATE event SET metadata = metadata - 'traceparent' WHERE version = 1")
    service.failing.add(("tally-1", 1))
    last = (await sending.messages())[2]
    with capture_logs(processors=[merge_contextvars]) as lines:
        await service.consumer.run(replace(last))
    assert {line["request"] for line in lines if line.get("version") == 1} == {""}
