"""Page of one submission, with approve, take back and return. Its threads: `talk_pages.py`.

SOP step 8. Previous hop: a verifier's browser. Next hop: `command_handler` by way of `Act`,
with the orders of `checking/orders.py`; no rule here.
"""

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from services.verification import streams
from services.verification.checking import orders, queries
from services.verification.checking.addresses import Case
from services.verification.checking.cell_words import cell_label, cell_text
from services.verification.checking.comparison import Marks, compare
from services.verification.checking.forms import notes_of
from services.verification.checking.talk import accepted_of, threads_of
from services.verification.domain.difference import in_form_order
from services.verification.lateness import lateness
from services.verification.queries import known, others_for, team_of
from shared.spm.evidence import unsupported
from shared.web.for_pages import (
    Act,
    Acting,
    Conflict,
    FieldError,
    Look,
    Looking,
    NotFound,
    Refused,
    day_of,
    does,
    field_errors,
    form_of,
    later,
    reads,
    render,
    running_of,
    see_other,
    text_of,
    today_of,
    typed,
    unsent,
)
from shared.web.for_pages import gettext as _
from shared.web.words.figure_words import ANSWERS, CELLS
from shared.web.words.finding_words import sentence_of

router = APIRouter(include_in_schema=False)

READS = reads("verification.verification")
CHANGED = later("Isian ini berubah sejak Anda membukanya. Periksa perubahannya, lalu putuskan lagi.")


@router.get("/verifikasi/{case}", dependencies=[READS])
async def one(case: Case, request: Request, look: Look) -> Response:
    return await _page(case, request, look)


@router.post("/verifikasi/{case}/setujui", dependencies=[does("verification.ApproveSubmission")])
async def approve(case: Case, request: Request, act: Act) -> Response:
    form = await form_of(request)
    try:
        day = day_of(form, "disetujui_pada")
        digest = text_of(form, "digest")
        await act(orders.approve(act, case, digest, day), part="setujui")
    except (Refused, Conflict) as error:
        return await again(
            case, request, act, error, typed(form), {"occurred_on": "disetujui_pada", "digest": ""}
        )
    told = _("Isian disetujui dengan sidik {digest}.").format(digest=digest[:8])
    return await on(case, request, act, form, told, f"/verifikasi?siklus={streams.cycle_of(case)}")


@router.post("/verifikasi/{case}/tarik", dependencies=[does("verification.WithdrawApproval")])
async def withdraw(case: Case, request: Request, act: Act) -> Response:
    form = await form_of(request)
    try:
        digest, day = text_of(form, "digest"), day_of(form, "ditarik_pada")
        await act(orders.withdraw(act, case, digest, text_of(form, "reason"), day), part="tarik")
    except (Refused, Conflict) as error:
        return await again(
            case, request, act, error, typed(form), {"occurred_on": "ditarik_pada", "digest": ""}
        )
    told = _("Persetujuan Anda ditarik; isian menunggu lagi.")
    return await on(case, request, act, form, told, f"/verifikasi/{case}", "reason")


@router.post("/verifikasi/{case}/kembalikan", dependencies=[does("verification.ReturnSubmission")])
async def send_back(case: Case, request: Request, act: Act) -> Response:
    form = await form_of(request)
    notes = notes_of(form)
    places = {
        f"fields.{number}.{part}": _place(note)
        for number, note in enumerate(notes)
        for part in ("service", "field", "note")
    }
    try:
        day = day_of(form, "dikembalikan_pada")
        await act(orders.send_back(act, case, text_of(form, "reason"), notes, day), part="kembalikan")
    except (Refused, Conflict) as error:
        return await again(
            case, request, act, error, typed(form), {"occurred_on": "dikembalikan_pada", **places}
        )
    told, went = _("Isian dikembalikan kepada perangkat daerah."), ("reason", *map(_place, notes))
    return await on(case, request, act, form, told, f"/verifikasi?siklus={streams.cycle_of(case)}", *went)


