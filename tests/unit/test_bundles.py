"""Bundles: several events of one case in one message, each of them still itself."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.eventsourcing.recorded import Row
from shared.messaging import envelope
from shared.messaging.bundles import MOST_CHARACTERS, Bundled, grouped, opened
from shared.messaging.envelope import Message, Received, Undecodable
from shared.messaging.sending.publishing import bundled
from shared.messaging.signing import HEADER, MOST_PLACES, Forged, Keys, Signer
from shared.messaging.topics import topic_of
from tests.support.keys import KEYS, SIGNERS

METADATA = (
    '{"actor": {"role": "unsur_opd", "agency": "dinkes", "person": "sri"}, "command_id": "c1", '
    '"correlation": "c0", "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}'
)
AT = datetime(2026, 1, 1, tzinfo=UTC)


def row(
    position: int, version: int = 1, *, case: str = "3402-2026", data: str = '{"answer": "ada é"}'
) -> Row:
    stream = f"tally-{case}"
    return Row(
        position, stream, version, case, "figure-entered", 1, data, METADATA, AT + timedelta(seconds=position)
    )


def rows(count: int) -> list[Row]:
    return [row(10 + version, version) for version in range(1, count + 1)]


def sent(some: Sequence[Row], service: str = "intake", signer: Signer | None = None) -> list[Message]:
    written, refused = bundled(service, some, signer or SIGNERS[service])
    assert not refused
    return [
        Message(topic_of(service), 0, offset, one.key, one.value, one.headers)
        for offset, one in enumerate(written)
    ]


def a_bundle(count: int = 5) -> Message:
    (message,) = sent(rows(count))
    return message


def events(message: Message, keys: Keys = KEYS) -> list[Received]:
    return [one.read() if isinstance(one, Bundled) else envelope.read(one) for one in opened(message, keys)]


def genuine(message: Message, keys: Keys = KEYS) -> Iterator[Received]:
    """Of a message that somebody may have changed, what is still believed."""
    try:
        found = opened(message, keys)
    except (Forged, Undecodable):
        return
    for one in found:
        try:
            if isinstance(one, Bundled):
                yield one.read()
            else:
                keys.check(one)
                yield envelope.read(one)
        except (Forged, Undecodable):
            continue


def known(message: Message, keys: Keys = KEYS) -> bool:
    try:
        keys.check(message)
    except Forged:
        return False
    return True


CASES = st.sampled_from(["3402-2026", "3402-2027", "settings"])
SIZES = st.one_of(st.integers(1, 50), st.integers(MOST_CHARACTERS // 3, MOST_CHARACTERS * 2))


@given(st.lists(st.tuples(CASES, SIZES, st.booleans()), max_size=150))
@settings(deadline=None)
def test_of_any_rows_none_is_lost_and_each_case_keeps_its_order(
    shapes: list[tuple[str, int, bool]],
) -> None:
    made = [
        row(at, case=case, data=f'{" " if odd else ""}{{"t":"{"x" * size}"}}')
        for at, (case, size, odd) in enumerate(shapes)
    ]
    groups = grouped(made)
    for case in {one.case_id for one in made}:
        assert [one for group in groups for one in group if one.case_id == case] == [
            one for one in made if one.case_id == case
        ]
    for group in groups:
        assert len({one.case_id for one in group}) == 1
        assert 1 <= len(group) <= MOST_PLACES
        if len(group) > 1:
            assert sum(len(one.data) + len(one.metadata) for one in group) <= MOST_CHARACTERS
            assert all(one.data.startswith("{") for one in group)


def test_what_is_alone_travels_alone_as_it_always_did() -> None:
    (message,) = sent(rows(1))
    assert dict(message.headers)["content-type"] == b"application/json"
    assert opened(message, KEYS) == (message,)
    assert known(message)


def test_each_event_of_a_bundle_says_what_its_row_says() -> None:
    some = rows(MOST_PLACES + 3)
    first, second = sent(some)
    found = events(first) + events(second)
    assert found == [envelope.received("intake", one) for one in some]
    assert [event.digest for event in found] == [envelope.received("intake", one).digest for one in some]


def test_a_bundle_is_a_batch_of_cloudevents_with_the_trace_of_each() -> None:
    message = a_bundle(2)
    assert dict(message.headers)["content-type"] == b"application/cloudevents-batch+json"
    assert message.key == b"3402-2026"
    first, _ = msgspec.json.decode(message.value or b"")
    assert {name: first[name] for name in ("specversion", "id", "source", "type", "subject", "time")} == {
        "specversion": "1.0",
        "id": "tally-3402-2026@1",
        "source": "/jejak/intake",
        "type": "id.jejak.intake.figure-entered.v1",
        "subject": "tally-3402-2026",
        "time": "2026-01-01T00:00:11.000000Z",
    }
    assert first["traceparent"] == "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    assert first["data"] == {"answer": "ada é"}
    assert all(name.isalnum() and name.islower() for name in first)


def test_a_large_event_goes_alone_between_the_others_of_its_case() -> None:
    some = [*rows(2), row(20, 3, data=f'{{"t":"{"x" * 1_000_000}"}}'), row(21, 4), row(22, 5)]
    messages = sent(some)
    assert [len(opened(message, KEYS)) for message in messages] == [2, 1, 2]
    assert [event.version for message in messages for event in events(message)] == [1, 2, 3, 4, 5]


def test_a_row_that_cannot_be_written_is_refused_and_the_others_of_its_bundle_go() -> None:
    some = rows(4)
    some[2] = some[2]._replace(metadata="no metadata")
    written, refused = bundled("intake", some, SIGNERS["intake"])
    assert [one.row.version for one in refused] == [3]
    assert [one.version for message in written for one in message.rows] == [1, 2, 4]


def test_an_event_taken_out_of_its_bundle_is_believed_by_itself() -> None:
    message = a_bundle()
    for at, one in enumerate(opened(message, KEYS)):
        assert isinstance(one, Bundled)
        alone = one.message()
        assert known(alone)
        assert envelope.read(alone) == one.read()
        assert (alone.offset, alone.at) == (message.offset, at)


def changed(message: Message) -> Iterator[tuple[str, Message]]:
    yield "key", replace(message, key=b"3402-2027")
    yield "no key", replace(message, key=None)
    yield "body", replace(message, value=(message.value or b"").replace(b"ada \xc3", b"AdA \xc3"))
    yield "no body", replace(message, value=None)
    for place, (name, value) in enumerate(message.headers):
        before, after = message.headers[:place], message.headers[place + 1 :]
        yield f"without {name}", replace(message, headers=before + after)
        yield f"{name} twice", replace(message, headers=(*message.headers, (name, value)))
        for at in {0, len(value) // 2, len(value) - 1} if value else set():
            flipped = value[:at] + bytes((value[at] ^ 1,)) + value[at + 1 :]
            yield f"{name} flipped at {at}", replace(message, headers=(*before, (name, flipped), *after))
    yield "another order", replace(message, headers=(*message.headers[1:], message.headers[0]))
    yield "another topic", replace(message, topic=topic_of("documents"))


def test_nothing_of_an_event_taken_out_can_be_changed() -> None:
    one = opened(a_bundle(), KEYS)[2]
    assert isinstance(one, Bundled)
    alone = one.message()
    assert [what for what, other in changed(alone) if other != alone and known(other)] == []


@given(st.data())
@settings(max_examples=400, deadline=None)
def test_whatever_is_changed_in_a_bundle_nothing_is_believed_that_was_not_said(data: st.DataObject) -> None:
    message = a_bundle(4)
    value, seal = message.value or b"", dict(message.headers)[HEADER]
    part = data.draw(st.sampled_from(["value", "seal"]))
    whole = value if part == "value" else seal
    at, byte = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, 3))
    other = whole[:at] + bytes((byte,)) + whole[at + cut :]
    lie = (
        replace(message, value=other)
        if part == "value"
        else replace(message, headers=(message.headers[0], (HEADER, other)))
    )
    said = {event.digest + bytes(event.position) for event in events(message)}
    assert {event.digest + bytes(event.position) for event in genuine(lie)} <= said


def test_only_the_event_that_was_changed_is_not_believed() -> None:
    message = a_bundle(5)
    entries = (message.value or b"").split(b'"version":"3"')
    lie = replace(
        message, value=entries[0] + b'"version":"3"' + entries[1].replace(b"ada \xc3", b"AdA \xc3", 1)
    )
    assert [event.version for event in genuine(lie)] == [1, 2, 4, 5]


def test_events_that_changed_places_or_were_left_out_or_given_twice_are_not_believed() -> None:
    message = a_bundle(3)
    first, second, third = msgspec.json.decode(message.value or b"", type=list[msgspec.Raw])

    def believed(*entries: msgspec.Raw) -> list[int]:
        return [event.version for event in genuine(replace(message, value=msgspec.json.encode(entries)))]

    assert believed(first, second, third) == [1, 2, 3]
    assert believed(second, first, third) == [3]
    assert believed(first, third) == believed(first, second, third, third) == []


@pytest.mark.parametrize("liar", ["verification", "documents", "archive"])
def test_no_other_service_can_seal_a_bundle_for_this_one(liar: str) -> None:
    (lie,) = sent(rows(3), "intake", SIGNERS[liar])
    assert list(genuine(lie)) == []
    assert list(genuine(replace(a_bundle(), topic=topic_of(liar)))) == []
    assert list(genuine(a_bundle(), Keys({}))) == []


def test_a_bundle_of_another_case_than_its_key_is_not_believed() -> None:
    assert list(genuine(replace(a_bundle(), key=b"3402-2027"))) == []


def test_a_list_without_end_or_without_anything_is_no_bundle() -> None:
    message = a_bundle(2)
    one = msgspec.json.decode(message.value or b"", type=list[msgspec.Raw])[0]
    for entries in ([], [one] * (MOST_PLACES + 1)):
        assert list(genuine(replace(message, value=msgspec.json.encode(entries)))) == []
    assert Counter(len(group) for group in grouped(rows(2 * MOST_PLACES + 1))) == {MOST_PLACES: 2, 1: 1}
