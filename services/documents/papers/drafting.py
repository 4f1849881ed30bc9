"""Makes a draft's file before the command is decided: figures → report model → typeset PDF → work bucket,
so that the event can name its digest.

SOP steps 4, 9, 10. Previous hop: `papers/orders.py`. Next hop: a draft command for `domain/document.py`.
Whatever is rendered and then refused stays in the work bucket under its digest and is referred to by nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import msgspec
import structlog

from services.documents.domain.document_commands import (
    Draft,
    Finished,
    drafted_by,
)
from services.documents.domain.report import Report, build
from services.documents.letters.compose import CycleFacts, as_typed, compose, defaults, file_name
from services.documents.letters.render import CannotRender, Manuscript, Renderer
from services.documents.letters.wording import LettersOfRegion, letters_of
from services.documents.papers import corrections, queries
from services.documents.queries import Row, approvals, known
from shared.access.people import People
from shared.contracts.documents import Kind
from shared.contracts.values import StoredFile
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.decider import Refused
from shared.eventsourcing.sql import Connection
from shared.objects.port import Bucket, Corrupt, NotThere, key_of

PDF, JSON = "application/pdf", "application/json"

log = structlog.get_logger()


class Kept(msgspec.Struct):
    """What the editor reads back from the data of an earlier draft."""

    fields: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who asks for which draft, with which text in which field, and the date that the letter bears."""

    cycle: str
    kind: Kind
    entries: Mapping[str, str]
    by: str
    dated: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What the read models say that a draft is made from.
    `report` only for the report, `digest` only where it is endorsed; `correction`: the latest.
    """

    facts: CycleFacts
    report: Report | None
    digest: str
    correction: corrections.Correction | None = None


async def gather(conn: Connection, people: People, cycle: str, kind: Kind) -> Material:
    """The material of a draft. Refuses a cycle that documents does not know,
    and a report without approved figures.
    """
    facts = await queries.cycle_facts(conn, cycle)
    if facts is None:
        raise Refused("document-closed", "Langkah SOP untuk dokumen ini belum dimulai.")
    correction = await corrections.latest(conn, cycle)
    if kind != "laporan":
        digest = await queries.settled_digest(conn, cycle)
        return Material(facts=facts, report=None, digest=digest, correction=correction)
    approved = await approvals(conn, cycle)
    if not approved:
        raise Refused("figures-not-released", "Laporan baru dapat disusun setelah semua isian disetujui.")
    named = [replace(each, verified_by=people.name(each.verified_by)) for each in approved]
    report = build(await known.catalogue_of(conn, cycle), named)
    return Material(facts=facts, report=report, digest="", correction=correction)


async def prepare(asked: Asked, material: Material, renderer: Renderer, bucket: Bucket) -> Draft:
    """The draft command with its finished file. Refuses what cannot be printed, naming the field."""
    letters = letters_of(material.facts.region)
    manuscript = compose(
        letters,
        asked.kind,
        material.facts,
        asked.entries,
        asked.dated,
        report=material.report,
        report_digest=material.digest,
        correction=None if asked.kind == "sk_tim" else material.correction,
    )
    name = file_name(letters, asked.kind, material.facts)
    finished = await finish(manuscript, name, renderer, bucket)
    told = material.correction.correction if material.correction else 0
    basis = {"basis": material.report.basis, "correction": told} if material.report else {}
    return combined(drafted_by(asked.kind), asked, finished=finished, occurred_on=asked.dated, **basis)


async def texts_of(
    bucket: Bucket, letters: LettersOfRegion, facts: CycleFacts, kind: Kind, draft: Row | None
) -> dict[str, str]:
    """What stands in the editor first: the text of the last draft, else what the region's letters say."""
    texts = defaults(letters, kind, facts)
    if draft is None:
        return texts
    try:
        kept = msgspec.json.decode(await bucket.get(key_of(draft["data_digest"])), type=Kept).fields
    except (NotThere, Corrupt, msgspec.DecodeError):
        return texts
    return texts | {
        field.id: as_typed(field, kept[field.id]) for field in letters.kind[kind].field if field.id in kept
    }


def permission_of(kind: Kind) -> str:
    """The full name of the command that drafts this kind, as `roles.toml` knows it."""
    return f"documents.{drafted_by(kind).__name__}"


async def finish(manuscript: Manuscript, name: str, renderer: Renderer, bucket: Bucket) -> Finished:
    """Renders a manuscript and keeps the PDF, and the data it was made from, under their digests."""
    try:
        rendered = await renderer.render(manuscript)
    except CannotRender as failure:
        log.warning(
            "document-not-rendered", template=manuscript.template, where=failure.where, cause=str(failure)
        )
        raise refusal(failure) from failure
    await bucket.put(manuscript.canonical, media_type=JSON, digest=rendered.data_digest)
    stored = await bucket.put(rendered.content, media_type=PDF, digest=rendered.digest)
    return combined(
        Finished,
        rendered,
        file=StoredFile(digest=rendered.digest, name=name, media_type=PDF, size=stored.size),
    )


def refusal(failure: CannotRender) -> Refused:
    """A failure of the typesetter as a sentence for the person who can mend it."""
    if not failure.glyph:
        return Refused(
            "cannot-render",
            "Berkas tidak dapat disusun; sampaikan waktu kejadian kepada operator. Tidak ada yang tercatat.",
        )
    part, _, rest = failure.where.partition(".")
    return Refused(
        "glyph-missing",
        "Huruf “{glyph}” pada “{text}” tidak ada dalam huruf cetak yang tersedia; ganti penulisannya.",
        field=rest.partition(".")[0] if part == "fields" else None,
        glyph=failure.glyph,
        text=failure.text[:120],
    )
