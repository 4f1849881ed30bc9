"""How documents and their recipients read inside a sentence:
by `shared/sop/document_kinds.toml`, in the language of the reader.

SOP steps 4, 5, 9–13. Previous hop: an id in an event or a read model. Next hop: a person.
"""

from shared.sop.document_kinds import DocumentKind, Recipient, document_kinds
from shared.web.words.i18n import language


def name(known: DocumentKind | Recipient) -> str:
    """What a document or a recipient is called."""
    return known.name_en if language.get() == "en" else known.name


def draft(kind: str) -> str:
    """What the drafting of a document of this kind is called."""
    found = document_kinds().kind[kind]
    return found.draft_en if language.get() == "en" else found.draft


def recipient(one: str) -> str:
    """A recipient by its id; any other id as it is."""
    found = document_kinds().recipient.get(one)
    return name(found) if found else one


def receipt(one: str) -> str:
    """What the receipt of this recipient is called."""
    found = document_kinds().recipient[one]
    return found.receipt_en if language.get() == "en" else found.receipt


def named(word: str) -> str | None:
    """The words for an id of a kind, a recipient or a receipt; None for any other id."""
    kinds = document_kinds()
    if word in kinds.receipts:
        return receipt(kinds.receipts[word])
    known = kinds.kind.get(word) or kinds.recipient.get(word)
    return name(known) if known else None
