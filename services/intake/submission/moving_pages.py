"""Pages of services that go over to another agency in a running cycle: what would go along, then the act.

SOP step 7. Previous hop: a browser of the office. Next hop: `submission/orders.py`, with the same order as
`submission/api.py`.
"""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Request, Response

from services.intake import queries, streams
from services.intake.submission import orders
from services.intake.submission.reading import OPEN, read_one
from services.intake.submission.sheet.rows import sheet
from services.intake.submission.sheet.warnings import warnings_of
from services.intake.wording import words_of
from shared.web.for_pages import (
    Act,
    CasePath,
    Conflict,
    FieldError,
    Look,
    Looking,
    Refused,
    does,
    form_of,
    render,
    see_other,
    sentence_of,
    today_of,
    typed,
)
from shared.web.for_pages import gettext as _
from shared.web.words.figure_words import ANSWERS, CELLS

router = APIRouter()
MOVES = does("intake.HandOverServices")


@router.get("/isian/{case}/alihkan", dependencies=[MOVES])
async def moving(case: CasePath, request: Request, look: Look) -> Response:
    return await _page(case, request, look, {}, None)


@router.post("/isian/{case}/alihkan", dependencies=[MOVES])
async def move(case: CasePath, request: Request, act: Act) -> Response:
    form = await form_of(request)
    services = [str(name) for name in form.getlist("services")]
    taker, reason, letter = (str(form.get(name, "")).strip() for name in ("taker", "reason", "letter"))
    try:
        await orders.hand_over_services(act, case, services, taker, reason, letter)
    except (Refused, Conflict) as error:
        sentence = (
            FieldError(error.field or "", sentence_of(error))
            if isinstance(error, Refused)
            else FieldError("", _("Isian ini berubah sejak Anda membukanya. Periksa, lalu ulangi."))
        )
        look = Looking(request, act.response)
        return await _page(case, request, look, typed(form), services, (sentence,))
    done = _("Layanan dialihkan; isian kedua perangkat daerah mengatakannya.")
    return see_other(request, f"/isian/{case}", done)


async def _page(
    case: str,
    request: Request,
    look: Looking,
    values: Mapping[str, str],
    chosen: Sequence[str] | None,
    errors: Sequence[FieldError] = (),
) -> Response:
    """`chosen`: the services that were ticked; None where nobody has ticked anything yet."""
    async with look.conn() as conn:
        of = await read_one(conn, look.viewer, case, today_of(request))
        agencies = await queries.agencies(conn, streams.region_of(case))
    found = of.found
    takers = [(row["agency"], row["name"]) for row in agencies if row["agency"] != found["agency"]]
    return render(
        request,
        "moving.html",
        status_code=422 if errors else 200,
        case=case,
        found=found,
        **{name: getattr(of, name) for name in ("cycles", "cycle", "stands")},
        may_go=of.stands in OPEN,
        rows=sheet(
            of.catalogue, found["services"], of.stored, {}, of.evidence, of.points, warnings_of(of.judged)
        ),
        moved=of.moves,
        takers=takers,
        chosen=chosen or (),
        answers={answer: _(word) for answer, word in ANSWERS.items()},
        named={field: _(word) for field, word in CELLS.items()},
        values=values,
        errors=errors,
        words=words_of(request),
    )
