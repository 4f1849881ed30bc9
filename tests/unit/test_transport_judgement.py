"""What a worker's progress is judged to be, what counts as a database outage, and which events are next:
pure decisions of the transport.
"""

import logging
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread
from psycopg import errors
from psycopg_pool import PoolTimeout

from shared.contracts.values import EventRef
from shared.eventsourcing.digest import NOTHING, chained
from shared.messaging.envelope import Received
from shared.messaging.faust import fetching
from shared.messaging.faust.app import Seldom, WrongVersion, assert_versions, build
from shared.messaging.faust.watchdog import Health, Judge, Look
from shared.messaging.receiving.cursors import Cursor, Key
from shared.messaging.receiving.outage import is_outage
from shared.messaging.receiving.transaction import Advanced, Reaction, split, takes

PLACE = ("jejak.intake", 0)


def look(at: float, committed: int | None, end: int, *, progress: int = 0, waiting: bool = False) -> Look:
    offsets = {} if committed is None else {PLACE: committed}
    return Look(
        at=at,
        committed=offsets,
        ends={PLACE: end},
        mine={PLACE},
        progress=progress,
        waiting_for_database=waiting,
    )


def judged(*looks: Look) -> Health:
    judge = Judge()
    return [judge.judge(each) for each in looks][-1]


def test_everything_acknowledged_is_working() -> None:
    assert judged(look(0, 5, 5)) == Health("working", 0)


def test_unacknowledged_messages_are_a_lag_and_no_fault() -> None:
    assert judged(look(0, None, 5), look(20, 2, 5)) == Health("behind", 3)


def test_a_lag_without_any_movement_for_long_is_stalled() -> None:
    assert judged(look(0, 2, 5), look(20, 2, 5)).state == "behind"
    assert judged(look(0, 2, 5), look(31, 2, 5)).state == "stalled"


def test_taking_messages_in_is_movement_even_while_nothing_is_committed() -> None:
    assert judged(look(0, 2, 9), look(25, 2, 9, progress=1), look(50, 2, 9, progress=1)).state == "behind"


def test_waiting_for_the_database_never_becomes_stalled() -> None:
    assert judged(look(0, 2, 5), look(300, 2, 5, waiting=True)).state == "waiting-for-database"
    assert judged(look(0, 2, 5), look(300, 2, 5, waiting=True), look(320, 2, 5)).state == "behind"


def test_more_committed_than_there_is_means_that_the_broker_lost_data() -> None:
    assert judged(look(0, 7, 7), look(5, 7, 5)).state == "reset"


def test_an_offset_that_was_beyond_the_end_from_the_start_is_no_news_until_it_was_mended() -> None:
    assert judged(look(0, 7, 5), look(5, 7, 5)).state == "working"
    assert judged(look(0, 7, 5), look(5, 2, 5), look(10, 7, 5)).state == "reset"


def test_a_forgotten_commit_means_that_the_broker_lost_data() -> None:
    assert judged(look(0, 7, 7), look(5, None, 900)).state == "reset"


@pytest.mark.parametrize(
    "error",
    [
        psycopg.OperationalError("server closed the connection unexpectedly"),
        PoolTimeout("no connection in time"),
        errors.AdminShutdown(),
        errors.CannotConnectNow(),
        errors.DiskFull(),
        errors.TooManyConnections(),
        errors.ReadOnlySqlTransaction(),
    ],
)
def test_an_outage_is_waited_for(error: Exception) -> None:
    assert is_outage(error)


@pytest.mark.parametrize(
    "error",
    [
        errors.QueryCanceled(),
        errors.DeadlockDetected(),
        errors.UniqueViolation(),
        errors.NotNullViolation(),
        ValueError("no"),
    ],
)
def test_a_fault_of_the_message_is_no_outage(error: Exception) -> None:
    assert not is_outage(error)


