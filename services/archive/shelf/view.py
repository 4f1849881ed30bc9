"""What the page of the shelf shows: items with their locks, what is still missing, what differs,
and until when each is kept.

SOP step 13. Previous hop: `shelf/pages.py`. Next hop: `shelf/queries.py`, `shelf/retention.py`, the template.
"""

from datetime import date, timedelta
from typing import Any

from fastapi import Request

from services.archive.check import differences
from services.archive.domain.cycle_file import OF_A_REPORT, needed
from services.archive.queries import Row, last_probe
from services.archive.shelf import queries, retention
from services.archive.store import archive_of
from shared.contracts.correction import apart
from shared.sop.definition import sops
from shared.web.acting import Looking
from shared.web.problems.shape import NotFound
from shared.web.running import now_of, today_of
from shared.web.words.document_words import named
from shared.web.words.i18n import gettext as _
from shared.web.words.i18n import later

NAMES = {
    "laporan": later("laporan SPM"),
    "hardcopy": later("naskah asli (kertas)"),
}
KINDS = {
    "laporan": later("Laporan"),
    "sk_tim": later("SK Tim SPM"),
    "surat_pengantar": later("Surat pengantar"),
    "tanda_terima": later("Tanda terima"),
    "bukti": later("Bukti"),
    "hardcopy": later("Naskah asli"),
}
FATES = {
    "permanen": later("permanen"),
    "musnah": later("musnah"),
    "dinilai kembali": later("dinilai kembali"),
}
FRESH_HOURS = 26


async def shelf(look: Looking, wanted: str) -> dict[str, Any]:
    """The shelf of the wanted cycle; of the latest where none is named.
    Raises NotFound for one that there is not.
    """
    request = look.request
    async with look.conn() as conn:
        cycles = await queries.cycles(conn)
        cycle = wanted or (cycles[0]["cycle"] if cycles else "")
        file, items = await queries.shelf(conn, cycle)
        probe = await last_probe(conn, archive_of(request).name)
        differing, walks = await differences.of_cycle(conn, cycle), await differences.progress(conn)
    if wanted and not items and cycle not in {known["cycle"] for known in cycles}:
        raise NotFound
    filed = {item["item"] for item in items if item["filed_digest"] == item["file"]["digest"]}
    sop = next((known["sop"] for known in cycles if known["cycle"] == cycle), None)
    filed |= {"hardcopy"} if file["hard_copy_location"] else set()
    awaited = needed(sops()[sop], file["correction"]) if sop else {}
    missing = [*awaited, *older(items, file["correction"])]
    missing = [name for name in missing if name not in filed]
    return {
        "cycles": cycles,
        "cycle": cycle,
        "file": file,
        "items": items,
        "missing": [_(NAMES[name]) if name in NAMES else named(name) for name in missing],
        "overtaken": {
            item["item"]: file["correction"] for item in items if is_older(item, file["correction"])
        },
        "kinds": KINDS,
        "fates": FATES,
        "damaged": {
            row["item"]: [one for one in differing if one["item"] == row["item"]] for row in differing
        },
        "kinds_of_difference": differences.KINDS,
        "objects_read_at": next((walk.finished_at for walk in walks if walk.walk == "objects"), None),
        "probe": probe,
        "proven": _just_proven(request, probe),
        "schedule": retention.load(),
        "final": _final(file, items, today_of(request)),
        "people": look.running.people,
        "today": today_of(request),
        "may_file": look.may("archive.FileItem"),
        "may_close": look.may("archive.CloseCycle") and bool(items) and not file["archived_on"],
    }


def is_older(item: Row, correction: int) -> bool:
    """Whether an item belongs to a report that was officially corrected."""
    return item["kind"] in OF_A_REPORT and apart(item["item"])[1] < correction


def older(items: list[dict[str, Any]], correction: int) -> list[str]:
    """The items of corrected reports, which are kept too: those that are expected."""
    return [item["item"] for item in items if is_older(item, correction)]


def _final(file: Row, items: list[dict[str, Any]], today: date) -> dict[str, Any]:
    """Until when each item is kept, once the cycle is closed."""
    if not file["archived_on"]:
        return {}
    closed_on = min(file["archived_on"], today)
    return {item["item"]: retention.load().final(item["kind"], closed_on) for item in items}


def _just_proven(request: Request, probe: dict[str, Any] | None) -> bool:
    """Protection is claimed only while the last probe is fresh and let nothing through."""
    return (
        probe is not None
        and not probe["failed"]
        and abs(now_of(request) - probe["at"]) < timedelta(hours=FRESH_HOURS)
    )
