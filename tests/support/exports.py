"""Exports made by hand for the tests of the verifiers: a log of plain events,
signed with a key of the test.
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from services.archive.domain.checkpoint import Signer
from services.archive.domain.merkle import Edge, grow
from services.archive.proof.verifier_log import leaf_of

SIGNER = Signer("jejak.id/3402", hashlib.sha256(b"kunci uji").digest())
REPORT = b"%PDF-1.7 laporan\n"


def event(number: int, *, source: str = "intake", kind: str = "figure-entered", data: object = None) -> bytes:
    """One line as the audit log writes it."""
    content = {
        "source": source,
        "stream": "submission-3402-2026-dinkes-tahunan",
        "version": number + 1,
        "position": number + 1,
        "case_id": "3402-2026",
        "type": kind,
        "schema": 1,
        "data": {"number": number} if data is None else data,
        "metadata": {"actor": {"person": "sri", "role": "unsur_opd", "agency": "dinkes"}},
        "recorded_at": "2026-11-23T01:02:03.000004Z",
    }
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def filed(number: int, content: bytes, title: str) -> bytes:
    digest = hashlib.sha256(content).hexdigest()
    file = {"digest": digest, "name": "laporan.pdf", "media_type": "application/pdf", "size": len(content)}
    return event(number, source="archive", kind="item-filed", data={"file": file, "title": title})


def probed(number: int, *failed: str) -> bytes:
    return event(
        number,
        source="archive",
        kind="store-probed",
        data={"at": "2026-11-23T01:00:00Z", "checks": 3, "failed": failed, "store": "s3"},
    )


def note_over(lines: Sequence[bytes], signer: Signer = SIGNER) -> str:
    edge, _ = grow(Edge(), map(leaf_of, lines))
    return signer.sign(edge.size, edge.root)


def write_export(
    folder: Path, lines: Sequence[bytes], *, signer: Signer = SIGNER, note: str | None = None
) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "events.ndjson").write_bytes(b"".join(line + b"\n" for line in lines))
    (folder / "checkpoint").write_text(note_over(lines, signer) if note is None else note, encoding="utf-8")
    (folder / "leaf-hashes").write_bytes(b"".join(map(leaf_of, lines)))
    (folder / "vkey").write_text(f"{signer.key}\n", encoding="utf-8")
    return folder
