"""The walk over the log itself: every line against its hash, its columns, its neighbours,
the tree over it and what was signed.

SOP step 13, and every step before it. Previous hop: `check/comparing.py`, page by page;
`check/fsck.py`, all at once. Next hop: `check/differences.py`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import msgspec

from services.archive.check.differences import Difference, Walked
from services.archive.domain.checkpoint import NotGenuine, VerifierKey, open_note
from services.archive.domain.merkle import Edge, Subtree, grow, leaf_hash
from services.archive.log.leaf import columns_of, event_in, leaf_of
from services.archive.log.regions import could_be
from services.archive.search_words import block, found_by_beginning, of_region
from shared.contracts.values import EventRef
from shared.eventsourcing.sql import Connection
from shared.messaging.envelope import Received

WALK = "log"


class _Metadata(msgspec.Struct):
    causation: EventRef | None = None


_metadata = msgspec.json.Decoder(_Metadata)
PAGE = 500
_ROWS = (
    b"SELECT l.index, l.source, l.stream, l.version, l.case_id, l.type, l.agency, l.person, l.recorded_at, "
    b"l.line, l.hash, k.source, k.position, "
    b"tsvector_to_array(k.words), k.region "
    b"FROM leaf l LEFT JOIN leaf_lookup k USING (index) WHERE l.index >= %b AND l.index < %b ORDER BY l.index"
)
_JUMPS = (
    b"SELECT l.index FROM leaf l WHERE l.index >= %b AND l.index < %b AND l.version > 1 AND NOT EXISTS "
    b"(SELECT FROM leaf p "
    b"WHERE p.source = l.source AND p.stream = l.stream AND p.version = l.version - 1 AND p.index < l.index)"
)
_EARLY = (
    b"SELECT e.index FROM unnest(%b::bigint[], %b::text[], %b::text[], %b::int[]) AS e(index, source, "
    b"stream, version) "
    b"WHERE NOT EXISTS (SELECT FROM leaf c WHERE c.source = e.source AND c.stream = e.stream AND c.version "
    b"= e.version AND c.index < e.index)"
)
_TILES = (
    b"SELECT level, index, hash FROM tile JOIN unnest(%b::smallint[], %b::bigint[]) AS wanted(level, "
    b"index) USING (level, index)"
)
_UNKNOWN = (
    b"SELECT word FROM unnest(%b::text[]) AS w(word) WHERE NOT EXISTS (SELECT FROM leaf_word k WHERE k.word "
    b"= w.word) LIMIT 20"
)
_COUNTS = (
    b"SELECT source, l.many, k.many FROM (SELECT source, count(*) AS many FROM leaf GROUP BY source) l FULL "
    b"JOIN leaf_count k USING (source) "
    b"WHERE l.many IS DISTINCT FROM k.many ORDER BY source"
)
_STRANGE_TILES = (  # beside the size of this moment: the log goes on growing while it is looked at
    b"SELECT level, index FROM tile WHERE level % 8 <> 0 OR (index + 1) << level > (SELECT "
    b"coalesce(max(size), 0) FROM tree) "
    b"ORDER BY level, index LIMIT 20"
)
_SIGNED = b"SELECT size, root, note FROM checkpoint WHERE size > %b AND size <= %b"
_ENDS = (
    b"SELECT (SELECT size FROM tree), (SELECT peaks FROM tree), (SELECT max(index) FROM leaf), "
    b"(SELECT max(size) FROM checkpoint)"
)


async def page(
    conn: Connection, walked: Walked, key: VerifierKey, first: str, *, most: int = PAGE
) -> tuple[Walked, list[Difference], bool]:
    """Looks at the lines from `walked.at` on; answers how far it came, what differs,
    and whether that was the end. `first`: the first region of the installation.
    """
    size, peaks, last, signed = await _ends(conn)
    end = min(walked.at + most, size)
    found = list(await _lines_and_neighbours(conn, walked.at, end, first))
    edge, tiles, marks = walked.edge, dict[Subtree, bytes](), dict[int, bytes]()
    for index, stored in (await _by_index(conn, walked.at, end)).items():
        edge, grown = grow(edge, [leaf_hash(stored) if stored is not None else bytes(32)])
        tiles |= grown
        marks[index + 1] = edge.root
    more, broken = await _tree(conn, walked, tiles, marks, key)
    found += more
    if edge.size < size:
        return replace(walked, at=edge.size, whole=size, peaks=edge.peaks, broken=broken), found, False
    if edge != Edge(size, peaks) and not broken:
        found.append(
            _of(
                "tree",
                "edge",
                f"the lines make {edge.root.hex()[:16]}…, the stored edge of {size} says otherwise",
            )
        )
    found += [*_beyond(size, last, signed), *await _counted(conn)]
    return replace(walked, at=edge.size, whole=size, peaks=edge.peaks, broken=broken), found, True


def _beyond(size: int, last: int, signed: int) -> Iterator[Difference]:
    if last >= size:
        yield _of("tree", "size", f"lines up to {last} are there, the stored edge says {size}")
    if signed > size:
        yield _of(
            "checkpoint-ahead", str(signed), f"{signed} events were signed, the log has {size}", index=size
        )


async def _counted(conn: Connection) -> list[Difference]:
    """What the log's tables say of all lines together."""
    wrong = await (await conn.execute(_COUNTS)).fetchall()
    found = [
        _of("leaf-count", source, f"{many} lines are there, the count says {said}")
        for source, many, said in wrong
    ]
    strange = await (await conn.execute(_STRANGE_TILES)).fetchall()
    return found + [
        _of("tile", f"{level}/{index}", "a tree of so many lines has no such node")
        for level, index in strange
    ]


