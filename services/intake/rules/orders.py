"""Orders about the rules of a region, for JSON and pages alike: a threshold is set, reference populations are
recorded, and looked over before.

SOP steps 7 and 8. Previous hop: `rules/api.py`, `rules/pages.py` and `rules/population_pages.py`. Next hop:
`command_handler` by way of `Act`.
"""

from collections.abc import Sequence
from typing import Any

from services.intake import streams
from services.intake.domain.rules import (
    PopulationRow,
    RecordPopulations,
    Rules,
    SetThreshold,
    rows_done,
)
from services.intake.rules.shapes import PopulationIn, ThresholdIn
from shared.eventsourcing.commands import gate
from shared.eventsourcing.commands.decider import Refused
from shared.eventsourcing.commands.order import Order
from shared.eventsourcing.commands.value_checks import At
from shared.web.acting import Acting, CommandAnswer
from shared.web.forms.said import command_of
from shared.web.running import now_of

Outcome = Sequence[object] | Refused
"""What a row would do, or why it can not be taken in."""


async def set_threshold(act: Acting, said: ThresholdIn) -> CommandAnswer:
    """Lets a threshold be another number from a day on. Raises Refused."""
    command = command_of(SetThreshold, said, **_who(act))
    return await act(_order(act, command))


async def record_populations(act: Acting, rows: Sequence[PopulationRow]) -> CommandAnswer:
    """Records how many people there are, all rows or none. Raises Refused, by the place of the row."""
    return await act(_order(act, _recording(act, rows)))


async def looked_over(act: Acting, rows: Sequence[PopulationRow]) -> Sequence[Outcome]:
    """What rows would do; nothing happens."""
    when = gate.at(streams.SETTINGS, now_of(act.request))
    async with act.running.pool.connection() as conn:
        (rules,) = await act.running.handler.states(conn, [streams.rules(act.region)])
    return _outcomes(act, rows, rules, when)


def _outcomes(act: Acting, rows: Sequence[PopulationRow], rules: Rules, when: At) -> Sequence[Outcome]:
    admitted = list[PopulationRow | Refused]()
    for row in rows:
        try:
            admitted.append(gate.admit(row, when))
        except Refused as error:
            admitted.append(error)
    sound = [row for row in admitted if isinstance(row, PopulationRow)]
    done = iter(list(rows_done(_recording(act, sound), rules)))
    return [row if isinstance(row, Refused) else next(done) for row in admitted]


def row_of(said: PopulationIn) -> PopulationRow:
    return command_of(PopulationRow, said)


def _recording(act: Acting, rows: Sequence[PopulationRow]) -> RecordPopulations:
    return RecordPopulations(rows=tuple(rows), **_who(act))


def _who(act: Acting) -> dict[str, Any]:
    return {"region": act.region, "by": act.viewer.person, "occurred_on": act.today}


def _order(act: Acting, command: object) -> Order:
    return Order(stream=streams.rules(act.region), command=command, case_id=streams.SETTINGS)
