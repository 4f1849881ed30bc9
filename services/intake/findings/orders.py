"""Orders about findings, for JSON and pages alike: one is given to somebody of Tim SPM, or resolved.

SOP step 8. Previous hop: `findings/api.py` and `findings/pages.py`. Next hop: `command_handler` by way of
`Act`.
"""

from datetime import date
from typing import TypeVar

from services.intake import streams
from services.intake.domain.finding import AssignFinding, ResolveFinding
from services.intake.findings.region import Judged, Listed, listed
from shared.eventsourcing.commands.decider import Refused
from shared.eventsourcing.commands.order import Order
from shared.room import Running
from shared.web.acting import Acting, CommandAnswer
from shared.web.problems.shape import NotFound
from shared.web.regions import may

TEAM = "tim_spm"
Made = TypeVar("Made", AssignFinding, ResolveFinding)


async def assign(act: Acting, case: str, name: str, assignee: str) -> CommandAnswer:
    """Lets somebody of Tim SPM look after a finding. Raises Refused, NotFound."""
    may(act.request, "intake.AssignFinding", case, streams.agency_of(case))
    found = await _found(act, case, name, "finding")
    if assignee not in team(act.running, act.region, act.today):
        raise Refused(
            "assignee-outside-team", "Pilih seseorang yang hari ini anggota Tim SPM.", field="assignee"
        )
    command = _command(AssignFinding, act, found, assignee=assignee)
    return await _give(act, case, command)


async def resolve(act: Acting, case: str, name: str, text: str) -> CommandAnswer:
    """Says why nothing is left to ask about a finding. Raises Refused, NotFound."""
    may(act.request, "intake.ResolveFinding", case, streams.agency_of(case))
    found = await _found(act, case, name, "about")
    command = _command(ResolveFinding, act, found, text=text)
    return await _give(act, case, command)


def team(running: Running, region: str, today: date) -> dict[str, str]:
    """Who is of Tim SPM of a region today: by id, the name."""
    return running.people.of(region).holding(TEAM, today)


async def _found(act: Acting, case: str, name: str, field: str) -> Listed:
    viewer = act.reaches("intake.findings")
    kept: Judged = {}
    async with act.running.pool.connection() as conn:
        if viewer is None:
            raise NotFound
        rows = await listed(conn, viewer, streams.cycle_of(case), act.today, kept, case)
    found = next((one for one in rows if one.named.id == name), None)
    if found is None:
        raise Refused(
            "finding-unknown",
            "Temuan ini tidak ada lagi: angkanya berubah. Pilih yang ada kini.",
            field=field,
        )
    return found


def _command(kind: type[Made], act: Acting, found: Listed, **said: str) -> Made:
    finding = found.named.finding
    return kind(
        **{name: found.of[name] for name in ("cycle", "agency", "period")},
        **{name: getattr(finding, name) for name in ("service", "rule", "field", "sentence")},
        **said,
        facts=found.named.facts,
        by=act.viewer.person,
        occurred_on=act.today,
    )


async def _give(act: Acting, case: str, command: object) -> CommandAnswer:
    order = Order(stream=streams.finding(case), command=command, case_id=streams.cycle_of(case))
    return await act(order, agency=streams.agency_of(case))
