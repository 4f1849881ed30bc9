"""The letters of one region: what all regions have, with the region's own letterhead, recipients, signers
and regulations in it.

SOP steps 4, 9, 10. A region without its own data gets a sentence that says what is missing, never another
region's letterhead. Previous hop: `regions.py`, which reads the region's file, and `letters/catalogue.py`.
Next hop: `letters/compose.py`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import msgspec

from services.documents import regions
from services.documents.letters.catalogue import (
    Field,
    LetterKind,
    Letters,
    Outline,
    load,
    unknown_placeholder,
)
from services.documents.regions import Office, RegionFile, RegionFileInvalid
from shared.contracts.documents import Kind
from shared.eventsourcing.commands.decider import Refused
from shared.sop.document_kinds import document_kinds


@dataclass(frozen=True, slots=True)
class LettersOfRegion:
    """The letters of one region."""

    office: Office
    kind: Mapping[Kind, LetterKind]
    outline: Outline


def letters_of(region: str) -> LettersOfRegion:
    """The letters of a region as they are now. Refused where it has none, or its file lacks something."""
    try:
        file = regions.PLACES.file_of(region)
        if file is not None:
            return worded(file)
    except RegionFileInvalid as error:
        raise Refused(
            "letters-invalid",
            "Berkas surat daerah {region} belum dapat dipakai: {faults}. Sampaikan kepada operator.",
            region=region,
            faults=str(error),
        ) from error
    raise Refused(
        "letters-missing",
        "Daerah {region} belum punya kop, penanda tangan, dan tujuan surat. Operator menambahkan berkas "
        "{file} di folder surat instalasi.",
        region=region,
        file=f"{region}/{regions.NAME}",
    )


def worded(file: RegionFile) -> LettersOfRegion:
    """The letters that the file of a region makes of those of all.
    Raises RegionFileInvalid naming every fault.
    """
    shared = load()
    faults = [*_office_faults(file.office), *_recipient_faults(file.recipient), *_text_faults(file, shared)]
    if faults:
        raise RegionFileInvalid("; ".join(faults))
    kinds = {name: _worded(kind, file.text.get(name, {})) for name, kind in shared.kind.items()}
    return LettersOfRegion(file.office, kinds, shared.outline)


def _worded(kind: LetterKind, texts: Mapping[str, str]) -> LetterKind:
    fields = (msgspec.structs.replace(each, default=texts.get(each.id, each.default)) for each in kind.field)
    return msgspec.structs.replace(kind, field=tuple(fields))


def _office_faults(office: Office) -> Iterator[str]:
    for name, said in msgspec.structs.asdict(office).items():
        text = "\n".join(said) if isinstance(said, tuple) else said
        if not text.strip() and name != "address":
            yield f"office.{name} is empty"
        if fault := unknown_placeholder(text):
            yield f"office.{name}: {fault}"


def _recipient_faults(said: Mapping[str, str]) -> Iterator[str]:
    known = document_kinds().recipient
    yield from (f"recipient.{name} is nobody" for name in sorted(said.keys() - known.keys()))
    for name, recipient in known.items():
        if not recipient.address and not said.get(name, "").strip():
            yield f"recipient.{name} is missing"
        if recipient.address and name in said:
            yield f"recipient.{name} is the same for every region"


def _text_faults(file: RegionFile, shared: Letters) -> Iterator[str]:
    for name, kind in shared.kind.items():
        texts, known = file.text.get(name, {}), {each.id: each for each in kind.field}
        yield from (f"text.{name}.{each} is no field" for each in sorted(texts.keys() - known.keys()))
        yield from (
            f"text.{name}.{each.id} is missing"
            for each in kind.field
            if each.of_region and each.required and not texts.get(each.id, "").strip()
        )
        for each, text in texts.items():
            yield from (f"text.{name}.{each}: {fault}" for fault in _faults_of(known.get(each), text))


def _faults_of(known: Field | None, text: str) -> Iterator[str]:
    if fault := unknown_placeholder(text):
        yield fault
    if known is not None and known.form == "rows":
        columns, lines = len(known.columns), filter(str.strip, text.splitlines())
        wrong = [line for line in lines if line.count("|") + 1 != columns]
        yield from (f"{line[:40]!r} has not {columns} columns" for line in wrong[:1])
