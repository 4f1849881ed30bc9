"""The digest of an event's content: Python and PostgreSQL say the same of every event,
and of every stream's chain.
"""

import hashlib
from datetime import UTC, datetime, timedelta

import psycopg
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from deploy.local.postgres.databases import Database
from shared.eventsourcing.digest import NOTHING, chained, content_digest
from shared.eventsourcing.recorded import Row
from tests.support.kernel import install
from tests.support.parts import PostgresPart

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=60)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
EVENT = st.tuples(
    TEXT,
    st.integers(1, 2**15 - 1),
    TEXT,
    st.dictionaries(TEXT, JSON, max_size=5),
    st.dictionaries(TEXT, JSON, max_size=3),
    st.integers(-62_000_000_000_000_000, 253_000_000_000_000_000).map(
        lambda us: EPOCH + timedelta(microseconds=us)
    ),
)
PUT = """INSERT INTO event (stream, version, case_id, type, schema, data, metadata, recorded_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"""
ROWS = (
    "SELECT position, stream, version, case_id, type, schema, data::text, metadata::text, "
    "recorded_at FROM event ORDER BY version"
)


def installed(postgres: PostgresPart) -> Database:
    database = postgres.fresh_database("digests")
    install(database)
    return database


def test_both_sides_compute_the_same_digests_and_chains(postgres: PostgresPart) -> None:
    with psycopg.connect(installed(postgres).owner) as conn:

        @settings(max_examples=60, deadline=None)
        @given(stream=TEXT, events=st.lists(EVENT, min_size=1, max_size=5))
        def same(stream: str, events: list[tuple[str, int, str, object, object, datetime]]) -> None:
            conn.execute("DELETE FROM event")
            for version, (kind, schema, case, data, metadata, at) in enumerate(events, 1):
                conn.execute(PUT, (stream, version, case, kind, schema, Jsonb(data), Jsonb(metadata), at))
            rows = [Row(*found) for found in conn.execute(ROWS).fetchall()]
            told = [
                bytes(found[0])
                for found in conn.execute("SELECT event_digest(event) FROM event ORDER BY version").fetchall()
            ]
            assert [content_digest(row) for row in rows] == told
            chain = NOTHING
            for digest in told:
                chain = chained(chain, digest)
            (whole,) = conn.execute(
                "SELECT chained(event_digest(event) ORDER BY version) FROM event"
            ).fetchone() or (b"",)
            assert bytes(whole) == chain

        same()
        conn.rollback()


def test_every_field_counts_and_the_position_does_not() -> None:
    row = Row(7, "s", 1, "c", "t", 1, "{}", "{}", datetime.fromisoformat("2026-01-01T00:00:00+07:00"))
    others = [
        row._replace(stream="x"),
        row._replace(version=2),
        row._replace(case_id="x"),
        row._replace(type="x"),
        row._replace(schema=2),
        row._replace(data='{"a": 1}'),
        row._replace(metadata='{"a": 1}'),
        row._replace(recorded_at=datetime.fromisoformat("2026-01-01T00:00:00.000001+07:00")),
        row._replace(stream="s" * 2, type=""),
    ]
    digests = {content_digest(one) for one in (row, *others)}
    assert len(digests) == len(others) + 1
    assert content_digest(row._replace(position=8)) == content_digest(row)
    assert len(content_digest(row)) == hashlib.sha256().digest_size
