"""The kinds of documents that the SOP makes, and their recipients,
as `document_kinds.toml` names them once for all services.

Role: data for every service that names a document.
A file that contradicts itself is refused whole, with every fault named.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from shared.sop.definition import KEY, BadDefinition

FILE = Path(__file__).parent / "document_kinds.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentKind:
    """What a document is called: its title, its name in a sentence, its draft;
    `recipient` for a letter that goes with the report.
    """

    title: str
    name: str
    name_en: str
    draft: str
    draft_en: str
    recipient: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who gets the report: as addressed (empty: each region has its own, which its letters name),
    as an office in a title, and as named in a sentence; its receipt, and the kind of its letter.
    """

    address: str = ""
    office: str
    name: str
    name_en: str
    receipt: str
    receipt_en: str
    letter: str = ""


@dataclass(frozen=True, slots=True)
class DocumentKinds:
    """Both by id, in the order of the file. Which of them a cycle has, its SOP says."""

    kind: Mapping[str, DocumentKind]
    recipient: Mapping[str, Recipient]

    @property
    def next_above(self) -> str:
        """The recipient whose address each region has its own of: who is set over it. Empty for none."""
        return next((name for name, recipient in self.recipient.items() if not recipient.address), "")

    @property
    def letters(self) -> Mapping[str, str]:
        """The recipient of each cover letter, by its kind."""
        return {name: kind.recipient for name, kind in self.kind.items() if kind.recipient}

    @property
    def receipts(self) -> Mapping[str, str]:
        """The recipient of each receipt, by the name under which the archive keeps it."""
        return {f"tanda_terima_{name}": name for name in self.recipient}


def parse(text: str, source: str = FILE.name) -> DocumentKinds:
    """The kinds that `text` (TOML) names. Raises BadDefinition, naming every fault at once."""
    document = tomllib.loads(text)
    kinds, recipients = document.get("kind", {}), document.get("recipient", {})
    faults = [*_faults("kind", kinds, DocumentKind), *_faults("recipient", recipients, Recipient)] or [
        *_unmatched(kinds, recipients)
    ]
    if faults:
        raise BadDefinition(source, faults)
    letters = {entry["recipient"]: kind for kind, entry in kinds.items() if "recipient" in entry}
    return DocumentKinds(
        {name: DocumentKind(**entry) for name, entry in kinds.items()},
        {name: Recipient(**entry, letter=letters[name]) for name, entry in recipients.items()},
    )


@cache
def document_kinds() -> DocumentKinds:
    """The kinds that are shipped with this version."""
    return parse(FILE.read_text(encoding="utf-8"))


def _faults(
    table: str, entries: Mapping[str, Mapping[str, Any]], of: type[DocumentKind] | type[Recipient]
) -> Iterator[str]:
    optional, named = {"recipient", "letter", "address"}, {field.name for field in fields(of)}
    for name, entry in entries.items():
        here = f"{table}.{name}"
        if not KEY.fullmatch(name):
            yield f"{here}: an id is made of small letters and underscores"
        yield from (f"{here} lacks {each!r}" for each in sorted(named - optional - entry.keys()))
        yield from (
            f"{here} has the unknown {each!r}" for each in sorted(entry.keys() - (named - {"letter"}))
        )


def _unmatched(
    kinds: Mapping[str, Mapping[str, Any]], recipients: Mapping[str, Mapping[str, Any]]
) -> Iterator[str]:
    """Every recipient has one letter, and every letter one recipient."""
    named = [entry["recipient"] for entry in kinds.values() if "recipient" in entry]
    yield from (f"there is no recipient {name}" for name in sorted(set(named) - recipients.keys()))
    yield from (
        f"recipient.{name} has {named.count(name)} letters, not one"
        for name in recipients
        if named.count(name) != 1
    )
