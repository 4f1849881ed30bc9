"""Pages of documents: the list of a cycle, one document with its drafts and what may be done next.
The editor stands in `papers/editor_pages.py`.

SOP steps 4, 5, 9, 10, 11. Previous hop: a person's browser. Next hop: `command_handler` by way of `Act`,
with the orders of `papers/orders.py`; no rule here.
"""

from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from services.documents.forms import errors_of
from services.documents.lateness import lateness
from services.documents.papers import corrections, orders, previews, queries
from services.documents.papers.downloads import document_file, last_drafts, named, of_act
from services.documents.papers.drafting import permission_of
from services.documents.papers.shapes import Copies, Decree, HandingOver, Withdrawal
from services.documents.queries import known
from services.documents.scans import scan_in
from shared.contracts.documents import Kind
from shared.sop.document_kinds import document_kinds
from shared.sop.parts import PRINTING
from shared.web.for_pages import (
    ALWAYS_ASK,
    FORM_LIMIT,
    Act,
    Acting,
    Conflict,
    CyclePath,
    Digest,
    FieldError,
    Look,
    Looking,
    NotFound,
    OptionalCycle,
    Refused,
    day_of,
    does,
    form_of,
    reads,
    render,
    running_of,
    said_in,
    see_other,
    today_of,
    typed,
)
from shared.web.for_pages import gettext as _

router = APIRouter(include_in_schema=False)

READS = reads("documents.document")
Errors = tuple[FieldError, ...]


@router.get("/dokumen", dependencies=[reads("documents.documents")])
async def listing(request: Request, look: Look, siklus: OptionalCycle = "") -> Response:
    async with look.conn() as conn:
        cycles = await known.cycles(conn)
        cycle = siklus or (cycles[0]["cycle"] if cycles else "")
        rows = await queries.documents(conn, look.viewer, cycle)
        late = await lateness(conn, cycle, today_of(request))
        drafts = await queries.drafts(conn, cycle) if rows else {}
        decided = await corrections.decided(conn, cycle) if rows else ()
    corrected = {row.kind: corrections.of_draft(row, decided) for row in rows}
    return render(
        request,
        "documents.html",
        cycles=cycles,
        cycle=cycle,
        rows=rows,
        corrected=corrected,
        files=last_drafts(rows, corrected),
        due=late.due,
        timing={
            row.kind: late.drafted(row.step, row.drafted_on(drafts.get(str(row.row.get("stream")), ())))
            for row in rows
        },
        kinds=document_kinds().kind,
        may_draft={row.kind: look.may(permission_of(row.kind)) for row in rows},
        people=running_of(request).people,
    )


@router.get("/dokumen/{cycle}/{kind}", dependencies=[READS])
async def one(
    cycle: CyclePath,
    kind: Kind,
    request: Request,
    look: Look,
    halaman: Annotated[int, Query(ge=1, le=999)] = 1,
) -> Response:
    return await _page(request, look, cycle, kind, picture=halaman)


@router.get("/dokumen/{cycle}/{kind}/berkas/{digest}", dependencies=[READS])
async def file(cycle: CyclePath, kind: Kind, digest: Digest, look: Look) -> Response:
    return await document_file(look, cycle, kind, digest)


@router.get("/dokumen/{cycle}/{kind}/berkas/gambar/{revision}/{number}.png", dependencies=[READS])
async def picture(
    cycle: CyclePath,
    kind: Kind,
    revision: Annotated[int, Path(ge=1)],
    number: Annotated[int, Path(ge=1)],
    request: Request,
    look: Look,
) -> Response:
    async with look.conn() as conn:
        view = await queries.document_of(conn, look.viewer, cycle, kind)
    draft = next((each for each in (view.drafts if view else ()) if each["revision"] == revision), None)
    etag = f'"{draft["digest"]}-{number}"' if draft else ""
    if draft and request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers={"Cache-Control": ALWAYS_ASK, "ETag": etag})
    made = await previews.pages(request, kind, draft) if draft else []
    if number > len(made):
        raise NotFound
    return Response(
        made[number - 1], media_type="image/png", headers={"Cache-Control": ALWAYS_ASK, "ETag": etag}
    )


@router.post(
    "/dokumen/{cycle}/sk_tim/serahkan", max_body_size=FORM_LIMIT, dependencies=[does("documents.HandOver")]
)
async def hand_over(cycle: CyclePath, request: Request, act: Act) -> Response:
    form = await form_of(request)
    try:
        receipt = await scan_in(act, form, "receipt")
        said, day = said_in(form, HandingOver), day_of(form, "diserahkan_pada")
        await act(orders.hand_over(act, cycle, said, receipt=receipt, occurred_on=day))
    except (Refused, Conflict) as error:
        return await _again(request, act, cycle, "sk_tim", error, typed(form), "diserahkan_pada")
    return see_other(request, f"/dokumen/{cycle}/sk_tim", _("Penyerahan kepada Bagian Hukum dicatat."))


