"""Signed answers of a feed: good for this answer to this question of this asker, and for no other.

Role: who said it (docs/decisions/0014-who-said-it.md), for what does not come through Kafka.
Previous hop: `shared/web/feed.py`, which signs. Next hop: `feed_client`, which believes no other answer.
"""

import base64
import binascii
from typing import Final

from shared.eventsourcing.digest import framed
from shared.messaging.signing import Keys, Signer

NONCE: Final = "Jejak-Nonce"
SIGNATURE: Final = "Jejak-Signature"
_PURPOSE: Final = "feed"


def signature(signer: Signer, nonce: str, target: bytes, body: bytes) -> str:
    """What the source puts into the header SIGNATURE; `target` is path and query of the question."""
    return base64.b64encode(signer.sign(_PURPOSE, _signed(nonce, target, body))).decode()


def genuine(keys: Keys, source: str, signed: str, *, nonce: str, target: bytes, body: bytes) -> bool:
    """Whether `source` signed this answer to this question."""
    try:
        return keys.genuine(
            source, _PURPOSE, _signed(nonce, target, body), base64.b64decode(signed, validate=True)
        )
    except (binascii.Error, ValueError):
        return False


def _signed(nonce: str, target: bytes, body: bytes) -> bytes:
    return framed((nonce.encode(), target, body))
