"""JSON of the rules of a region: its thresholds and its reference populations.

SOP steps 7 and 8. Previous hop: a program with a session token. Next hop: `rules/orders.py`, or the
read models.
"""

from fastapi import APIRouter

from services.intake.rules import orders, queries
from services.intake.rules.shapes import PopulationsIn, RulesOut, ThresholdIn
from shared.web.for_api import Act, CommandAnswer, Look, does, reads
from shared.web.running import today_of

router = APIRouter()


@router.get("/rules", summary="Thresholds and reference populations", dependencies=[reads("intake.rules")])
async def rules(look: Look) -> RulesOut:
    async with look.conn() as conn:
        settings = await queries.settings(conn, look.region, today_of(look.request))
        populations = await queries.populations(conn, look.region)
    return RulesOut.model_validate(
        {
            "version": settings.now.version,
            "thresholds": settings.now.numbers,
            "settings": settings.said,
            "populations": populations,
        }
    )


@router.post("/rules/thresholds", summary="Set a threshold", dependencies=[does("intake.SetThreshold")])
async def set_threshold(body: ThresholdIn, act: Act) -> CommandAnswer:
    return await orders.set_threshold(act, body)


@router.post(
    "/rules/populations",
    summary="Record reference populations",
    dependencies=[does("intake.RecordPopulations")],
)
async def record_populations(body: PopulationsIn, act: Act) -> CommandAnswer:
    return await orders.record_populations(act, [orders.row_of(row) for row in body.rows])
