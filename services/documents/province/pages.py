"""The page of the province: how far each of its regions is, and their indexes as a table and a chart.

SOP step 12. Previous hop: the browser of somebody in a province office. Next hop: `province/queries.py`.
Nothing here changes anything.
"""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.documents.province import queries
from shared.spm.catalogue import catalogues
from shared.spm.index import category
from shared.web.for_pages import Look, reads, render, today_of
from shared.web.words import step_words

router = APIRouter(include_in_schema=False)
BANDS = (60, 70, 80, 90, 100)


@router.get("/provinsi", dependencies=[reads("documents.province")])
async def province(
    request: Request, look: Look, tahun: Annotated[int | None, Query(ge=2000, le=2100)] = None
) -> Response:
    async with look.conn() as conn:
        years = await queries.years(conn)
        year = tahun or next(iter(years), today_of(request).year)
        rows = await queries.regions(conn, year, today_of(request))
    newest = catalogues()[max((row.cycle["catalogue"] for row in rows), default=max(catalogues()))]
    return render(
        request,
        "province.html",
        rows=rows,
        years=years,
        year=year,
        catalogue=newest,
        bands=BANDS,
        category=category,
        words=step_words,
    )
