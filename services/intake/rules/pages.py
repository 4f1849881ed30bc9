"""The page of the thresholds of a region: each with its bounds, who set it from when, and its history.

SOP steps 7 and 8. Previous hop: a person's browser. Next hop: `rules/orders.py`, with the same orders as
`rules/api.py`.
"""

from collections.abc import Mapping

from fastapi import APIRouter, Request, Response

from services.intake.rules import orders, population_pages, queries
from services.intake.rules.shapes import ThresholdIn
from services.intake.wording import words_of
from shared.spm.meaning.thresholds import BOUNDS
from shared.web.for_pages import (
    Act,
    FieldError,
    Look,
    Looking,
    Refused,
    does,
    form_of,
    reads,
    render,
    said_in,
    see_other,
    sentence_of,
    today_of,
    typed,
)
from shared.web.for_pages import gettext as _
from shared.web.words.finding_words import THRESHOLDS, UNITS

router = APIRouter()
router.include_router(population_pages.router)


@router.get("/aturan", dependencies=[reads("intake.rules")])
async def rules(request: Request, look: Look) -> Response:
    return await _page(request, look)


@router.post("/aturan", dependencies=[does("intake.SetThreshold")])
async def set_threshold(request: Request, act: Act) -> Response:
    form = await form_of(request)
    try:
        await orders.set_threshold(act, said_in(form, ThresholdIn))
    except Refused as error:
        errors = (FieldError(error.field or "", sentence_of(error)),)
        return await _page(request, Looking(request, act.response), typed(form), errors)
    return see_other(
        request, "/aturan", _("Ambang tersimpan; isian yang sudah diserahkan tetap menurut versinya.")
    )


async def _page(
    request: Request,
    look: Looking,
    values: Mapping[str, str] | None = None,
    errors: tuple[FieldError, ...] = (),
) -> Response:
    async with look.conn() as conn:
        settings = await queries.settings(conn, look.region, today_of(request))
    return render(
        request,
        "rules.html",
        status_code=422 if errors else 200,
        settings=settings,
        bounds=BOUNDS,
        thresholds={name: _(said) for name, said in THRESHOLDS.items()},
        units={name: _(said) for name, said in UNITS.items()},
        today=today_of(request),
        values=values or {},
        errors=errors,
        may_set=look.may("intake.SetThreshold"),
        words=words_of(request),
    )
