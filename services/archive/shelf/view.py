"""What the page of the shelf shows: items with their locks, what is still missing, what differs,
and until when each is kept.

SOP step 13. Previous hop: `shelf/pages.py`. Next hop: `shelf/queries.py`, `shelf/retention.py`, the template.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from fastapi import Request

from services.archive.check import differences
from services.archive.domain.cycle_file import PAPER, is_kept_too, is_older, needed
from services.archive.queries import Row, last_probe
from services.archive.shelf import queries, retention
from services.archive.store import archive_of
from shared.clock import WIB
from shared.contracts.correction import apart, numbered
from shared.sop.definition import sops
from shared.web.acting import Looking
from shared.web.problems.shape import NotFound
from shared.web.running import now_of, today_of
from shared.web.words.document_words import named, of_correction
from shared.web.words.i18n import gettext as _
from shared.web.words.i18n import later

NAMES = {
    "laporan": later("laporan SPM"),
}
KINDS = {
    "laporan": later("Laporan"),
    "sk_tim": later("SK Tim SPM"),
    "surat_pengantar": later("Surat pengantar"),
    "tanda_terima": later("Tanda terima"),
    "bukti": later("Bukti"),
    "keputusan_koreksi": later("Keputusan koreksi"),
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
        papers = await queries.hard_copies(conn, cycle)
        probe = await last_probe(conn, archive_of(request).name)
        differing, walks = await differences.of_cycle(conn, cycle), await differences.progress(conn)
    if wanted and not items and cycle not in {known["cycle"] for known in cycles}:
        raise NotFound
    sop = next((known["sop"] for known in cycles if known["cycle"] == cycle), None)
    correction = file["correction"]
    missing = still_missing(needed(sops()[sop], correction) if sop else {}, file, items)
    on_shelf = {item["item"] for item in items}
    return {
        "cycles": cycles,
        "cycle": cycle,
        "file": file,
        "items": items,
        "missing": [(_called(name), name in on_shelf) for name in missing],
        "waiting": sum(not is_filed(item) for item in items),
        "filed": sum(is_filed(item) for item in items),
        "papers": len(papers),
        "older_papers": [
            (apart(name)[1], paper) for name, paper in papers.items() if apart(name)[1] < correction
        ],
        "overtaken": {
            item["item"]: apart(item["item"])[1] + 1
            for item in items
            if is_older(item["kind"], item["item"], correction)
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
        "final": kept_until(file, items, today_of(request)),
        "people": look.running.people,
        "today": today_of(request),
        "may_ask": look.may("archive.questions"),
        "may_file": look.may("archive.FileItem"),
        "may_close": look.may("archive.CloseCycle") and bool(items) and not file["archived_on"],
    }


def is_filed(item: Row) -> bool:
    """Whether exactly the file that is expected lies in the store."""
    return bool(item["filed_digest"] == item["file"]["digest"])


def still_missing(awaited: Iterable[str], file: Row, items: Sequence[Row]) -> list[str]:
    """What is to be filed before the cycle is closed, by name, as the rule asks it: on the shelf or not there
    yet.
    """
    correction = file["correction"]
    filed = {item["item"] for item in items if is_filed(item)}
    filed |= {numbered(PAPER, correction)} if file["hard_copy_location"] else set()
    kept = (item["item"] for item in items if is_kept_too(item["kind"], item["item"], correction))
    return [name for name in (*awaited, *kept) if name not in filed]


def kept_until(file: Row, items: Sequence[Row], today: date) -> dict[str, datetime]:
    """Until when each item is kept, counted from the closing that ended it: what was sealed before the cycle
    was opened again for a correction keeps its own end.
    """
    return {
        item["item"]: retention.load().final(item["kind"], min(filter(None, (*ended, today))))
        for item in items
        if any(ended := (file["archived_on"], _sealed_on(item)))
    }


def _sealed_on(item: Row) -> date | None:
    moment: datetime | None = item["sealed_at"]
    return moment.astimezone(WIB).date() if moment else None


def _called(name: str) -> str | None:
    plain, correction = apart(name)
    return of_correction(_(NAMES[plain]), correction) if plain in NAMES else named(name)


def _just_proven(request: Request, probe: dict[str, Any] | None) -> bool:
    """Protection is claimed only while the last probe is fresh and let nothing through."""
    return (
        probe is not None
        and not probe["failed"]
        and abs(now_of(request) - probe["at"]) < timedelta(hours=FRESH_HOURS)
    )
