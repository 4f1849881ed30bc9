"""JSON of the province: the cycles of its regions in a year, and their indexes where they hold.

SOP step 12. Previous hop: a program with a session token. Next hop: `province/queries.py` by way of `Look`.
"""

from datetime import date
from fractions import Fraction
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from services.documents.province import queries
from services.documents.province.queries import OfRegion, Standing
from shared.spm.catalogue import catalogues
from shared.spm.index import category, decimal
from shared.web.for_api import Look, reads
from shared.web.running import today_of
from shared.web.words import step_words

router = APIRouter(prefix="/api/documents", tags=["province"])
Year = Annotated[int | None, Query(ge=2000, le=2100, description="the latest where nothing is said")]


class RegionOut(BaseModel):
    """The cycle of a region. `index` and what follows from it are null unless all submissions of the cycle
    are approved, and still are; `standing` says whether the report on them is endorsed.
    """

    region: str
    region_name: str
    cycle: str
    year: int
    step: int | None = Field(description="number of the furthest step that has begun")
    step_title: str | None
    due_on: date | None
    late: int = Field(description="working days after the due day")
    approved: int = Field(description="submissions that are approved at this moment")
    standing: Standing
    endorsed_on: date | None
    index: str | None = Field(description="with four digits, not rounded up", examples=["97.0878"])
    category: str | None
    incomplete: list[str] = Field(
        description="services of which a cell that the index asks for is blank; a blank never counts as zero"
    )
    urusan: dict[str, str | None]
    sent_on: date | None = Field(description="when the report was sent to the Governor")
    received_on: date | None


@router.get(
    "/province",
    summary="The regions of a province in a year",
    dependencies=[reads("documents.province")],
)
async def province(request: Request, look: Look, year: Year = None) -> list[RegionOut]:
    async with look.conn() as conn:
        wanted = year or next(iter(await queries.years(conn)), 0)
        return [_out(one) for one in await queries.regions(conn, wanted, today_of(request))]


def _out(one: OfRegion) -> RegionOut:
    known = catalogues()[one.cycle["catalogue"]].urusan
    return RegionOut.model_validate(
        {
            **one.cycle,
            **{name: getattr(one, name) for name in ("region", "approved", "standing", "endorsed_on")},
            "step": one.step.number if one.step else None,
            "step_title": step_words.short(one.step) if one.step else None,
            "due_on": one.due["due_on"] if one.due else None,
            "late": one.timing.late if one.timing else 0,
            "index": _told(one.whole),
            "category": None if one.whole is None else category(one.whole),
            "incomplete": list(one.missing),
            "urusan": {urusan.id: _told(one.of_urusan(urusan.id)) for urusan in known},
            "sent_on": one.governor.get("sent_on"),
            "received_on": one.governor.get("received_on"),
        }
    )


def _told(index: Fraction | None) -> str | None:
    return None if index is None else decimal(index, 4).replace(",", ".")
