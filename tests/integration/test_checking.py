"""Fsck of any service: an event that is changed or gone, at its source or in what was remembered of it,
is named; whatever was made of it.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx2
import psycopg
import pytest

from shared.eventsourcing import feed, store
from shared.messaging.receiving import checking, cursor_pages
from shared.messaging.receiving.feed_client import FeedClient
from tests.integration.test_feed import answered
from tests.support.keys import KEYS, SIGNERS
from tests.support.parts import PostgresPart
from tests.support.receiving import SOURCE, Receiving, Sending, sender_and_receiver

READER = "archive"
NEW = {
    "text": "'something-else'",
    "integer": "version + 100",
    "smallint": "schema + 1",
    "timestamp with time zone": "recorded_at + interval '1 second'",
    "jsonb": "{column} || '{{\"added\": 1}}'",
    "bytea": "sha256({column})",
    "bigint": "position + 100000",
}
UNSAID = {"position", "commit_position"}
"""What is no content: the order of issue, of which the log keeps its own copy, and the commit, by which the
past is made again and compared (test_rebuild).
"""


@dataclass
class Both:
    """A source and a service that took everything in; each asks the other over its routes' own pages."""

    sending: Sending
    service: Receiving
    asked: list[str] = field(default_factory=list)

    def feed(self, service: str) -> FeedClient:
        made = FeedClient(
            service, self.sending.pool, dict.fromkeys((SOURCE, READER), "http://x.test"), {}, KEYS
        )
        made._http = httpx2.AsyncClient(transport=httpx2.MockTransport(self._answer))
        return made

    async def _answer(self, request: httpx2.Request) -> httpx2.Response:
        _, _, service, what = request.url.path.split("/")
        query = request.url.params
        self.asked.append(what)
        async with (self.service if what == "taken" else self.sending).pool.connection() as conn:
            if what == "events":
                body = await feed.events_page(conn, int(query["after"]), 4)
            elif "stream" in query:
                body = await cursor_pages.events_page(
                    conn, query["of"], query["stream"], int(query["from_version"])
                )
            else:
                body = await cursor_pages.streams_page(conn, query["of"], query["behind"])
        return answered(request, body, SIGNERS[service])

    async def found(self) -> tuple[list[str], list[str]]:
        """What the source finds of its own events, and the reader of what it took in."""
        async with self.sending.pool.connection() as conn:
            own = await checking.check(conn, SOURCE, [SOURCE], self.feed(SOURCE), [SOURCE, READER])
        async with self.service.pool.connection() as conn:
            foreign = await checking.check(conn, READER, [SOURCE], self.feed(READER), [])
        assert own.not_compared == foreign.not_compared == []
        return own.wrong, foreign.wrong

    def tamper(self, statement: str, *, at_reader: bool = False) -> None:
        database = self.service.database if at_reader else self.sending.database
        with psycopg.connect(database.owner, autocommit=True) as conn:
            assert conn.execute(statement.encode()).rowcount == 1, statement

    def columns(self, table: str) -> dict[str, str]:
        with psycopg.connect(self.service.database.owner) as conn:
            asked = (
                b"SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = "
                b"'public' AND table_name = %b"
            )
            return dict(conn.execute(asked, (table,)).fetchall())


@pytest.fixture
async def both(postgres: PostgresPart) -> AsyncIterator[Both]:
    async with sender_and_receiver(postgres) as (sending, service):
        for number in (1, 2, 3):
            await sending.happen(f"tally-{number}", 3)
        await service.consumer.run_many(await sending.messages())
        yield Both(sending, service)


async def test_nothing_is_found_where_nothing_was_changed(
    both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cursor_pages, "PAGE", 2)
    assert await both.found() == ([], [])
    assert both.asked.count("taken") == 2


async def test_an_event_that_is_changed_in_any_column_is_named_from_both_sides(both: Both) -> None:
    for column, kind in both.columns("event").items():
        where = "WHERE stream = 'tally-2' AND version = 2"
        with psycopg.connect(both.sending.database.owner, autocommit=True) as conn:
            kept = conn.execute(f"SELECT ctid FROM event {where}".encode()).fetchone()
            conn.execute(b"BEGIN")
            assert kept
            conn.execute(b"CREATE TABLE kept AS SELECT * FROM event WHERE stream = 'tally-2' AND version = 2")
            if column in UNSAID:
                conn.execute(b"ROLLBACK")
                continue
            conn.execute(f"UPDATE event SET {column} = {NEW[kind].format(column=column)} {where}".encode())
            conn.execute(b"COMMIT")
            own, foreign = await both.found()
            place = "intake tally-2 @2" if column not in {"stream", "version"} else "intake tally-2 @"
            assert any(place in said for said in own), (column, own)
            assert any("intake tally-2 @" in said for said in foreign), (column, foreign)
            conn.execute(b"DELETE FROM event WHERE position = (SELECT position FROM kept)")
            conn.execute(b"INSERT INTO event OVERRIDING SYSTEM VALUE SELECT * FROM kept")
            conn.execute(b"DROP TABLE kept")
            assert await both.found() == ([], []), column