async def _ends(conn: Connection) -> tuple[int, tuple[bytes, ...], int, int]:
    row = await (await conn.execute(_ENDS)).fetchone()
    size, peaks, last, signed = row or (0, [], None, None)
    return int(size or 0), tuple(map(bytes, peaks or [])), -1 if last is None else int(last), int(signed or 0)


async def _by_index(conn: Connection, start: int, end: int) -> dict[int, bytes | None]:
    cursor = await conn.execute(
        b"SELECT index, line FROM leaf WHERE index >= %b AND index < %b", (start, end)
    )
    there = {int(index): bytes(line) for index, line in await cursor.fetchall()}
    return {index: there.get(index) for index in range(start, end)}


async def _lines_and_neighbours(conn: Connection, start: int, end: int, first: str) -> list[Difference]:
    rows = await (await conn.execute(_ROWS, (start, end))).fetchall()
    there = {int(row[0]) for row in rows}
    found = [
        _of("leaf-gone", str(index), "no line stands here", index=index)
        for index in range(start, end)
        if index not in there
    ]
    events: list[tuple[int, Received]] = []
    beginnings = set[str]()
    for index, *stored, line, hashed, looked_up, position, words, region in rows:
        event = event_in(bytes(line))
        place: dict[str, object] = {
            "source": stored[0],
            "stream": stored[1],
            "version": int(stored[2]),
            "index": int(index),
        }
        if leaf_hash(bytes(line)) != bytes(hashed):
            found.append(_of("leaf-hash", str(index), "the line is not the one that was hashed", **place))
        if event is None:
            found.append(_of("leaf-unreadable", str(index), "", **place))
            continue
        events.append((int(index), event))
        leaf = leaf_of(event)
        if (
            columns_of(leaf) != tuple(stored)
            or leaf.line != bytes(line)
            or (looked_up, position) != (leaf.source, leaf.position)
        ):
            found.append(
                _of(
                    "leaf-columns",
                    str(index),
                    "the columns, or the form of the line, are not its own",
                    **place,
                )
            )
        beginnings.update(filter(found_by_beginning, leaf.words))
        if region not in await could_be(conn, leaf.stream, first):
            found.append(_of("leaf-region", str(index), f"it stands under {region!r}", **place))
        if set(words or ()) != {*leaf.words, block(int(index)), of_region(region or "")}:
            found.append(
                _of("leaf-words", str(index), "it is not found by its own words, or by others", **place)
            )
    unknown = await (await conn.execute(_UNKNOWN, (sorted(beginnings),))).fetchall()
    found += [
        _of(
            "leaf-words",
            word,
            f"lines from {start} to {end} have this word, and its beginnings do not lead to it",
        )
        for (word,) in unknown
    ]
    return found + await _order(conn, start, end, events)


