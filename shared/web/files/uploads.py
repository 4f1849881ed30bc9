"""Files on their way in: hashed while they stream, looked at, kept by content,
and remembered with who brought them.

A digest names bytes and opens nothing: whoever uploaded a file, or may see a case that holds it, may name it
in a command. Every SOP step that takes evidence or scans. Previous hop: an upload. Next hop: the work bucket;
events carry only name, kind, size and SHA-256.
"""

from collections.abc import AsyncIterable, Awaitable, Callable, Iterable
from typing import Any

from starlette.datastructures import UploadFile

from shared.contracts.values import StoredFile
from shared.eventsourcing.commands.decider import Refused
from shared.eventsourcing.sql import Connection
from shared.objects.spool import Spooled, TooLarge, spooled
from shared.web.acting import Acting
from shared.web.files import file_kinds
from shared.web.files.downloads import bucket_of, chunks_of, plain_name
from shared.web.files.file_kinds import LARGEST, Unfit
from shared.web.words.i18n import later

FORM_LIMIT = 5 * LARGEST
"""Bytes of a form with several files; a route that takes one says max_body_size=FORM_LIMIT,
so that one large file leaves the rest readable.
"""
Holding = Callable[[Connection], Awaitable[StoredFile | None]]
"""Asks whether a case that this person may see holds the file; answers as the case names it."""

_UNFIT = {
    "kind-unknown": later(
        "Jenis berkas ini tidak diterima. Kirim PDF, gambar, dokumen Office atau ODF, atau CSV."
    ),
    "kind-macros": later("Berkas ini berisi makro. Simpan tanpa makro (misalnya .xlsx), lalu unggah lagi."),
    "kind-archive": later("Arsip zip tidak diterima; unggah isinya satu per satu."),
    "kind-broken": later("Berkas ini rusak dan tidak dapat dibuka. Simpan ulang, lalu unggah lagi."),
}
_REMEMBER = b"""
    INSERT INTO upload (digest, person, name, media_type, size) VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (digest, person) DO UPDATE SET name = excluded.name, media_type = excluded.media_type"""
_REMEMBERED = b"SELECT digest, name, media_type, size FROM upload WHERE digest = %s AND person = %s"


async def take_in(
    act: Acting,
    chunks: AsyncIterable[bytes],
    *,
    name: str,
    kinds: frozenset[str] = file_kinds.TAKEN,
    field: str = "file",
) -> StoredFile:
    """Keeps a stream as this person's upload. Raises Refused for an empty file, one over LARGEST,
    and every kind but `kinds`.
    """
    try:
        async with spooled(chunks, limit=LARGEST) as file:
            media_type = _checked(file, plain_name(name), kinds, field)
            await bucket_of(act.request).put(file.path, media_type=media_type, digest=file.digest)
            taken = StoredFile(
                digest=file.digest,
                name=file_kinds.named(plain_name(name), media_type),
                media_type=media_type,
                size=file.size,
            )
    except TooLarge:
        raise Refused(
            "file-too-large",
            "Berkas terlalu besar; paling besar {most} MB.",
            field=field,
            most=LARGEST // 1_000_000,
        ) from None
    async with act.running.pool.connection() as conn:
        await conn.execute(
            _REMEMBER, (taken.digest, act.viewer.person, taken.name, taken.media_type, taken.size)
        )
    return taken


async def take_in_form(
    act: Acting, uploads: Iterable[Any], *, kinds: frozenset[str] = file_kinds.TAKEN, field: str
) -> tuple[StoredFile, ...]:
    """The files of a form's field, without the empty ones."""
    files = [upload for upload in uploads if isinstance(upload, UploadFile) and upload.filename]
    return tuple(
        [
            await take_in(act, chunks_of(file), name=file.filename or "", kinds=kinds, field=field)
            for file in files
        ]
    )


async def attachable(
    act: Acting,
    digest: str,
    name: str,
    holding: Holding,
    *,
    kinds: frozenset[str] = file_kinds.TAKEN,
    field: str = "evidence",
) -> StoredFile:
    """A file that this person may name in a command: an own upload, or one of a case that the person may see.

    Raises the same Refused for what was never uploaded and for what is somebody else's.
    """
    async with act.running.pool.connection() as conn:
        found = await uploaded(conn, act.viewer.person, digest) or await holding(conn)
    if found is None:
        raise Refused("file-unknown", "Berkas {digest} belum Anda unggah.", field=field, digest=digest[:8])
    if kinds == file_kinds.SCANS and found.media_type not in kinds:
        raise _not_a_scan(field)
    chosen = plain_name(name) if name.strip() else found.name
    return StoredFile(
        digest=found.digest,
        name=file_kinds.named(chosen, found.media_type) if found.media_type in file_kinds.TAKEN else chosen,
        media_type=found.media_type,
        size=found.size,
    )


async def uploaded(conn: Connection, person: str, digest: str) -> StoredFile | None:
    """A file as this person uploaded it; None for anything else."""
    row = await (await conn.execute(_REMEMBERED, (digest, person))).fetchone()
    return StoredFile(digest=row[0], name=row[1], media_type=row[2], size=row[3]) if row else None


def _checked(file: Spooled, name: str, kinds: frozenset[str], field: str) -> str:
    if file.size == 0:
        raise Refused("file-empty", "Berkas ini kosong.", field=field)
    found = file_kinds.kind_of(file.path, file.head, name)
    if not isinstance(found, Unfit) and found in kinds:
        return found
    if kinds == file_kinds.SCANS:
        raise _not_a_scan(field)
    code = found.code if isinstance(found, Unfit) else "kind-unknown"
    raise Refused(f"file-{code}", _UNFIT[code], field=field)


def _not_a_scan(field: str) -> Refused:
    return Refused("file-kind", "Pindaian harus berupa PDF, PNG, atau JPEG.", field=field)
