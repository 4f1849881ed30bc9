"""Pages of the shelf: what a cycle's archive holds, filing, the paper original, closing.

SOP step 13. Previous hop: an Arsiparis' browser. Next hop: `shelf/orders.py`; no rule here.
"""

from collections.abc import Awaitable

from fastapi import APIRouter, Request, Response

from services.archive.shelf import downloads, orders, view
from services.archive.shelf.addresses import Cycle, ItemId
from shared.eventsourcing.commands.decider import Refused
from shared.eventsourcing.commands.order import Conflict
from shared.objects.port import StoreAway
from shared.web.acting import Act, Acting, CommandAnswer, Look, Looking
from shared.web.declared import does, reads
from shared.web.forms.csrf import form_of
from shared.web.forms.fields import OptionalCycle
from shared.web.forms.typed import day_of, text_of, whole_of
from shared.web.frame.rendering import render, see_other, typed
from shared.web.problems.shape import FieldError, sentence_of
from shared.web.words.i18n import gettext as _

router = APIRouter(include_in_schema=False)


@router.get("/arsip", dependencies=[reads("archive.shelf")])
async def shelf(look: Look, siklus: OptionalCycle = "") -> Response:
    return await _page(look, siklus)


@router.get("/arsip/{cycle}/{item}/berkas", dependencies=[reads("archive.item")])
async def item_file(cycle: Cycle, item: ItemId, look: Look) -> Response:
    return await downloads.archived(look, cycle, item)


@router.get("/arsip/{cycle}/{item}/naskah", dependencies=[reads("archive.item")])
async def waiting_file(cycle: Cycle, item: ItemId, look: Look) -> Response:
    return await downloads.waiting(look, cycle, item)


@router.post("/arsip/{cycle}/{item}/arsipkan", dependencies=[does("archive.FileItem")])
async def file_item(cycle: Cycle, item: ItemId, request: Request, act: Act) -> Response:
    work = orders.file_item(act, cycle, item)
    return await _do(
        request, act, cycle, work, _("Berkas diarsipkan: disalin, dibaca ulang, dan dibandingkan.")
    )


@router.post("/arsip/{cycle}/naskah-asli", dependencies=[does("archive.FileHardCopy")])
async def file_hard_copy(cycle: Cycle, request: Request, act: Act) -> Response:
    async def work() -> CommandAnswer:
        form = await form_of(request)
        copies, day = whole_of(form, "copies"), day_of(form, "occurred_on")
        return await orders.file_hard_copy(act, cycle, text_of(form, "location"), copies, day)

    return await _do(request, act, cycle, work(), _("Tempat naskah asli dicatat."))


@router.post("/arsip/{cycle}/tutup", dependencies=[does("archive.CloseCycle")])
async def close_cycle(cycle: Cycle, request: Request, act: Act) -> Response:
    return await _do(
        request,
        act,
        cycle,
        orders.close_cycle(act, cycle),
        _("Siklus ditutup. Kunci berkas sedang ditetapkan."),
    )


async def _do(
    request: Request, act: Acting, cycle: str, work: Awaitable[CommandAnswer], done: str
) -> Response:
    try:
        await work
    except Refused as refusal:
        errors = (FieldError(refusal.field or "", sentence_of(refusal)),)
    except Conflict:
        errors = (
            FieldError("", _("Berkas siklus ini berubah sejak Anda membukanya. Periksa lagi, lalu ulangi.")),
        )
    except StoreAway:
        errors = (
            FieldError(
                "", _("Penyimpanan arsip tidak menjawab. Tidak ada yang berubah; coba lagi sebentar.")
            ),
        )
    else:
        return see_other(request, f"/arsip?siklus={cycle}", done)
    values = typed(await form_of(request))
    return await _page(Looking(request, act.response), cycle, errors=errors, values=values)


async def _page(
    look: Looking, wanted: str, *, errors: tuple[FieldError, ...] = (), values: dict[str, str] | None = None
) -> Response:
    shown = await view.shelf(look, wanted)
    return render(
        look.request,
        "shelf.html",
        status_code=422 if errors else 200,
        **shown,
        values=values or {},
        errors=errors,
    )