def event(version: int, stream: str = "tally-1", name: str = "figure-entered", schema: int = 1) -> Received:
    return Received(
        source="intake",
        stream=stream,
        version=version,
        position=version,
        case_id="3402-2026",
        type=name,
        schema=schema,
        data=b"{}",
        metadata=b"{}",
        recorded_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def splitting(
    events: list[Received], at: dict[Key, Cursor], *, retrying: bool = False
) -> tuple[list[int], Advanced]:
    good, taken = split(events, at, [None] * len(events), {}, retrying=retrying)
    return [each.version for each, _ in good], taken


def with_digests(*events: Received) -> list[tuple[Received, bytes]]:
    return [(each, each.digest) for each in events]


def test_the_chain_of_a_stream_grows_with_each_event_and_stays_unknown_where_it_was() -> None:
    at = {
        ("intake", "tally-1"): Cursor(0, stuck=False),
        ("intake", "tally-2"): Cursor(0, stuck=False, digest=None),
    }
    splitting([event(1), event(2), event(1, stream="tally-2")], at)
    assert at["intake", "tally-1"].digest == chained(chained(NOTHING, event(1).digest), event(2).digest)
    assert at["intake", "tally-2"].digest is None


def test_a_repetition_that_says_something_else_ends_the_batch() -> None:
    at = {("intake", "tally-1"): Cursor(1, stuck=False)}
    known = {("intake", "tally-1", 1): event(1, schema=2).digest}
    assert split([event(2), event(1)], at, [None] * 2, {}, known_digests=known, retrying=False) == (
        with_digests(event(2)),
        Advanced(1, "contradiction"),
    )


def test_duplicates_are_done_without_an_effect() -> None:
    assert splitting([event(1), event(2), event(3)], {("intake", "tally-1"): Cursor(2, stuck=False)}) == (
        [3],
        Advanced(3),
    )


def test_the_first_event_that_is_not_next_ends_the_batch() -> None:
    at = {("intake", "tally-1"): Cursor(0, stuck=False)}
    assert splitting([event(1), event(3), event(4)], at) == ([1], Advanced(1, "gap"))
    assert splitting([event(2, name="harvest-counted")], at) == ([], Advanced(0, "unknown"))
    assert splitting([event(2, schema=99)], at) == ([], Advanced(0, "unknown"))


@pytest.mark.parametrize(
    ("newer", "wanted", "all_bytes", "taken"),
    [
        (event(1, schema=99), {("intake", "figure-entered")}, False, False),
        (event(1, schema=99), {("intake", "cycle-opened")}, False, True),
        (event(1, name="harvest-counted"), {("intake", "cycle-opened")}, False, False),
        (event(1, schema=99), None, False, False),
        (event(1, schema=99), None, True, True),
        (event(1, name="harvest-counted"), None, True, True),
    ],
)
def test_what_a_newer_version_says_waits_unless_it_can_never_concern_us(
    newer: Received, wanted: set[tuple[str, str]] | None, all_bytes: bool, taken: bool
) -> None:
    async def many(_conn: object, _events: object) -> None: ...

    wants = None if wanted is None else frozenset(wanted)
    assert takes(Reaction(many=many, wants=wants, unknown_too=all_bytes), newer) is taken


def test_a_stuck_stream_lets_nothing_pass_but_a_retry() -> None:
    assert splitting([event(1)], {("intake", "tally-1"): Cursor(0, stuck=True)}) == ([], Advanced(0, "stuck"))
    assert splitting([event(1)], {("intake", "tally-1"): Cursor(0, stuck=True)}, retrying=True) == (
        [1],
        Advanced(1),
    )


def test_an_event_waits_for_its_cause_unless_the_cause_is_in_the_same_batch() -> None:
    cause = EventRef(source="intake", stream="tally-1", version=1)
    effect = event(1, stream="tally-2")
    at = {("intake", "tally-1"): Cursor(0, stuck=False), ("intake", "tally-2"): Cursor(0, stuck=False)}
    assert split([effect], at, [cause], {}, retrying=False) == ([], Advanced(0, "missing-cause"))
    assert split([event(1), effect], at, [None, cause], {}, retrying=False) == (
        with_digests(event(1), effect),
        Advanced(2),
    )
    elsewhere = {("intake", "tally-2"): Cursor(0, stuck=False)}
    assert split([effect], elsewhere, [cause], {("intake", "tally-1"): 1}, retrying=False) == (
        with_digests(effect),
        Advanced(1),
    )


def test_the_faust_app_has_exactly_the_settings_that_were_measured() -> None:
    conf = build("intake", "127.0.0.1:1", "0").conf
    told = {
        "id": conf.id,
        "guarantee": conf.processing_guarantee.value,
        "declares": conf.topic_allow_declare,
        "leads": not conf.topic_disable_leader,
        "standbys": conf.table_standby_replicas,
        "commits_every": conf.broker_commit_interval,
        "buffers": conf.stream_buffer_maxsize,
        "session": (
            conf.broker_session_timeout,
            conf.broker_heartbeat_interval,
            conf.broker_rebalance_timeout,
        ),
        "request": conf.broker_request_timeout,
        "poll": conf.broker_max_poll_records,
        "begins": conf.consumer_auto_offset_reset,
        "web": conf.web_enabled,
        "member": conf.consumer_group_instance_id,
    }
    assert told == {
        "id": "jejak-intake",
        "guarantee": "at_least_once",
        "declares": False,
        "leads": False,
        "standbys": 0,
        "commits_every": 0.5,
        "buffers": 512,
        "session": (10, 3, 30),
        "request": 40,
        "poll": 500,
        "begins": "earliest",
        "web": False,
        "member": "intake-0",
    }


def test_another_version_of_a_patched_library_is_refused_with_a_sentence() -> None:
    assert_versions()
    with pytest.raises(WrongVersion, match=r"install from requirements\.lock"):
        assert_versions({"aiokafka": "0.0.1"})


def test_the_same_log_line_is_said_seldom() -> None:
    seldom = Seldom(seconds=1000)
    line = logging.LogRecord("aiokafka.conn", logging.ERROR, "x", 1, "Unable connect to %s", ("a",), None)
    other = replace_message(line, "Something else")
    assert [seldom.filter(line), seldom.filter(line), seldom.filter(other)] == [True, False, True]
    assert Seldom(seconds=0).filter(line)
    for number in range(5000):
        seldom.filter(logging.LogRecord("aiokafka", logging.ERROR, "", 0, f"{number} times", None, None))
    assert len(seldom._said) <= 1000


def replace_message(line: logging.LogRecord, message: str) -> logging.LogRecord:
    return logging.LogRecord(line.name, line.levelno, "x", 1, message, (), None)


def test_a_look_remembers_the_one_before() -> None:
    first = look(0, 2, 5)
    assert judged(first, replace(first, at=31)).detail == "nothing moved for 31 s"


def test_the_broker_may_hold_a_question_only_briefly_so_that_empty_partitions_do_not_stop_full_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = SimpleNamespace(_fetch_max_wait_ms=1500)
    monkeypatch.setattr(fetching, "_ORIGINAL", lambda _thread, _transport: made)
    fetching.patch()
    thread: Any = SimpleNamespace()
    assert AIOKafkaConsumerThread._create_worker_consumer(thread, None) is made  # type: ignore[arg-type]
    assert made._fetch_max_wait_ms == fetching.HOLD_MS
