"""What a person typed into the form of dispatches: one set of fields for each recipient on the page.

SOP step 12. Previous hop: a form. Next hop: `dispatch/pages.py`, which asks for the order.
"""

from collections.abc import Mapping
from typing import Any

from starlette.datastructures import FormData, UploadFile

from services.documents.scans import scan_in
from shared.contracts.values import StoredFile
from shared.eventsourcing.commands.decider import Refused
from shared.web.acting import Acting, expected_version

TYPED = ("-agenda_number", "-carrier", "-received_by", "-reference", "-value", "-reason")
"""Fields that are empty until somebody writes in them."""


def fields_of(form: Mapping[str, Any], recipient: str) -> dict[str, Any]:
    """The fields of this recipient's form (`gubernur-carrier` → `carrier`)."""
    return {
        name.removeprefix(f"{recipient}-"): value
        for name, value in form.items()
        if name.startswith(f"{recipient}-")
    }


def saw(act: Acting, form: Mapping[str, Any], recipient: str) -> dict[str, Any]:
    """The fields of this recipient, whose dispatch is expected to be as the page showed it."""
    act.expected = expected_version(str(form.get(f"_version-{recipient}") or "")) or act.expected
    return fields_of(form, recipient)


def left_of(form: Mapping[str, Any], *sent: str) -> dict[str, str]:
    """The texts of the one form that an act did not need (`sent`): they go back to the page."""
    return {
        name: value
        for name, value in form.items()
        if isinstance(value, str) and value.strip() and name.endswith(TYPED) and name not in sent
    }


def picked(form: Mapping[str, Any], recipient: str) -> bool:
    """Whether a file was chosen for another recipient: no page can give that back."""
    scans = (value for name, value in form.items() if name.endswith("-scan") and name != f"{recipient}-scan")
    return any(isinstance(value, UploadFile) and value.filename for value in scans)


async def signed_receipt(act: Acting, form: FormData, recipient: str) -> StoredFile:
    """The scan of the receipt in the form of this recipient. Refuses a form without one."""
    scan = await scan_in(act, form, f"{recipient}-scan")
    if scan is None:
        raise Refused("scan-missing", "Pilih pindaian tanda terima yang sudah ditandatangani.", field="scan")
    return scan
