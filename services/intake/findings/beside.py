"""What figures are held against from elsewhere in their own cycle: what other agencies handed in for services
that count the same people (R11), and the own quarter before (R08).

SOP steps 7 and 8. Previous hop: `findings/queries.py`, for one submission, and `findings/region.py`, for all.
Next hop: the rules.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from msgspec import convert
from sqlalchemy import ARRAY, ColumnElement, Text, any_, literal, select

from services.intake import streams
from services.intake.queries import Row
from services.intake.tables import figure, submission
from shared.contracts.values import Figure
from shared.eventsourcing.sql import Connection, fetch
from shared.spm.meaning.grounds import Neighbour
from shared.spm.meaning.neighbours import NEIGHBOURS


async def figures_of(conn: Connection, names: Sequence[str]) -> Mapping[str, Mapping[str, Figure]]:
    """The figures of each of these submissions, by service."""
    figures: dict[str, dict[str, Figure]] = {name: {} for name in names}
    for row in await fetch(conn, select(figure).where(among(figure.c.submission, names))):
        figures[row["submission"]][row["service"]] = convert(row["figure"], Figure)
    return figures


async def handed_in(conn: Connection, cycle: str) -> Sequence[Row]:
    """What lies with Tim SPM in a cycle of services that have neighbours, whoever asks: the rules look at it,
    and say to each only what it may see. A draft is nobody's ground: what is typed can't be found by trying.
    """
    of = (submission.c[name] for name in ("agency", "agency_name", "period", "version"))
    joined = figure.join(submission, submission.c.submission == figure.c.submission)
    asked = (
        submission.c.cycle == cycle,
        submission.c.state == "handed_in",
        among(figure.c.service, NEIGHBOURS),
    )
    statement = select(*of, figure.c.service, figure.c.figure).select_from(joined).where(*asked)
    return await fetch(conn, statement.order_by(figure.c.service, submission.c.agency))


def among(column: ColumnElement[str], names: Sequence[str]) -> ColumnElement[bool]:
    """Rows of these."""
    return column == any_(literal(list(names), ARRAY(Text)))


def neighbours(rows: Iterable[Row], agency: str, period: str) -> Mapping[str, Neighbour]:
    """What other agencies handed in for a period, by service; none of a service of which several have a part,
    as no part is the whole.
    """
    others = [row for row in rows if row["period"] == period and row["agency"] != agency]
    many = Counter(row["service"] for row in others)
    return {
        row["service"]: Neighbour(row["agency"], row["agency_name"], convert(row["figure"], Figure))
        for row in others
        if many[row["service"]] == 1
    }


def earlier(figures: Mapping[str, Mapping[str, Figure]], name: str) -> Mapping[str, Figure]:
    """Of each service what the agency said for the nearest quarter before, by the figures of submissions."""
    found: dict[str, Figure] = {}
    for before in streams.quarters_before(name):
        found.update(figures.get(before, {}))
    return found