def _place(note: Any) -> str:
    return f"catatan:{note.service}:{note.field}"


async def again(
    case: str,
    request: Request,
    act: Acting,
    error: Refused | Conflict,
    values: dict[str, str],
    places: dict[str, str],
) -> Response:
    """The page once more, as it is now: what was typed stays, and what changed since is shown."""
    errors = field_errors(error, places, _(CHANGED))
    look = Looking(request, act.response)
    return await _page(case, request, look, seen=values.get("digest", ""), values=values, errors=errors)


async def on(
    case: str, request: Request, act: Acting, form: FormData, notice: str, path: str, *sent: str
) -> Response:
    """After an act: to `path`; where more was typed than went with it (`sent`), the page once more with that,
    as the page is one form, and each of its buttons sends what stands beside the others too.
    """
    left = unsent(form, *sent)
    if not left:
        return see_other(request, path, notice)
    values = {name: value for name, value in typed(form).items() if name not in sent}
    look = Looking(request, act.response)
    return await _page(case, request, look, values=values, more={"unsent": left, "notice": notice})


async def _page(
    case: str,
    request: Request,
    look: Looking,
    *,
    seen: str = "",
    values: dict[str, str] | None = None,
    errors: tuple[FieldError, ...] = (),
    more: Mapping[str, Any] = MappingProxyType({}),
) -> Response:
    team = team_of(request, streams.cycle_of(case))
    async with look.conn() as conn:
        found = await queries.reviewed(conn, look.viewer, streams.verification(case), team)
        if found is None:
            raise NotFound
        late = await lateness(conn, found.case["cycle"], today_of(request))
        cycles = await known.cycles(conn)
        seen_before = (
            await queries.of_digest(conn, streams.verification(case), seen)
            if seen and seen != found.case["digest"]
            else None
        )
    now, changes, threads = found.revision, found.changes, threads_of(found.trail)
    base = found.base.revision.figures if found.base else None
    values = values or {}
    cards = compare(
        found.catalogue,
        now.figures,
        now.evidence,
        found.last_year,
        Marks.of(changes, found.notes),
        base,
    )
    return render(
        request,
        "verification.html",
        status_code=422 if errors else 200,
        case=case,
        cycles=cycles,
        cycle=found.case["cycle"],
        found=found,
        cards=cards,
        bare=unsupported(now.figures, now.evidence),
        changes=changes,
        since_opened=queries.changes_since(found.catalogue, seen_before, now) if seen_before else (),
        in_form_order=partial(in_form_order, found.catalogue),
        cell_label=partial(cell_label, found.catalogue),
        cell_text=cell_text,
        sentence_of=sentence_of,
        late=late,
        timing=late.verdict(found.case),
        threads=threads,
        questioned={thread.service for thread in threads if thread.open},
        accepted=accepted_of(found.trail),
        may_ask=look.may("verification.AskQuestion") and found.case["status"] == "waiting",
        may_accept=look.may("verification.AcceptFigure") and found.case["status"] == "waiting",
        may_settle=look.may("verification.SettleQuestion"),
        may_answer=any(
            (office.role, office.agency) == ("unsur_opd", found.case["agency"])
            for office in look.viewer.offices
        ),
        named={field: _(word) for field, word in CELLS.items()},
        answers={answer: _(word) for answer, word in ANSWERS.items()},
        today=today_of(request),
        values=values,
        typed_at=values.get("utas", "").partition(":")[0] if errors else "",
        pressed=request.url.path.rpartition("/")[2] if errors else "",
        errors=errors,
        may_approve=look.may("verification.ApproveSubmission") and found.case["status"] == "waiting",
        may_withdraw=look.may("verification.WithdrawApproval")
        and (found.case["status"], found.case["last_by"]) == ("approved", look.person),
        is_own=look.viewer.person in found.case["contributors"],
        others=others_for(
            request, found.case["cycle"], "verification.ApproveSubmission", found.case["contributors"]
        ),
        people=running_of(request).people,
        team=team,
        **more,
    )