async def _order(
    conn: Connection, start: int, end: int, events: Sequence[tuple[int, Received]]
) -> list[Difference]:
    known = dict(events)
    jumps = [int(row[0]) for row in await (await conn.execute(_JUMPS, (start, end))).fetchall()]
    causes = [(index, _cause(event)) for index, event in events]
    wanted = [(index, cause.source, cause.stream, cause.version) for index, cause in causes if cause]
    early = (
        [
            int(row[0])
            for row in await (
                await conn.execute(_EARLY, [list(column) for column in zip(*wanted, strict=True)])
            ).fetchall()
        ]
        if wanted
        else []
    )
    said = [(index, "the version before it does not stand before it") for index in jumps]
    said += [(index, "it stands before its cause") for index in early]
    return [
        _of(
            "leaf-order",
            f"{index}",
            why,
            index=index,
            source=known[index].source,
            stream=known[index].stream,
            version=known[index].version,
        )
        for index, why in said
        if index in known
    ]


def _cause(event: Received) -> EventRef | None:
    """The cause that a line names, whatever else is wrong with its metadata."""
    try:
        return _metadata.decode(event.metadata).causation
    except msgspec.DecodeError:
        return None


async def _tree(
    conn: Connection, walked: Walked, tiles: dict[Subtree, bytes], marks: dict[int, bytes], key: VerifierKey
) -> tuple[list[Difference], bool]:
    """Tiles and checkpoints of these lines. Once the tree differs,
    later roots differ too and are not told again.
    """
    found, broken = list[Difference](), walked.broken
    cursor = await conn.execute(_TILES, ([tile.level for tile in tiles], [tile.index for tile in tiles]))
    stored = {
        Subtree(int(level), int(index)): bytes(value) for level, index, value in await cursor.fetchall()
    }
    for tile, value in tiles.items():
        if stored.get(tile) != value and (tile.level == 8 or not broken):
            first = tile.index << tile.level
            found.append(
                _of(
                    "tile",
                    f"{tile.level}/{tile.index}",
                    f"lines {first}…{first + (1 << tile.level) - 1}",
                    index=first,
                )
            )
            broken = True
    cursor = await conn.execute(_SIGNED, (walked.at, max(marks, default=walked.at)))
    for size, root, note in sorted(await cursor.fetchall()):
        found += _note(int(size), bytes(root), str(note), key)
        if bytes(root) != marks[int(size)] and not broken:
            detail = f"signed {bytes(root).hex()[:16]}…, the lines make {marks[int(size)].hex()[:16]}…"
            found.append(_of("checkpoint-root", str(size), detail, index=int(size) - 1))
            broken = True
    return found, broken


def _note(size: int, root: bytes, note: str, key: VerifierKey) -> Iterator[Difference]:
    try:
        checkpoint = open_note(note, key)
    except NotGenuine as reason:
        yield _of("checkpoint-note", str(size), str(reason), index=size - 1)
    else:
        if (checkpoint.size, checkpoint.root) != (size, root):
            yield _of("checkpoint-note", str(size), "the note says another size or root", index=size - 1)


def _of(kind: str, place: str, detail: str, **more: object) -> Difference:
    return Difference(walk=WALK, kind=kind, place=place, detail=detail, **more)  # type: ignore[arg-type]
