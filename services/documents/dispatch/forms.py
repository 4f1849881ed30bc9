"""What a person typed into the forms of dispatches: one set of them for each recipient on the page.

SOP step 12. Previous hop: a form. Next hop: `dispatch/pages.py`, which asks for the order.
"""

from collections.abc import Mapping
from typing import Any

from starlette.datastructures import FormData

from services.documents.scans import scan_in
from shared.contracts.values import StoredFile
from shared.eventsourcing.commands.decider import Refused
from shared.web.acting import Acting


def fields_of(form: Mapping[str, Any], recipient: str) -> dict[str, Any]:
    """The fields of this recipient's form (`gubernur-carrier` → `carrier`)."""
    return {
        name.removeprefix(f"{recipient}-"): value
        for name, value in form.items()
        if name.startswith(f"{recipient}-")
    }


async def signed_receipt(act: Acting, form: FormData, recipient: str) -> StoredFile:
    """The scan of the receipt in the form of this recipient. Refuses a form without one."""
    scan = await scan_in(act, form, f"{recipient}-scan")
    if scan is None:
        raise Refused("scan-missing", "Pilih pindaian tanda terima yang sudah ditandatangani.", field="scan")
    return scan
