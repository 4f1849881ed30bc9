"""What will happen when a cycle is opened as the form is filled in:
asked of the rule itself, before anything is done.

Before SOP step 1. Previous hop: `cycle/pages.py`, with what was typed. Next hop: `cycle_opening.html`.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from services.intake import queries
from services.intake.cycle import orders
from services.intake.domain.cycle import Cycle, OpenCycle, decide, years
from shared.sop.deadlines import back_plan, due_date
from shared.sop.definition import CURRENT, sops
from shared.spm.catalogue import current
from shared.web.for_pages import FieldError, Looking, Refused, day_of, sentence_of, today_of


async def preview(
    look: Looking, typed_in: Mapping[str, str], refused: Refused | None = None
) -> dict[str, Any]:
    """What the page shows: the form as it was filled in or as it is suggested, what is wrong with it,
    and the plan that would follow.
    """
    today = today_of(look.request)
    async with look.conn() as conn:
        found = [row for row in await queries.cycles(conn) if row["region"] == look.region]
        calendar = await queries.calendar(conn, look.region)
        opens = await queries.who_must_hand_in(conn, look.region, today, current())
    values = {**_suggested(found, today), **typed_in}
    command = None
    try:
        command = _command(values, look, today)
        decide(command, Cycle(opened=any(row["year"] == command.year for row in found)))
    except Refused as error:
        refused = refused or error
    sop = sops()[CURRENT]
    follows: dict[str, Any] = {}
    if command and refused is None:
        plan = {planned.step: planned for planned in back_plan(sop, command.report_due, calendar)}
        begins = command.occurred_on
        follows = {"plan": plan, "begins": begins, "first_due": due_date(sop.steps[0], begins, calendar)}
    return {
        "errors": (FieldError(refused.field or "", sentence_of(refused)),) if refused else (),
        "values": values,
        "years": years(today),
        "sop": sop,
        "opens": opens,
        "unasked": queries.not_asked_for(opens, current()),
        "preview": follows,
    }


def year_typed(values: Mapping[str, str]) -> int:
    """The year of the form. Raises Refused where it cannot be read."""
    text = values.get("year", "").strip()
    if not (text.isascii() and text.isdigit() and len(text) == len("2026")):
        raise Refused("year-unreadable", "Tulis tahun empat angka, misalnya 2026.", field="year")
    return int(text)


def _suggested(found: Sequence[queries.Row], today: date) -> dict[str, str]:
    """The first year that is not open yet, from the year that is running; the region as it was named last."""
    taken = {row["year"] for row in found}
    year = next(
        (year for year in (today.year, today.year + 1, today.year - 1, today.year - 2) if year not in taken),
        today.year,
    )
    return {
        "year": str(year),
        "region_name": str(found[0]["region_name"]) if found else "",
        "report_due": orders.last_legal_day(year).isoformat(),
        "occurred_on": today.isoformat(),
    }


def _command(values: Mapping[str, str], look: Looking, today: date) -> OpenCycle:
    """What would be decided. Raises Refused for what cannot be read."""
    year, occurred_on = year_typed(values), day_of(values, "occurred_on")
    if occurred_on > today:
        raise Refused("day-to-come", "Tanggal ini belum terjadi.", field="occurred_on")
    report_due = day_of(values, "report_due")
    return orders.opening(
        look.region, look.viewer.person, year, values["region_name"], report_due, occurred_on
    )
