"""The names of documents' own streams: built and read here only.

SOP steps 4, 5, 9–12. Used by the process manager, by what builds commands, and by what asks the read models.
"""

DOCUMENT, DISPATCH = "document", "dispatch"


def document(cycle: str, kind: str) -> str:
    """document-3402-2026-laporan: the document of this kind in a cycle."""
    return f"{DOCUMENT}-{cycle}-{kind}"


def documents_of(cycle: str) -> str:
    """What the names of all documents of a cycle begin with."""
    return f"{DOCUMENT}-{cycle}-"


def dispatch(cycle: str, name: str) -> str:
    """dispatch-3402-2026-gubernur: the dispatch of a cycle to this recipient; gubernur_koreksi_1 where it is
    of an official correction.
    """
    return f"{DISPATCH}-{cycle}-{name}"


def every(category: str) -> str:
    """What the names of all streams of a category begin with."""
    return f"{category}-"


def region_of(cycle: str) -> str:
    """3402-2026 → 3402."""
    return cycle.partition("-")[0]
