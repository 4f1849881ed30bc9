"""Signatures: every message carries a seal of the service that made it,
and every answer of a feed its signature.

Role: who said it (docs/decisions/0014-who-said-it.md). Previous hop: `publishing`, which seals.
Next hop: `consumer`, which checks before anything else. A seal is one Ed25519 signature over the root of a
small Merkle tree, with the message's own path to that root: in a flood one signature serves a whole group,
and still each message is checked by itself.
"""

import base64
import hashlib
import struct
import sys
from collections.abc import Mapping, Sequence
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from shared.eventsourcing.digest import framed
from shared.messaging import envelope
from shared.messaging.envelope import Headers, Message, Received, Undecodable

HEADER: Final = "seal"
GROUP: Final = 64
_DEEPEST: Final = 6  # of the tree over a group
MOST_PLACES: Final = 64
"""Events under the seal of one bundle."""
_FORM: Final = b"\x01"
_BUNDLE: Final = b"\x02"  # form, signature; then the place of each event: its digest and its position
_PLACE: Final = 32 + 8
_FIXED: Final = len(_FORM) + 1 + 64  # form, place in the group, signature; then the path
_REMEMBERED: Final = 4096
_EMPTY: Final = bytes(32)


class Forged(Exception):
    """A message or an answer that is not from whom it says; the text says why."""


def message_digest(message: Message) -> bytes:
    """SHA-256 over everything that a message carries but its seal: key, body, each header in its place."""
    return digest_of(message.key, message.value, message.headers)


def digest_of(key: bytes | None, value: bytes | None, headers: Headers) -> bytes:
    """`message_digest` for a message that is not made yet.
    Lengths first, then the parts: no other parts give the same bytes.
    """
    parts = [_there(key), _there(value)]
    for name, text in headers:
        if name != HEADER:
            parts += (name.encode("utf-8", "surrogatepass"), _there(text))
    lengths = struct.pack(f">I{len(parts)}I", len(parts), *map(len, parts))
    return hashlib.sha256(lengths + b"".join(parts)).digest()


def event_place(event: Received) -> bytes:
    """What the seal of a bundle says of one of its events: its content, and where its source has it."""
    return event.digest + event.position.to_bytes(8, "big")


def seal_of(message: Message) -> bytes:
    """The one seal that a message carries. Raises Forged."""
    seals = [value for name, value in message.headers if name == HEADER]
    if len(seals) != 1 or not seals[0]:
        raise Forged("it carries no seal" if not seals else "its seal cannot be read")
    return seals[0]


class Signer:
    """A service's own key. Raises ValueError for a seed that is not 32 bytes."""

    def __init__(self, service: str, seed: bytes) -> None:
        self.service, self._key = service, Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._key.public_key().public_bytes_raw()

    @classmethod
    def of(cls, service: str, signing_key: str) -> "Signer":
        """With a key in the form of JEJAK_SIGNING_KEY."""
        return cls(service, base64.b64decode(signing_key, validate=True))

    def seals(self, digests: Sequence[bytes]) -> list[bytes]:
        """The seals of at most GROUP messages, given by their `message_digest`, under one signature."""
        levels = [[_leaf(digest) for digest in digests]]
        while len(levels[-1]) > 1:
            below = levels[-1]
            if len(below) % 2:
                below.append(_EMPTY)
            levels.append([_node(left, right) for left, right in zip(below[::2], below[1::2], strict=True)])
        start = _FORM, self._key.sign(_root_text(self.service, levels[-1][0]))
        return [
            b"".join((start[0], bytes((at,)), start[1], *_path(levels, at))) for at in range(len(digests))
        ]

    def seal_places(self, places: Sequence[bytes]) -> bytes:
        """The seal of a bundle of at most MOST_PLACES events, given by their `event_place`."""
        listed = b"".join(places)
        return _BUNDLE + self._key.sign(_text("bundle", self.service, listed)) + listed

    def sign(self, purpose: str, what: bytes) -> bytes:
        """A signature that is good for this purpose alone."""
        return self._key.sign(_text(purpose, self.service, what))


def public_key_of(seed: str) -> bytes:
    """The public key that belongs to a seed in the form of JEJAK_SIGNING_KEY."""
    return Signer.of("", seed).public