@pytest.mark.parametrize("version", [1, 2, 3])
async def test_an_event_that_is_gone_is_named_from_both_sides(both: Both, version: int) -> None:
    both.tamper(f"DELETE FROM event WHERE stream = 'tally-2' AND version = {version}")
    own, foreign = await both.found()
    assert any(said.startswith(f"content: intake tally-2 @{version}:") for said in own)
    assert (version < 3) == any(said.startswith(f"missing: intake tally-2 @{version}:") for said in own)
    assert foreign == ["missing: intake tally-2 @3: archive took in more of this stream than its source has"]


async def test_whatever_is_changed_in_what_was_remembered_is_named(both: Both) -> None:
    which = "(SELECT id FROM cursor WHERE stream = 'tally-2')"
    for statement in (
        f"UPDATE cursor SET digest = sha256(digest) WHERE id = {which}",
        f"UPDATE taken SET digest = sha256(digest) WHERE cursor = {which} AND version = 2",
        f"DELETE FROM taken WHERE cursor = {which} AND version = 3",
    ):
        both.tamper("CREATE TABLE kept_c AS SELECT * FROM cursor WHERE stream = 'tally-2'", at_reader=True)
        with psycopg.connect(both.service.database.owner, autocommit=True) as conn:
            conn.execute(f"CREATE TABLE kept_t AS SELECT * FROM taken WHERE cursor = {which}".encode())
            assert conn.execute(statement.encode()).rowcount == 1
            _, foreign = await both.found()
            assert any("intake tally-2" in said for said in foreign), (statement, foreign)
            conn.execute(f"DELETE FROM taken WHERE cursor = {which}".encode())
            conn.execute(b"INSERT INTO taken SELECT * FROM kept_t")
            conn.execute(b"UPDATE cursor c SET digest = k.digest FROM kept_c k WHERE k.id = c.id")
            conn.execute(b"DROP TABLE kept_t, kept_c")
    assert await both.found() == ([], [])


async def test_an_answer_that_was_forgotten_for_its_age_is_no_fault_and_one_that_is_gone_before_is(
    both: Both,
) -> None:
    with psycopg.connect(both.sending.database.owner, autocommit=True) as conn:
        for days, stream in ((500, "tally-1"), (300, "tally-2")):
            conn.execute(
                b"UPDATE event SET recorded_at = recorded_at - %s * interval '1 day' WHERE stream = %s",
                (days, stream),
            )
            conn.execute(
                b"UPDATE command SET at = at - %s * interval '1 day' WHERE stream = %s", (days, stream)
            )
    async with both.sending.pool.connection() as conn:
        assert await store.forget_answers(conn) == 3
        assert (await checking.check(conn, SOURCE, [SOURCE], both.feed(SOURCE), [])).wrong == []
    both.tamper("DELETE FROM command WHERE stream = 'tally-3' AND version = 1")
    async with both.sending.pool.connection() as conn:
        assert len((await checking.check(conn, SOURCE, [SOURCE], both.feed(SOURCE), [])).wrong) == 1


async def test_a_moment_that_falls_and_a_command_that_is_gone_are_named_by_the_store_itself(
    both: Both,
) -> None:
    both.tamper(
        "UPDATE event SET recorded_at = recorded_at - interval '1 day' WHERE stream = 'tally-1' AND version "
        "= 2"
    )
    both.tamper("DELETE FROM command WHERE stream = 'tally-3' AND version = 1")
    own, _ = await both.found()
    assert "time: intake tally-1 @2: it says an earlier moment than the version before it" in own
    assert "command: intake tally-3 @1: no command is kept that was answered by it" in own


async def test_streams_without_digests_and_events_under_way_are_no_difference(both: Both) -> None:
    async with both.service.pool.connection() as conn:
        await conn.execute("UPDATE cursor SET digest = NULL WHERE stream = 'tally-1'")
        await conn.execute(
            "DELETE FROM taken WHERE cursor = (SELECT id FROM cursor WHERE stream = 'tally-1')"
        )
    await both.sending.happen("tally-2", 2)
    await both.sending.happen("tally-9")
    assert await both.found() == ([], [])


async def test_who_does_not_answer_is_said_and_no_difference(both: Both) -> None:
    async with both.sending.pool.connection() as conn:
        found = await checking.check(
            conn, SOURCE, [], FeedClient(SOURCE, both.sending.pool, {}, {}, KEYS), [READER]
        )
    assert found.wrong == []
    assert found.not_compared == [
        (
            "own events were not compared with what archive took in: no address of archive's feed is set "
            "(JEJAK_FEEDS)"
        )
    ]


async def test_every_page_is_asked_for(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cursor_pages, "PAGE", 1)
    async with both.service.pool.connection() as conn:
        assert [head.stream for head in await cursor_pages.reached(conn, SOURCE, "tally-1", 10)] == [
            "tally-2",
            "tally-3",
        ]
    both.tamper("UPDATE event SET case_id = 'lain' WHERE stream = 'tally-3' AND version = 3")
    own, _ = await both.found()
    assert [said.partition(": it")[0] for said in own] == ["content: intake tally-3 @3"]
