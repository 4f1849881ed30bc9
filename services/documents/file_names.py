"""How the files of documents and dispatches are called when somebody takes them along: what was written or
scanned, with what it is of, so that two revisions never have one name.

SOP steps 4, 5, 9–12. Previous hop: a page or a download, with what happened in a stream. Next hop:
`shared/web/files/downloads.py`. The name that was recorded stays in the event.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from services.documents.queries import Row, files_in
from shared.contracts.correction import apart
from shared.contracts.values import StoredFile
from shared.web.files.downloads import of_correction, of_draft, telling


def files_of(entries: Iterable[Row]) -> list[StoredFile]:
    """Every file that a trail names, by its telling name."""
    return [file for entry in entries for file in of_act(entry)]


def of_act(entry: Row) -> list[StoredFile]:
    """The files that one act of a trail names."""
    parts = parts_of(entry["act"], entry["facts"], entry["stream"])
    return [telling(file, *parts) for file in files_in(entry["facts"])]


def parts_of(act: str, facts: Mapping[str, Any], stream: str) -> list[str]:
    """What distinguishes a file of this act from every other of its stream."""
    match act:
        case "document-drafted" | "document-settled":
            return of_draft(facts["revision"], facts.get("correction", 0))
        case "document-handed-over":
            return [f"serah-revisi-{facts['revision']}"]
        case "correction-decided":
            return ["keputusan", *of_correction(facts["correction"])]
        case "receipt-recorded":
            recipient, correction = apart(stream.split("-", 3)[-1])
            return ["tanda-terima", recipient, *of_correction(correction)]
        case _:
            return [act]
