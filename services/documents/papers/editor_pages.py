"""Pages of the editor: the text of a letter before it is drafted, with what stood in the draft before.

SOP steps 4, 9, 10. Previous hop: a person's browser. Next hop: `command_handler` by way of `Act`,
with the orders of `papers/orders.py`; no rule here.
"""

from fastapi import APIRouter, Request, Response

from services.documents.forms import errors_of
from services.documents.letters.catalogue import load
from services.documents.letters.wording import letters_of
from services.documents.papers import orders, queries
from services.documents.papers.drafting import permission_of, texts_of
from services.documents.papers.forms import LETTER, letter_fields
from services.documents.queries import known
from shared.contracts.documents import Kind
from shared.sop.document_kinds import document_kinds
from shared.web.files.downloads import bucket_of
from shared.web.for_pages import (
    Act,
    Conflict,
    CyclePath,
    FieldError,
    Look,
    Looking,
    NotFound,
    Refused,
    day_of,
    does,
    form_of,
    render,
    see_other,
    today_of,
    typed,
)
from shared.web.for_pages import gettext as _

router = APIRouter(include_in_schema=False)


@router.get("/dokumen/{cycle}/{kind}/susun", dependencies=[does(*orders.DRAFTS)])
async def editor(cycle: CyclePath, kind: Kind, request: Request, look: Look) -> Response:
    return await _editor(request, look, cycle, kind)


@router.post("/dokumen/{cycle}/{kind}/susun", dependencies=[does(*orders.DRAFTS)])
async def draft(cycle: CyclePath, kind: Kind, request: Request, act: Act) -> Response:
    form = await form_of(request)
    try:
        made = await act(
            await orders.draft(act, cycle, kind, letter_fields(form), day_of(form, "bertanggal"))
        )
    except (Refused, Conflict) as error:
        places = {
            "occurred_on": "bertanggal",
            **{field.id: f"{LETTER}{field.id}" for field in load().kind[kind].field},
        }
        look = Looking(request, act.response)
        return await _editor(request, look, cycle, kind, values=typed(form), errors=errors_of(error, places))
    notice = (
        _("Naskah disusun sebagai revisi baru.")
        if made.events
        else _("Tidak ada yang berubah: naskahnya sama dengan yang terakhir.")
    )
    return see_other(request, f"/dokumen/{cycle}/{kind}", notice)


async def _editor(
    request: Request,
    look: Looking,
    cycle: str,
    kind: Kind,
    *,
    values: dict[str, str] | None = None,
    errors: tuple[FieldError, ...] = (),
) -> Response:
    async with look.conn() as conn:
        facts, cycles = await queries.cycle_facts(conn, cycle), await known.cycles(conn)
        view = await queries.document_of(conn, look.viewer, cycle, kind)
    if facts is None or view is None or not look.may(permission_of(kind)):
        raise NotFound
    letters = letters_of(facts.region)
    texts = await texts_of(bucket_of(request), letters, facts, kind, next(iter(view.drafts), None))
    return render(
        request,
        "editor.html",
        status_code=422 if errors else 200,
        cycle=cycle,
        cycles=cycles,
        facts=facts,
        kind=kind,
        title=document_kinds().kind[kind].title,
        shown=view.shown,
        fields=letters.kind[kind].field,
        texts={**{f"{LETTER}{name}": text for name, text in texts.items()}, **(values or {})},
        prefix=LETTER,
        today=today_of(request),
        errors=errors,
    )