@router.post(
    "/dokumen/{cycle}/sk_tim/tetapkan",
    max_body_size=FORM_LIMIT,
    dependencies=[does("documents.IssueTeamDecree")],
)
async def issue_team_decree(cycle: CyclePath, request: Request, act: Act) -> Response:
    form = await form_of(request)
    try:
        said, file = said_in(form, Decree), await scan_in(act, form, "file")
        await act(orders.issue_team_decree(act, cycle, said, file=file, occurred_on=act.today))
    except (Refused, Conflict) as error:
        return await _again(request, act, cycle, "sk_tim", error, typed(form), "issued_on")
    return see_other(
        request,
        f"/dokumen/{cycle}/sk_tim",
        _("SK ditetapkan dengan nomor {number}.").format(number=said.number),
    )


@router.post("/dokumen/{cycle}/laporan/cetak", dependencies=[does("documents.RecordCopies")])
async def record_copies(cycle: CyclePath, request: Request, act: Act) -> Response:
    form = await form_of(request)
    try:
        said = said_in(form, Copies)
        await act(orders.record_copies(act, cycle, said, day_of(form, "dicetak_pada")))
    except (Refused, Conflict) as error:
        return await _again(request, act, cycle, "laporan", error, typed(form), "dicetak_pada")
    notice = _("{copies} eksemplar dicatat, dicetak dari berkas {digest}.").format(
        copies=said.copies, digest=said.digest[:8]
    )
    return see_other(request, f"/dokumen/{cycle}/laporan", notice)


@router.post("/dokumen/{cycle}/laporan/tarik", dependencies=[does("documents.WithdrawEndorsement")])
async def withdraw_endorsement(cycle: CyclePath, request: Request, act: Act) -> Response:
    form = await form_of(request)
    try:
        said, day = said_in(form, Withdrawal), day_of(form, "ditarik_pada")
        await act(orders.withdraw_endorsement(act, cycle, said, day))
    except (Refused, Conflict) as error:
        return await _again(request, act, cycle, "laporan", error, typed(form), "ditarik_pada")
    return see_other(
        request, f"/dokumen/{cycle}/laporan", _("Pengesahan Anda ditarik; naskah menunggu pengesahan lagi.")
    )


async def _again(
    request: Request,
    act: Acting,
    cycle: str,
    kind: Kind,
    error: Refused | Conflict,
    values: dict[str, str],
    day_field: str,
) -> Response:
    """The document once more, as it is now; what was typed stays."""
    errors = errors_of(error, {"occurred_on": day_field, "digest": ""})
    return await _page(request, Looking(request, act.response), cycle, kind, values=values, errors=errors)


async def _page(
    request: Request,
    look: Looking,
    cycle: str,
    kind: Kind,
    *,
    picture: int = 1,
    values: dict[str, str] | None = None,
    errors: Errors = (),
) -> Response:
    async with look.conn() as conn:
        facts, cycles = await queries.cycle_facts(conn, cycle), await known.cycles(conn)
        view = await queries.document_of(conn, look.viewer, cycle, kind)
        late = await lateness(conn, cycle, today_of(request))
        corrected = await corrections.decided(conn, cycle) if view else ()
        lacking = await corrections.lacking(conn, corrected[0]) if corrected else ()
    if facts is None or view is None:
        raise NotFound
    made: list[bytes] = []
    # the page says all the same what is known; only its picture is missing
    with suppress(previews.StoreAway):
        made = await previews.pages(request, kind, view.drafts[0]) if view.drafts else []
    state = view.shown.state
    return render(
        request,
        "document.html",
        status_code=422 if errors else 200,
        cycle=cycle,
        cycles=cycles,
        facts=facts,
        kind=kind,
        title=document_kinds().kind[kind].title,
        view=view,
        shown=view.shown,
        state=state,
        due=late.due.get(view.shown.step),
        timing=late.drafted(view.shown.step, view.shown.drafted_on(view.drafts)),
        printing_due=late.waiting_for(PRINTING),
        printing=late.printed(view.printings, str(view.shown.row.get("settled_digest"))),
        pictures=len(made),
        picture=min(picture, len(made)) or 1,
        files_of_act=of_act,
        today=today_of(request),
        values=values or {},
        errors=errors,
        may_draft=look.may(permission_of(kind)) and view.shown.may_be_drafted,
        may_hand_over=look.may("documents.HandOver") and kind == "sk_tim" and state == "drafted",
        may_issue=look.may("documents.IssueTeamDecree") and kind == "sk_tim" and state == "handed_over",
        may_print=look.may("documents.RecordCopies")
        and kind == "laporan"
        and state in {"settled", "printed"},
        may_correct=look.may("documents.DecideCorrection") and (kind, state) == ("laporan", "printed"),
        corrections=corrected,
        lacking=lacking,
        named=named(view),
        endorsed=view.endorsed,
        corrected_files={one.digest: one.correction for one in corrected},
        may_withdraw=look.may("documents.WithdrawEndorsement")
        and (kind, state, view.shown.row.get("endorsed_by")) == ("laporan", "settled", look.person),
        people=running_of(request).people,
    )
