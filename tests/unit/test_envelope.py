"""The envelope: the same row always gives the same bytes, and whoever reads them gets the row back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from shared.contracts.intake import FigureEntered
from shared.contracts.values import EventRef
from shared.eventsourcing.recorded import Row
from shared.messaging.envelope import Headers, Message, Undecodable, headers_of, place, read, received, write

DATA = (
    '{"by": "sri", "cycle": "3402-2026", "agency": "dinkes", "figure": {"served": 1, "entitled": 2}, '
    '"period": "tahunan", "service": "kes.balita", "occurred_on": "2026-02-02"}'
)
METADATA = (
    '{"actor": {"role": "unsur_opd", "agency": "dinkes", "person": "sri"}, '
    '"causation": {"source": "intake", "stream": "step-1", '
    '"version": 3}, "command_id": "c1", "correlation": "c0", "traceparent": "00-aa-bb-01"}'
)
MOMENT = datetime(2026, 2, 2, 8, 30, 0, 120, tzinfo=timezone(timedelta(hours=7)))
ROW = Row(
    41, "submission-3402-2026-dinkes-tahunan", 7, "3402-2026", "figure-entered", 1, DATA, METADATA, MOMENT
)


def sent(**change: bytes | None) -> Message:
    key, value, headers = write("intake", ROW)
    fields: dict[str, bytes | None] = {**dict(headers), **change}
    kept: Headers = tuple((name, text) for name, text in fields.items() if text is not None)
    return Message("jejak.intake", 2, 9, key, value, kept)


def test_a_row_travels_as_a_cloudevent_in_binary_mode() -> None:
    message = sent()
    assert (message.key, message.value) == (b"3402-2026", DATA.encode())
    assert message.headers == (
        ("ce_specversion", b"1.0"),
        ("content-type", b"application/json"),
        ("ce_id", b"submission-3402-2026-dinkes-tahunan@7"),
        ("ce_type", b"id.jejak.intake.figure-entered.v1"),
        ("ce_source", b"/jejak/intake"),
        ("ce_subject", b"submission-3402-2026-dinkes-tahunan"),
        ("ce_time", b"2026-02-02T01:30:00.000120Z"),
        ("version", b"7"),
        ("position", b"41"),
        ("case_id", b"3402-2026"),
        ("metadata", METADATA.encode()),
        ("traceparent", b"00-aa-bb-01"),
    )


def test_reading_gives_back_what_was_written() -> None:
    event = read(sent())
    assert event == replace(received("intake", ROW), recorded_at=event.recorded_at)
    assert event.recorded_at == MOMENT
    assert event.causation == EventRef(source="intake", stream="step-1", version=3)
    assert event.ref == EventRef(source="intake", stream=ROW.stream, version=7)
    assert isinstance(event.recorded().event, FigureEntered)


def test_writing_what_was_read_gives_the_same_bytes_in_any_time_zone() -> None:
    assert (
        write("intake", read(sent()).row())
        == write("intake", ROW)
        == write("intake", ROW._replace(recorded_at=MOMENT.astimezone(UTC)))
    )


@pytest.mark.parametrize(
    "missing", ["ce_type", "ce_subject", "ce_time", "version", "position", "case_id", "metadata"]
)
def test_a_missing_header_is_undecodable_and_named(missing: str) -> None:
    with pytest.raises(Undecodable, match=missing):
        read(sent(**{missing: None}))


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("ce_type", b"figure-entered"),
        ("ce_type", b"id.jejak.intake.figure-entered.one"),
        ("ce_type", b"id.jejak.archive.figure-entered.v1"),
        ("ce_subject", b""),
        ("ce_subject", b"\xff\xfe"),
        ("ce_subject", b"tally\x00"),
        ("ce_time", b"yesterday"),
        ("version", b"0"),
        ("version", b"seven"),
        ("metadata", b'{"actor": 1}'),
    ],
)
def test_a_header_without_sense_is_undecodable(header: str, value: bytes) -> None:
    with pytest.raises(Undecodable):
        read(sent(**{header: value}))


@pytest.mark.parametrize("body", [None, b"", b'{"cut": ', b"\xff"])
def test_a_body_that_is_no_json_is_undecodable(body: bytes | None) -> None:
    with pytest.raises(Undecodable):
        read(replace(sent(), value=body))


def test_the_place_of_a_damaged_message_is_known_as_long_as_its_headers_say_it() -> None:
    assert place(replace(sent(), value=None)) == (ROW.stream, 7)
    assert place(sent(ce_type=None)) == ("", 0)
    assert place(sent(version=b"x")) == ("", 0)
    assert place(sent(ce_type=b"id.jejak.archive.copy-filed.v1")) == ("", 0)


def test_headers_of_a_message_without_any_are_empty() -> None:
    assert headers_of(None) == ()
    assert headers_of([("version", b"1")]) == (("version", b"1"),)


@pytest.mark.parametrize(
    "name", ["ce_type", "ce_subject", "ce_time", "version", "position", "case_id", "metadata"]
)
def test_a_header_without_a_value_is_undecodable(name: str) -> None:
    message = sent()
    emptied = tuple((known, None if known == name else value) for known, value in message.headers)
    with pytest.raises(Undecodable):
        read(replace(message, headers=emptied))  # type: ignore[arg-type]
    assert place(replace(message, headers=emptied)) in {("", 0), (ROW.stream, 7)}  # type: ignore[arg-type]
