"""What the bench computes about installations that it asks from outside:
whose a process is, what a command cost, how an answer is read. No speed is asserted anywhere.
"""

import asyncio
from pathlib import Path

import pytest

from deploy.bench.outside import kabupaten
from deploy.bench.outside.browsing import Seen
from deploy.bench.outside.entering import a_command
from deploy.bench.outside.line import Line, head_of
from deploy.bench.outside.load import Load
from deploy.bench.outside.processor import GROUPS, between, group, until_at_rest
from deploy.bench.outside.verifying import figures_of
from deploy.bench.run import OUTSIDE, PARTS, TOPICS, Wanted
from shared.access import people


@pytest.mark.parametrize(
    ("name", "command", "whose"),
    [
        ("python3", ["/v/bin/python", "-m", "services.intake", "serve"], "intake"),
        ("python3", ["/v/bin/python", "-m", "services.intake", "web"], "intake"),
        ("python3", ["/v/bin/python", "-m", "services.archive", "worker"], "archive"),
        ("postgres", ["postgres: jejak_intake jejak_intake 127.0.0.1(4711) idle"], "PostgreSQL"),
        ("java", ["java", "-Xmx320m", "kafka.Kafka", "server.properties"], "Kafka"),
        ("caddy", ["/v/bin/caddy", "run"], "front door"),
        ("python3", ["/v/bin/python", "-m", "deploy.local.front_door", "--port", "8400"], "front door"),
        ("weed", ["weed", "mini"], "SeaweedFS"),
        ("jejak", ["/v/bin/python", "/v/bin/jejak", "up"], "supervisor"),
    ],
)
def test_a_process_belongs_to_a_part_in_this_version_and_in_earlier_ones(
    name: str, command: list[str], whose: str
) -> None:
    assert group(name, command) == whose
    assert whose in GROUPS


def test_what_was_spent_on_a_command_is_what_was_spent_beyond_rest() -> None:
    before, after = dict.fromkeys(GROUPS, 10.0), dict.fromkeys(GROUPS, 10.0) | {"intake": 13.0, "Kafka": 10.5}
    resting = dict.fromkeys(GROUPS, 0.0) | {"intake": 0.1, "Kafka": 0.1}
    cost = a_command(between(before, after), resting, took=10.0, commands=1000)
    assert cost["intake"] == pytest.approx(2.0), "3 s less 1 s of rest, over a thousand commands"
    assert cost["Kafka"] == 0.0, "less than at rest is nothing"
    assert sum(cost.values()) == pytest.approx(2.0)


def test_rest_is_when_little_is_spent_twice_in_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.bench.outside.processor.LOOK_S", 0.01)
    spent = iter([0.0, 9.0, 9.0, 18.0, 18.0, 18.0])
    until_at_rest(lambda: {"intake": next(spent)})
    assert next(spent, None) is None
    monkeypatch.setattr("deploy.bench.outside.processor.PATIENCE_S", -1.0)
    busy = iter(range(0, 100, 9))
    with pytest.raises(TimeoutError, match="still at work"):
        until_at_rest(lambda: {"intake": float(next(busy))})


def test_a_rate_is_commands_over_seconds() -> None:
    assert Load(commands=300, seconds=1.5, took_ms=()).rate == 200


def test_the_head_of_an_answer() -> None:
    head = b"HTTP/1.1 201 Created\r\nContent-Length: 12\r\nJejak-Position: intake:x@1\r\n\r\n"
    assert head_of(head) == (201, {"content-length": "12", "jejak-position": "intake:x@1"})


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
    ],
)
async def test_an_answer_is_read_by_its_length_or_in_chunks_and_the_line_stays(answer: bytes) -> None:
    async def answering(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(2):
            sent = await reader.readuntil(b"\r\n\r\n")
            assert sent.startswith(b"PUT /x HTTP/1.1\r\n")
            assert await reader.readexactly(3) == b"abc"
            writer.write(answer)
        writer.close()

    server = await asyncio.start_server(answering, "127.0.0.1", 0)
    async with server, Line(server.sockets[0].getsockname()[1]) as line:
        for _ in range(2):
            assert await line.ask("PUT", "/x", {"Idempotency-Key": "1"}, b"abc") == (200, b"hello")


def test_the_people_of_a_large_kabupaten_are_a_people_file_that_services_take(tmp_path: Path) -> None:
    found = people.load(kabupaten.write_people(tmp_path / "people.toml"), "3402")
    assert len(kabupaten.AGENCIES) == 50
    for agency in kabupaten.AGENCIES:
        assert found.agencies[agency] == kabupaten.name_of(agency)
        assert [office.role for office in found.persons[kabupaten.officer_of(agency)].offices] == [
            "unsur_opd"
        ]


def test_the_desk_is_held_against_its_goals_and_the_largest_page_is_named() -> None:
    sizes = {
        "queue": 30_000,
        "empty": 4_000,
        "one": 121_000,
        "again": 99_000,
        "sharing": 9_000,
        "findings": 40_000,
    }
    seen = {name: Seen((20.0, 40.0, 70.0), size) for name, size in sizes.items()}
    found = figures_of(seen)
    assert [figure.met for figure in found] == [True] * 5 + [None, False]
    assert (found[-1].value, found[-1].note) == (121, "one")
    assert found[-2].ratio == 1


def test_topics_can_be_chosen_and_none_chosen_are_all() -> None:
    assert Wanted().of(PARTS) == PARTS
    assert list(Wanted(only=["http", "start"]).of(OUTSIDE)) == ["http", "start"]
    assert Wanted(only=["http"]).of(PARTS) == {}
    assert len(set(TOPICS)) == len(TOPICS)
