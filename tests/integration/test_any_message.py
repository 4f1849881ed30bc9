"""Whatever lies in a topic, also under the seal of its source:
it is taken in, parked or passed by, and never holds its partition.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import count

import msgspec
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.archive.gathering import Gathering
from shared.messaging.envelope import Message, read
from shared.messaging.receiving import parked
from shared.messaging.receiving.consumer import Consumer
from shared.messaging.sending.publishing import bundled
from tests.support.keys import SIGNERS, sealed
from tests.support.parts import PostgresPart
from tests.support.receiving import Receiving, Sending, sender_and_receiver

BIG = [0, -1, 1, 2**15, 2**31 - 1, 2**31, 99_999_999_999, 2**63 - 1, 2**63, 10**30]
NUMBER = st.one_of(
    st.sampled_from(BIG).map(lambda number: b"%d" % number),
    st.integers().map(lambda number: b"%d" % number),
    st.sampled_from(
        [
            b"",
            b"x",
            b" 1",
            b"1_0",
            b"+1",
            b"1.0",
            b"1e3",
            b"0x1",
            b"9" * 6000,
            "٣".encode(),
            "１".encode(),
            b"\xff",
            b"1\x00",
        ]
    ),
)
TEXT = st.one_of(
    st.text(max_size=20).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.binary(max_size=20),
    st.sampled_from(
        [
            b"",
            b"\x00",
            b"tally-\x00",
            "tally-\u202e".encode(),
            b"t" * 401,
            b"t" * 3000,
            b"t" * 1_000_000,
            b"\xed\xa0\x80",
            b"tally-1",
        ]
    ),
)
TIME = st.one_of(
    TEXT,
    st.sampled_from(
        [
            b"0001-01-01T00:00:00+14:00",
            b"9999-12-31T23:59:59.999999-12:00",
            b"0000-01-01T00:00:00Z",
            b"9999-12-31T23:59:59.999999Z",
            b"0001-01-01T00:00:00Z",
            b"2026-02-30T00:00:00Z",
            b"2026-01-01T00:00:00",
            b"2026-01-01",
            b"-4713-01-01T00:00:00Z",
            b"20260101T000000+0700",
            b"2026-01-01T24:00:00Z",
            b"2026-01-01T00:00:00+23:59:59.999999",
        ]
    ),
)
TYPE = st.one_of(
    TEXT,
    st.builds(
        lambda source, name, schema: b"id.jejak." + source + b"." + name + b".v" + schema,
        st.sampled_from([b"intake", b"archive", b""]),
        st.one_of(st.sampled_from([b"figure-entered", b"harvest", b"a" * 3000]), st.binary(max_size=6)),
        st.one_of(st.sampled_from([b"1"]), NUMBER),
    ),
)
ACTOR = {"person": "sri", "role": "unsur_opd", "agency": "dinkes"}
NUL = b"\\" + b"u0000"  # the escape, which is good JSON that PostgreSQL refuses
METADATA = st.one_of(
    st.binary(max_size=30),
    st.sampled_from(
        [
            b"",
            b"null",
            b"[]",
            b"{}",
            b'{"actor": 1}',
            b'{"actor": {}}',
            b"[" * 5000,
            b'{"a":' * 3000 + b"1" + b"}" * 3000,
        ]
    ),
    st.builds(
        lambda version, stream: msgspec.json.encode(
            {
                "actor": ACTOR,
                "command_id": "c",
                "correlation": "c",
                "causation": {"source": "intake", "stream": stream, "version": version},
            }
        ),
        st.sampled_from([-1, 0, 1, 2**31, 2**63]),
        st.sampled_from(["", "tally-1", "t" * 5000]),
    ),
    st.just(
        msgspec.json.encode(
            {"actor": ACTOR | {"person": "N"}, "command_id": "c", "correlation": "c"}
        ).replace(b'"N"', b'"a' + NUL + b'b"')
    ),
)
BODY = st.one_of(
    st.none(),
    st.binary(max_size=40),
    st.sampled_from(
        [
            b"",
            b"null",
            b"1e400",
            b"9" * 5000,
            b'"' + NUL + b'"',
            b'"\\ud800"',
            b"[" * 5000,
            b"[" * 9000 + b"]" * 9000,
            b'{"a":' * 9000 + b"1" + b"}" * 9000,
            b'{"text": "' + b"x" * 1_000_000 + b'"}',
            b"\xff\xfe",
            b"{} {}",
        ]
    ),
)
WILD = {
    "version": NUMBER,
    "position": NUMBER,
    "ce_subject": TEXT,
    "ce_type": TYPE,
    "ce_time": TIME,
    "case_id": TEXT,
    "metadata": METADATA,
}
CHANGES = st.lists(st.sampled_from(sorted(WILD)), min_size=0, max_size=2, unique=True).flatmap(
    lambda names: st.fixed_dictionaries({name: st.none() | WILD[name] for name in names})
)
MORE = st.lists(
    st.tuples(st.sampled_from(["version", "ce_time", "x", "", "h" * 3000, "\x00", "é"]), st.none() | TEXT),
    max_size=3,
)
ODD = st.fixed_dictionaries(
    {
        "changes": CHANGES,
        "emptied": st.lists(st.sampled_from([*WILD, "seal"]), max_size=1),
        "more": MORE,
        "first": st.booleans(),
        "body": st.just(b"same") | BODY,
        "key": st.none() | st.binary(max_size=8),
        "seal": st.sampled_from(["own", "own", "own", "kept", "none", "junk"]),
    }
)


def odd(message: Message, offset: int, how: dict) -> Message:  # type: ignore[type-arg]  # what hypothesis built
    headers: list[tuple[str, bytes | None]] = []
    for name, value in message.headers:
        if name == "seal" or (name in how["changes"] and how["changes"][name] is None):
            continue
        headers.append((name, None if name in how["emptied"] else how["changes"].get(name, value)))
    headers = [*how["more"], *headers] if how["first"] else [*headers, *how["more"]]
    body = message.value if how["body"] == b"same" else how["body"]
    made = Message(message.topic, 0, offset, how["key"], body, tuple(headers))  # type: ignore[arg-type]
    match how["seal"]:
        case "own":
            return sealed(made)
        case "kept":
            return replace(made, headers=(*made.headers, ("seal", dict(message.headers)["seal"])))
        case "junk":
            return Message(
                made.topic,
                0,
                offset,
                made.key,
                made.value,
                (*made.headers, ("seal", b"\x01\x00" + bytes(64 + 32))),
            )
    return made


@asynccontextmanager
async def both(postgres: PostgresPart) -> AsyncIterator[tuple[Sending, Receiving]]:
    async with sender_and_receiver(postgres) as (sending, service):
        await service.pool.wait()
        yield sending, service


@pytest.mark.parametrize("shape", ["consumer", "gathering"])
def test_no_message_whatever_it_carries_holds_its_partition(postgres: PostgresPart, shape: str) -> None:
    with asyncio.Runner() as runner:
        opened = both(postgres)
        sending, service = runner.run(opened.__aenter__())
        try:
            runner.run(sending.happen("tally-1", 2))
            first, second = runner.run(sending.messages())
            (written,), _ = bundled("intake", runner.run(sending.rows()), SIGNERS["intake"])
            both_at_once = replace(first, key=written.key, value=written.value, headers=written.headers)
            taker: Consumer | Gathering = (
                service.consumer if shape == "consumer" else Gathering(service.consumer, pause=0)
            )
            offsets = count(1)

            @settings(
                max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=False
            )
            @given(st.lists(ODD, min_size=1, max_size=3), st.sampled_from([first, second, both_at_once]))
            def takes(hows: list[dict], pattern: Message) -> None:  # type: ignore[type-arg]
                batch = [odd(pattern, next(offsets), how) for how in hows]
                before = service.consumer.progress
                runner.run(asyncio.wait_for(taker.run_many(batch), 60))
                assert service.consumer.progress >= before + len(batch)
                assert not service.consumer.waiting_for_database

            takes()
            runner.run(service_goes_on(sending, service))
        finally:
            runner.run(opened.__aexit__(None, None, None))


async def service_goes_on(sending: Sending, service: Receiving) -> None:
    """Afterwards a stream that was not named flows,
    and a look at everything that is parked comes to its end.
    """
    await sending.happen("tally-other", 2)
    await service.consumer.run_many((await sending.messages())[-2:])
    assert [effect for effect in await service.effects() if effect[0] == "tally-other"] == [
        ("tally-other", 1),
        ("tally-other", 2),
    ]
    async with service.pool.connection() as conn:
        await parked.retry_all(conn)
    await asyncio.wait_for(service.retrying().look(), 120)


async def test_where_even_parking_is_refused_the_message_is_passed_by_and_said(
    postgres: PostgresPart,
) -> None:
    async with both(postgres) as (sending, service):
        await sending.happen("tally-1", 1)
        (message,) = await sending.messages()
        with psycopg.connect(service.database.owner, autocommit=True) as conn:
            conn.execute("ALTER TABLE parked ADD CONSTRAINT nothing CHECK (false) NOT VALID")
        service.failing.add(("tally-1", 1))
        await asyncio.wait_for(service.consumer.run(message), 60)
        assert (await service.effects(), await service.parked()) == ([], [])
        assert read(message).version == 1
