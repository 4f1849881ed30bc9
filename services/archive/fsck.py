"""Fsck: rebuilds the audit log's tree from its lines and compares everything that is stored about it.

SOP step 13. Run by `python -m services.archive fsck` and by tests. Changes nothing; every difference is one sentence.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import msgspec

from services.archive import audit_log, checkpoints
from services.archive.audit_log import Line
from services.archive.domain.checkpoint import NotGenuine, VerifierKey, open_note
from services.archive.domain.merkle import Edge, Subtree, grow, leaf_hash
from shared.eventsourcing.sql import Connection

_STORED = b"SELECT index, source, stream, version, hash FROM leaf WHERE index >= %b AND index < %b ORDER BY index"


class _Ref(msgspec.Struct):
    source: str
    stream: str
    version: int


class _Metadata(msgspec.Struct):
    causation: _Ref | None = None


class _Event(msgspec.Struct):
    """The fields of a line that fsck compares."""

    source: str
    stream: str
    version: int
    metadata: _Metadata


_event = msgspec.json.Decoder(_Event)


@dataclass
class Findings:
    """How much was looked at, and what does not fit."""

    size: int = 0
    root: bytes = b""
    checkpoints: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return not self.wrong


class _Walk:
    """Follows the lines once: versions, causes, hashes, tree."""

    def __init__(self, findings: Findings, signed: dict[int, bytes]) -> None:
        self.edge, self.tiles = Edge(), dict[Subtree, bytes]()
        self._findings, self._signed, self._versions = findings, signed, dict[tuple[str, str], int]()

    def take(self, line: Line, stored: Sequence[object]) -> None:
        wrong, hash_of = self._findings.wrong, leaf_hash(line.line)
        if line.index != self.edge.size:
            wrong.append(f"the order has a hole before index {line.index}")
        if tuple(stored) != (*self._read(line), hash_of):
            wrong.append(f"index {line.index}: stored columns or hash are not those of the line")
        self.edge, tiles = grow(self.edge, [hash_of])
        self.tiles |= tiles
        if self._signed.get(self.edge.size, self.edge.root) != self.edge.root:
            wrong.append(f"the checkpoint of {self.edge.size} events has another root")

    def _read(self, line: Line) -> tuple[str, str, int]:
        wrong = self._findings.wrong
        try:
            event = _event.decode(line.line)
        except msgspec.DecodeError:
            wrong.append(f"index {line.index} is no event")
            return "", "", 0
        key = event.source, event.stream
        if event.version != self._versions.get(key, 0) + 1:
            wrong.append(f"index {line.index}: {event.source} {event.stream} jumps to version {event.version}")
        self._versions[key] = event.version
        cause = event.metadata.causation
        if cause and self._versions.get((cause.source, cause.stream), 0) < cause.version:
            wrong.append(f"index {line.index} stands before its cause {cause.source} {cause.stream} {cause.version}")
        return event.source, event.stream, event.version


async def check(conn: Connection, key: VerifierKey) -> Findings:
    """Everything the log's tables say, against the lines themselves."""
    findings, edge = Findings(), await audit_log.edge(conn)
    signed = await _signed(conn, key, edge, findings)
    walk = _Walk(findings, signed)
    async for page, stored in _pages(conn, edge.size):
        for line, columns in zip(page, stored, strict=True):
            walk.take(line, columns)
    if walk.edge != edge:
        findings.wrong.append(f"the lines make a tree of {walk.edge.size}, the stored edge says {edge.size} or other hashes")
    if walk.tiles != await _tiles(conn):
        findings.wrong.append("the stored tiles are not those of the lines")
    findings.size, findings.root = walk.edge.size, walk.edge.root
    return findings


async def _signed(conn: Connection, key: VerifierKey, edge: Edge, findings: Findings) -> dict[int, bytes]:
    signed = {}
    newest = await checkpoints.latest(conn)
    for one in [*([newest] if newest else []), *(await checkpoints.before(conn, newest.size, 1_000_000) if newest else [])]:
        findings.checkpoints += 1
        signed[one.size] = one.root
        try:
            if (open_note(one.note, key).size, open_note(one.note, key).root) != (one.size, one.root):
                findings.wrong.append(f"the checkpoint kept for {one.size} events says something else")
        except NotGenuine as reason:
            findings.wrong.append(f"the checkpoint of {one.size} events: {reason}")
    if newest and newest.size > edge.size:
        findings.wrong.append(f"{newest.size} events were signed, the log has {edge.size}")
    return signed


async def _pages(conn: Connection, size: int) -> AsyncIterator[tuple[list[Line], list[tuple[object, ...]]]]:
    async for page in audit_log.lines(conn, end=size):
        cursor = await conn.execute(_STORED, (page[0].index, page[-1].index + 1))
        yield page, [(source, stream, version, bytes(stored)) for _, source, stream, version, stored in await cursor.fetchall()]


async def _tiles(conn: Connection) -> dict[Subtree, bytes]:
    cursor = await conn.execute(b"SELECT level, index, hash FROM tile")
    return {Subtree(level, index): bytes(stored) for level, index, stored in await cursor.fetchall()}
