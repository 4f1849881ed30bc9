"""The file of a certificate: its words, and after them what proves them, as one signed note.

SOP step 13, and every step before it. Previous hop: `certificate/issuing.py`. Next hop: the archive store
under lock; whoever checks it with `jejak verify` (`proof/verifier_certificate.py`, which gives the words).
"""

import base64
import json
from collections.abc import Sequence

from services.archive.domain import merkle
from services.archive.log import tree
from services.archive.log.checkpoints import Signed
from services.archive.log.signing import Signing
from services.archive.proof.verifier_certificate import EVIDENCE, certificate_words
from shared.contracts.values import StoredFile
from shared.eventsourcing.combined import combined
from shared.eventsourcing.sql import Connection
from shared.objects.port import Stored

MEDIA_TYPE = "text/plain"


def as_file(number: int, stored: Stored) -> StoredFile:
    """A certificate that lies in the store, as events name it."""
    name, digest = f"sertifikat-putar-ulang-{number}.txt", stored.digest
    return combined(StoredFile, stored, name=name, digest=digest, media_type=MEDIA_TYPE)


async def written(
    conn: Connection, signing: Signing, signed: Signed, lines: Sequence[tuple[int, bytes]]
) -> bytes:
    """The certificate over these lines of the log that `signed` signs."""
    asked, *said = [json.loads(line) for _, line in lines]
    words = certificate_words(signing.key.name, signed.size, signed.root, asked, said)
    proven = [
        {"index": index, "line": line.decode(), "proof": await _proof(conn, index, signed.size)}
        for index, line in lines
    ]
    evidence = {"vkey": str(signing.key), "checkpoint": signed.note, "lines": proven}
    text = "\n".join([*words, EVIDENCE + json.dumps(evidence, ensure_ascii=True)])
    return signing.note(f"{text}\n").encode()


async def _proof(conn: Connection, index: int, size: int) -> list[str]:
    hashes = await tree.prove(conn, merkle.inclusion_ranges(index, size))
    return [base64.b64encode(one).decode() for one in hashes]
