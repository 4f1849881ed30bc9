"""How documents and their recipients read inside a sentence:
by `shared/sop/document_kinds.toml`, in the language of the reader.

SOP steps 4, 5, 9–13. Previous hop: an id in an event or a read model. Next hop: a person.
"""

import re
from collections.abc import Mapping

from shared.contracts.correction import apart
from shared.sop.document_kinds import DocumentKind, Recipient, document_kinds
from shared.web.words.i18n import gettext, language, later

SHELF: Mapping[str, str] = {
    "hardcopy": later("naskah asli (kertas)"),
    "keputusan": later("keputusan koreksi"),
    "serah_sk": later("bukti penyerahan draf SK"),
}
"""What else lies on the shelf of the archive."""


def name(known: DocumentKind | Recipient) -> str:
    """What a document or a recipient is called."""
    return known.name_en if language.get() == "en" else known.name


def draft(kind: str) -> str:
    """What the drafting of a document of this kind is called."""
    found = document_kinds().kind[kind]
    return found.draft_en if language.get() == "en" else found.draft


def recipient(one: str) -> str:
    """A recipient by its id, with the correction whose dispatch is meant; any other id as it is."""
    known, correction = apart(one)
    found = document_kinds().recipient.get(known)
    return of_correction(name(found), correction) if found else one


def of_correction(named: str, correction: int) -> str:
    """`Gubernur (koreksi ke-1)`; without a correction the words alone."""
    return gettext("{named} (koreksi ke-{n})").format(named=named, n=correction) if correction else named


def receipt(one: str) -> str:
    """What the receipt of this recipient is called."""
    found = document_kinds().recipient[one]
    return found.receipt_en if language.get() == "en" else found.receipt


def named(word: str) -> str | None:
    """The words for an id of a kind, a recipient, a receipt or what else lies on the shelf, of a correction
    or of none; None for any other id.
    """
    kinds = document_kinds()
    word, correction = apart(word)
    if again := re.fullmatch(r"(serah_sk)_([0-9]+)", word):
        revision = gettext("revisi {n}").format(n=again[2])
        return f"{gettext(SHELF[again[1]])}, {revision}"
    if word in SHELF:
        return of_correction(gettext(SHELF[word]), correction)
    if word in kinds.receipts:
        return of_correction(receipt(kinds.receipts[word]), correction)
    known = kinds.kind.get(word) or kinds.recipient.get(word)
    return of_correction(name(known), correction) if known else None
