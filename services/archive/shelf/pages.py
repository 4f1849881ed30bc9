"""Pages of the shelf: what a cycle's archive holds, filing, the paper original, closing.

SOP step 13. Previous hop: an Arsiparis' browser. Next hop: `shelf/orders.py`; no rule here.
"""

from collections.abc import Awaitable
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Request, Response

from services.archive.check import differences
from services.archive.check.differences import KINDS as KINDS_OF_DIFFERENCE
from services.archive.domain.cycle_file import NEEDED
from services.archive.queries import Row, last_probe
from services.archive.shelf import downloads, orders, queries, retention
from services.archive.shelf.addresses import Cycle, ItemId
from services.archive.store import archive_of
from shared.eventsourcing.commands.command_handler import Conflict
from shared.eventsourcing.commands.decider import Refused
from shared.objects.port import StoreAway
from shared.web.acting import Act, Acting, CommandAnswer, Look, Looking
from shared.web.declared import does, reads
from shared.web.forms.csrf import form_of
from shared.web.forms.fields import OptionalCycle
from shared.web.forms.typed import day_of, text_of, whole_of
from shared.web.frame.rendering import render, see_other, typed
from shared.web.problems import FieldError, NotFound, sentence_of
from shared.web.running import now_of, running_of, today_of
from shared.web.words.i18n import gettext as _
from shared.web.words.i18n import later

router = APIRouter(include_in_schema=False)

NAMES = {
    "laporan": later("laporan SPM"),
    "tanda_terima_gubernur": later("tanda terima Gubernur"),
    "tanda_terima_kemendagri": later("tanda terima Kemendagri"),
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
FATES = {"permanen": later("permanen"), "musnah": later("musnah"), "dinilai kembali": later("dinilai kembali")}
FRESH_HOURS = 26


@router.get("/arsip", dependencies=[reads("archive.shelf")])
async def shelf(request: Request, look: Look, siklus: OptionalCycle = "") -> Response:
    return await _page(request, look, siklus)


@router.get("/arsip/{cycle}/{item}/berkas", dependencies=[reads("archive.item")])
async def item_file(cycle: Cycle, item: ItemId, look: Look) -> Response:
    return await downloads.archived(look, cycle, item)


@router.post("/arsip/{cycle}/{item}/arsipkan", dependencies=[does("archive.FileItem")])
async def file_item(cycle: Cycle, item: ItemId, request: Request, act: Act) -> Response:
    work = orders.file_item(act, cycle, item)
    return await _do(request, act, cycle, work, _("Berkas diarsipkan: disalin, dibaca ulang, dan dibandingkan."))


@router.post("/arsip/{cycle}/naskah-asli", dependencies=[does("archive.FileHardCopy")])
async def file_hard_copy(cycle: Cycle, request: Request, act: Act) -> Response:
    async def work() -> CommandAnswer:
        form = await form_of(request)
        copies, day = whole_of(form, "copies"), day_of(form, "occurred_on")
        return await orders.file_hard_copy(act, cycle, text_of(form, "location"), copies, day)

    return await _do(request, act, cycle, work(), _("Tempat naskah asli dicatat."))


@router.post("/arsip/{cycle}/tutup", dependencies=[does("archive.CloseCycle")])
async def close_cycle(cycle: Cycle, request: Request, act: Act) -> Response:
    return await _do(request, act, cycle, orders.close_cycle(act, cycle), _("Siklus ditutup. Kunci berkas sedang ditetapkan."))


async def _do(request: Request, act: Acting, cycle: str, work: Awaitable[CommandAnswer], done: str) -> Response:
    try:
        await work
    except Refused as refusal:
        errors = (FieldError(refusal.field or "", sentence_of(refusal)),)
    except Conflict:
        errors = (FieldError("", _("Berkas siklus ini berubah sejak Anda membukanya. Periksa lagi, lalu ulangi.")),)
    except StoreAway:
        errors = (FieldError("", _("Penyimpanan arsip tidak menjawab. Tidak ada yang berubah; coba lagi sebentar.")),)
    else:
        return see_other(request, f"/arsip?siklus={cycle}", done)
    values = typed(await form_of(request))
    return await _page(request, Looking(request, act.response), cycle, errors=errors, values=values)


async def _page(
    request: Request, look: Looking, wanted: str, *, errors: tuple[FieldError, ...] = (), values: dict[str, str] | None = None
) -> Response:
    async with look.conn() as conn:
        cycles = await queries.cycles(conn)
        cycle = wanted or (cycles[0]["cycle"] if cycles else "")
        file, items = await queries.shelf(conn, cycle)
        probe = await last_probe(conn, archive_of(request).name)
        differing, walks = await differences.of_cycle(conn, cycle), await differences.progress(conn)
    if wanted and not items and cycle not in {known["cycle"] for known in cycles}:
        raise NotFound
    filed = {item["item"] for item in items if item["filed_digest"] == item["file"]["digest"]}
    filed |= {"hardcopy"} if file["hard_copy_location"] else set()
    return render(
        request,
        "shelf.html",
        status_code=422 if errors else 200,
        cycles=cycles,
        cycle=cycle,
        file=file,
        items=items,
        missing=[_(NAMES[name]) for name in NEEDED if name not in filed],
        kinds=KINDS,
        fates=FATES,
        damaged={row["item"]: [one for one in differing if one["item"] == row["item"]] for row in differing},
        kinds_of_difference=KINDS_OF_DIFFERENCE,
        objects_read_at=next((walk.finished_at for walk in walks if walk.walk == "objects"), None),
        probe=probe,
        proven=_just_proven(request, probe),
        schedule=retention.load(),
        final=_final(file, items, today_of(request)),
        people=running_of(request).people,
        today=today_of(request),
        values=values or {},
        errors=errors,
        may_file=look.may("archive.FileItem"),
        may_close=look.may("archive.CloseCycle") and bool(items) and not file["archived_on"],
    )


def _final(file: Row, items: list[dict[str, Any]], today: date) -> dict[str, Any]:
    """Until when each item is kept, once the cycle is closed."""
    if not file["archived_on"]:
        return {}
    closed_on = min(file["archived_on"], today)
    return {item["item"]: retention.load().final(item["kind"], closed_on) for item in items}


def _just_proven(request: Request, probe: dict[str, Any] | None) -> bool:
    """Protection is claimed only while the last probe is fresh and let nothing through."""
    return probe is not None and not probe["failed"] and abs(now_of(request) - probe["at"]) < timedelta(hours=FRESH_HOURS)
