"""Pages of findings: the list of a cycle with its filters and exports, and those of one submission with who
looks after them.

SOP step 8. Previous hop: a person's browser. Next hop: `findings/orders.py`, with the same orders as
`findings/api.py`.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response

from services.intake import queries, streams
from services.intake.findings import orders
from services.intake.findings.asking import Found, found
from services.intake.findings.filters import Filters, folded
from services.intake.findings.sheet import table_of
from services.intake.findings.wording import in_a_line, pieces
from services.intake.wording import words_of
from shared.web.files import sheets
from shared.web.for_pages import (
    Act,
    CasePath,
    FieldError,
    Look,
    Looking,
    OptionalCycle,
    Refused,
    does,
    form_of,
    reads,
    render,
    see_other,
    sentence_of,
    text_of,
    today_of,
    typed,
)
from shared.web.for_pages import gettext as _
from shared.web.forms.fields import Short
from shared.web.paging import After
from shared.web.words.i18n import language

router = APIRouter()
READS = reads("intake.findings")
ROWS = 50
UNFOLDED = 10
"""So many findings of an agency stand open; more are folded below its name, but for those of the first."""
FIELDS = {"text": "resolution"}
"""As which field a form asks for what the command calls otherwise."""


def asked_for(
    tingkat: Short = "",
    aturan: Short = "",
    opd: Short = "",
    urusan: Short = "",
    keadaan: Short = "",
    petugas: Short = "",
) -> Filters:
    """The filters of an address; what nobody knows finds nothing."""
    return Filters(tingkat, aturan, opd, urusan, keadaan, petugas)


Asked = Annotated[Filters, Depends(asked_for)]
NAMES = {
    "tingkat": "level",
    "aturan": "rule",
    "opd": "agency",
    "urusan": "urusan",
    "keadaan": "state",
    "petugas": "assignee",
}


@router.get("/temuan", dependencies=[READS])
async def findings(
    request: Request, look: Look, asked: Asked, siklus: OptionalCycle = "", after: After = None
) -> Response:
    async with look.conn() as conn:
        cycles = await queries.cycles(conn)
        cycle = siklus or (cycles[0]["cycle"] if cycles else "")
        of = await found(conn, look, cycle, asked) if cycle else None
    shown, following = of.page(after, ROWS) if of else ((), None)
    left, settled = folded(shown)
    return render(
        request,
        "findings.html",
        **pieces(request),
        cycles=cycles,
        cycle=cycle,
        of=of,
        left=left,
        settled=settled,
        unfolded=UNFOLDED,
        **_choices(of, words_of(request).who),
        asked=asked,
        query=_query(cycle, asked),
        following=f"{_query(cycle, asked)}&after={following}" if following else "",
    )


@router.get("/temuan/ekspor.xlsx", dependencies=[READS])
async def export_xlsx(request: Request, look: Look, asked: Asked, siklus: OptionalCycle = "") -> Response:
    table = await _table(request, look, asked, siklus)
    return sheets.download(sheets.as_xlsx(table, "temuan"), "temuan.xlsx")


@router.get("/temuan/ekspor.csv", dependencies=[READS])
async def export_csv(request: Request, look: Look, asked: Asked, siklus: OptionalCycle = "") -> Response:
    return sheets.download(sheets.as_csv(await _table(request, look, asked, siklus)), "temuan.csv")


@router.get("/temuan/{case}", dependencies=[READS])
async def of_submission(case: CasePath, request: Request, look: Look, temuan: Short = "") -> Response:
    return await _one(case, request, look, {"finding": temuan, "about": temuan})


@router.post("/temuan/{case}/tugaskan", dependencies=[does("intake.AssignFinding")])
async def assign(case: CasePath, request: Request, act: Act) -> Response:
    form = await form_of(request)
    try:
        await orders.assign(act, case, text_of(form, "finding"), text_of(form, "assignee"))
    except Refused as error:
        return await _one(case, request, Looking(request, act.response), typed(form), error)
    return see_other(request, f"/temuan/{case}", _("Temuan ditugaskan."))


@router.post("/temuan/{case}/selesai", dependencies=[does("intake.ResolveFinding")])
async def resolve(case: CasePath, request: Request, act: Act) -> Response:
    form = await form_of(request)
    try:
        await orders.resolve(act, case, text_of(form, "about"), text_of(form, "resolution"))
    except Refused as error:
        return await _one(case, request, Looking(request, act.response), typed(form), error)
    return see_other(request, f"/temuan/{case}", _("Temuan selesai."))


async def _one(
    case: str, request: Request, look: Looking, values: Mapping[str, str], error: Refused | None = None
) -> Response:
    async with look.conn() as conn:
        cycles = await queries.cycles(conn)
        of = await found(conn, look, streams.cycle_of(case), Filters(), case)
    return render(
        request,
        "findings_of.html",
        status_code=422 if error else 200,
        **pieces(request),
        case=case,
        cycles=cycles,
        cycle=streams.cycle_of(case),
        of=of,
        shown=of.rows,
        open_ones=[(one.named.id, in_a_line(one)) for one in of.rows if not one.resolved],
        team=orders.team(look.running, look.region, today_of(request)),
        values=values,
        errors=(FieldError(FIELDS.get(error.field or "", error.field or ""), sentence_of(error)),)
        if error
        else (),
        may_assign=look.may("intake.AssignFinding"),
        may_resolve=look.may("intake.ResolveFinding"),
    )


async def _table(request: Request, look: Looking, asked: Filters, cycle: str) -> sheets.Table:
    async with look.conn() as conn:
        cycles = await queries.cycles(conn)
        named = cycle or (cycles[0]["cycle"] if cycles else "")
        of = await found(conn, look, named, asked) if named else None
    return table_of(of.rows if of else (), words_of(request).who)


def _choices(of: Found | None, who: Callable[[str], str]) -> dict[str, Any]:
    """What may be asked for, among what there is."""
    every = of.every if of else ()
    english = language.get() == "en"
    return {
        "rules": [(rule, rule) for rule in sorted({one.named.finding.rule for one in every})],
        "agencies": sorted({(one.of["agency"], one.of["agency_name"]) for one in every}),
        "assignees": sorted({(one.assignee, who(one.assignee)) for one in every if one.assignee}),
        "urusan": [(one.id, one.name_en if english else one.name) for one in of.catalogue.urusan]
        if of
        else (),
    }


def _query(cycle: str, asked: Filters) -> str:
    said = {name: getattr(asked, field) for name, field in NAMES.items()}
    return urlencode({"siklus": cycle, **{name: value for name, value in said.items() if value}})