class Keys:
    """The public keys of all services. A service may have several:
    the next one is told to all before it is used, the last one stays a while.
    """

    def __init__(self, keys: Mapping[str, Sequence[bytes]]) -> None:
        self._keys = {
            service: [Ed25519PublicKey.from_public_bytes(key) for key in known]
            for service, known in keys.items()
        }
        self._good: dict[tuple[str, bytes, bytes], None] = {}

    def check(self, message: Message) -> None:
        """Raises Forged unless the message was sealed by the service whose topic it came from."""
        seal = seal_of(message)
        if seal.startswith(_BUNDLE):
            self._check_bundled(message, seal)
            return
        at, signature, path = _read(seal)
        node = _leaf(message_digest(message))
        for sibling in path:
            node = _node(sibling, node) if at & 1 else _node(node, sibling)
            at >>= 1
        if at or not self._sealed(message.source, node, signature):
            raise Forged(f"its seal is not one of {message.source}")

    def places(self, service: str, seal: bytes) -> Sequence[bytes]:
        """The places that a service sealed together in a bundle. Raises Forged when it did not."""
        signature, listed = seal[1:65], seal[65:]
        many, rest = divmod(len(listed), _PLACE)
        if rest or not 1 <= many <= MOST_PLACES or not seal.startswith(_BUNDLE):
            raise Forged("its seal cannot be read")
        if not self._signed(service, _text("bundle", service, listed), signature):
            raise Forged(f"its seal is not one of {service}")
        return [listed[start : start + _PLACE] for start in range(0, len(listed), _PLACE)]

    def _check_bundled(self, message: Message, seal: bytes) -> None:
        """What was taken out of a bundle says in all its parts what one event of the bundle said."""
        places = self.places(message.source, seal)
        try:
            event = envelope.read(message)
            said = envelope.write(message.source, event.row())
        except (Undecodable, UnicodeDecodeError) as error:
            raise Forged(f"it cannot be what was sealed: {error}") from error
        if event_place(event) not in places or said != (message.key, message.value, message.headers[:-1]):
            raise Forged(f"it is not what {message.source} sealed in a bundle")

    def genuine(self, service: str, purpose: str, what: bytes, signature: bytes) -> bool:
        """Whether a service signed this for this purpose."""
        return self._signed(service, _text(purpose, service, what), signature)

    def _sealed(self, service: str, root: bytes, signature: bytes) -> bool:
        """One signature is looked at once for its whole group; what was good is remembered."""
        known = service, root, signature
        if known in self._good:
            return True
        if not self._signed(service, _root_text(service, root), signature):
            return False
        if len(self._good) >= _REMEMBERED:
            self._good.clear()
        self._good[known] = None
        return True

    def _signed(self, service: str, text: bytes, signature: bytes) -> bool:
        for key in self._keys.get(service, ()):
            try:
                key.verify(signature, text)
            except InvalidSignature:
                continue
            return True
        return False


def _read(seal: bytes) -> tuple[int, bytes, list[bytes]]:
    depth, rest = divmod(len(seal) - _FIXED, 32)
    if rest or not 0 <= depth <= _DEEPEST or seal[:1] != _FORM:
        raise Forged("its seal cannot be read")
    path = [seal[_FIXED + 32 * level : _FIXED + 32 * (level + 1)] for level in range(depth)]
    return seal[1], seal[2:_FIXED], path


def _path(levels: Sequence[Sequence[bytes]], at: int) -> list[bytes]:
    path = []
    for level in levels[:-1]:
        path.append(level[at ^ 1])
        at >>= 1
    return path


def _there(value: bytes | None) -> bytes:
    """Absent is not empty."""
    return b"" if value is None else b"+" + value


def _leaf(digest: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + digest).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _root_text(service: str, root: bytes) -> bytes:
    return _text("messages", service, root)


def _text(purpose: str, service: str, what: bytes) -> bytes:
    return b"jejak " + framed((purpose.encode(), service.encode(), what))


def main() -> int:
    """`python -m shared.messaging.signing < FILE-WITH-SEED`:
    prints the public key, as JEJAK_PRODUCER_KEYS holds it.
    """
    try:
        key = public_key_of(sys.stdin.read().strip())
    except ValueError:
        sys.stderr.write("Give the seed, 32 bytes in base64, on standard input.\n")
        return 2
    sys.stdout.write(f"{key.hex()}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
