"""Seals: every message is checked by itself, nothing of it can be changed,
and only its own service can have sealed it.
"""

import base64
import io
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shared.eventsourcing.recorded import Row
from shared.messaging.envelope import Message
from shared.messaging.sending.publishing import sealed
from shared.messaging.signing import GROUP, HEADER, Forged, Keys, Signer, main, message_digest
from shared.messaging.topics import topic_of
from shared.service_names import SERVICES
from tests.support import keys
from tests.support.keys import KEYS, SEEDS, SIGNERS, without_seal

METADATA = (
    '{"actor": {"role": "unsur_opd", "agency": "dinkes", "person": "sri"}, "command_id": "c1", '
    '"correlation": "c0"}'
)


def messages(count: int, service: str = "intake") -> list[Message]:
    rows = [
        Row(
            number,
            f"tally-{number}",
            1,
            "3402-2026",
            "figure-entered",
            1,
            "{}",
            METADATA,
            datetime(2026, 1, 1, tzinfo=UTC),
        )
        for number in range(1, count + 1)
    ]
    written, _ = sealed(service, rows, SIGNERS[service])
    return [Message(topic_of(service), 0, -1, one.key, one.value, one.headers) for one in written]


def forged(message: Message, known: Keys = KEYS) -> bool:
    try:
        known.check(message)
    except Forged:
        return True
    return False


@pytest.mark.parametrize("count", [1, 2, 3, 5, 33, GROUP - 1, GROUP, GROUP + 1, 3 * GROUP - 7])
def test_every_message_of_a_group_of_any_size_is_genuine_by_itself(count: int) -> None:
    for message in reversed(messages(count)):
        Keys({"intake": [SIGNERS["intake"].public]}).check(message)  # fresh: nothing remembered of the others


def changed(message: Message) -> Iterator[tuple[str, Message]]:
    yield "key", replace(message, key=b"3402-2027")
    yield "no key", replace(message, key=None)
    yield "body", replace(message, value=b"{} ")
    yield "no body", replace(message, value=None)
    for place, (name, value) in enumerate(message.headers):
        rest = message.headers[:place], message.headers[place + 1 :]
        yield f"without {name}", replace(message, headers=rest[0] + rest[1])
        yield f"{name} twice", replace(message, headers=(*message.headers, (name, value)))
        for at in {0, len(value) // 2, len(value) - 1} if value else set():
            flipped = value[:at] + bytes((value[at] ^ 1,)) + value[at + 1 :]
            yield f"{name} flipped at {at}", replace(message, headers=(*rest[0], (name, flipped), *rest[1]))
        yield (
            f"{name} shorter",
            replace(message, headers=(*rest[0], (name, value[:-1]), *rest[1])) if value else message,
        )
    yield "another order", replace(message, headers=(*message.headers[1:], message.headers[0]))
    yield "another topic", replace(message, topic=topic_of("documents"))
    yield "no seal", without_seal(message)
    yield (
        "empty seal",
        replace(without_seal(message), headers=(*without_seal(message).headers, (HEADER, b""))),
    )
    yield (
        "a longer path",
        replace(
            without_seal(message),
            headers=(*without_seal(message).headers, (HEADER, message.headers[-1][1] + bytes(32))),
        ),
    )


@pytest.mark.parametrize("count", [1, 5])
def test_nothing_of_a_message_can_be_changed(count: int) -> None:
    message = messages(count)[-1]
    assert not forged(message)
    assert [what for what, other in changed(message) if other != message and not forged(other)] == []


def test_a_seal_of_one_message_is_good_for_no_other() -> None:
    several = messages(5)
    for message in several:
        for other in several:
            lent = replace(without_seal(message), headers=(*without_seal(message).headers, other.headers[-1]))
            assert forged(lent) == (message != other)


@pytest.mark.parametrize("liar", [service for service in SERVICES if service != "intake"])
def test_no_other_service_can_seal_for_this_one(liar: str) -> None:
    assert forged(keys.sealed(messages(1)[0], SIGNERS[liar]))
    assert not forged(keys.sealed(messages(1)[0], SIGNERS["intake"]))


def test_a_second_key_is_believed_beside_the_first_and_an_old_one_no_longer() -> None:
    old, new = SIGNERS["intake"], Signer("intake", bytes(32))
    message = messages(1)[0]
    both = Keys({"intake": [old.public, new.public]})
    assert not forged(message, both)
    assert not forged(keys.sealed(message, new), both)
    assert forged(message, Keys({"intake": [new.public]}))
    assert forged(message, Keys({}))


def test_a_signature_is_good_for_one_purpose_one_service_and_one_text() -> None:
    signature = SIGNERS["intake"].sign("feed", b"text")
    asked = [
        ("intake", "feed", b"text"),
        ("intake", "messages", b"text"),
        ("documents", "feed", b"text"),
        ("intake", "feed", b"texts"),
    ]
    assert [KEYS.genuine(*one, signature) for one in asked] == [True, False, False, False]


def test_an_absent_value_is_not_an_empty_one_and_parts_do_not_run_together() -> None:
    one = Message("jejak.events.intake", 0, 0, b"a", b"b", (("c", b"d"),))
    others = [
        replace(one, key=None),
        replace(one, key=b""),
        replace(one, key=b"ab", value=b""),
        replace(one, headers=(("cd", b""),)),
        replace(one, headers=(("c", b"d"), ("", b""))),
        replace(one, headers=()),
    ]
    assert len({message_digest(message) for message in (one, *others)}) == 1 + len(others)


def test_the_command_prints_the_public_key_of_a_seed_and_no_seed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = base64.b64encode(SEEDS["intake"]).decode()
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{seed}\n"))
    assert main() == 0
    assert capsys.readouterr().out.strip() == SIGNERS["intake"].public.hex()
    monkeypatch.setattr(sys, "stdin", io.StringIO("no seed"))
    assert main() == 2
    assert "no seed" not in capsys.readouterr().err
