"""Everything about one submission that its page shows, read at once.

SOP step 7. Previous hop: `view.py`. Next hop: the read models, as this person may see them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.intake import queries, streams
from services.intake.findings.queries import Judged, judged_of
from services.intake.queries import Row
from services.intake.submission.queries import (
    evidence_of,
    figures,
    is_endorsed,
    moves_of,
    points,
    signed_sheets,
    submission_of,
)
from services.intake.submission.sheet.rows import figures_of, next_digest
from services.intake.submission.standing import Standing, asked_under, dues_of, late_of, standing
from shared.access.permissions import Viewer
from shared.contracts.values import Figure
from shared.eventsourcing.sql import Connection
from shared.sop.calendar import Calendar
from shared.sop.definition import sops
from shared.sop.steps import Sop
from shared.spm.catalogue import Catalogue, catalogues
from shared.web.problems.shape import NotFound
from shared.web.words.lateness import HandIn

OPEN = frozenset({"open", "returned", "corrected", "taken_back"})
HANDED_IN = frozenset({"handed_in", "approved"})


@dataclass(frozen=True, slots=True, kw_only=True)
class OneSubmission:
    """A submission with what lies around it. `own`: the person who looks fills it in for the agency."""

    found: Row
    stored: Mapping[str, Row]
    evidence: Sequence[Row]
    last_year: Mapping[str, Row]
    signed: Sequence[Row]
    moves: Sequence[Row]
    cycles: Sequence[Row]
    begun: Mapping[str, Row]
    calendar: Calendar
    judged: Judged
    own: bool
    endorsed: bool
    points: Sequence[Row]

    @property
    def cycle(self) -> Row:
        return next(row for row in self.cycles if row["cycle"] == self.found["cycle"])

    @property
    def sop(self) -> Sop:
        return sops()[self.cycle["sop"]]

    @property
    def catalogue(self) -> Catalogue:
        return catalogues()[self.cycle["catalogue"]]

    @property
    def stands(self) -> Standing:
        return standing(self.found)

    @property
    def editable(self) -> bool:
        """Whether this person may change it as it stands."""
        return self.own and self.stands in OPEN

    @property
    def may_take_back(self) -> bool:
        return self.own and self.stands in HANDED_IN

    @property
    def asked(self) -> Row | None:
        """The step whose due day it has to keep."""
        return asked_under(self.stands if self.editable else "open", self.begun, self.sop)

    @property
    def late(self) -> HandIn:
        return late_of(self.found, dues_of(self.begun, self.sop), self.calendar)

    @property
    def figures(self) -> Mapping[str, Figure]:
        return figures_of(self.stored)

    def digest_of(self, figures: Mapping[str, Figure]) -> str:
        """What handing in these figures now would fix."""
        return next_digest(self.found, figures, self.evidence)


async def read_one(conn: Connection, viewer: Viewer, case: str, today: date) -> OneSubmission:
    """As it is judged today. Raises NotFound for one that there is not, or that this person may not see."""
    stream = streams.submission(case)
    found = await submission_of(conn, viewer, stream)
    if found is None:
        raise NotFound
    own = any(office.agency == found["agency"] for office in viewer.offices if office.role == "unsur_opd")
    stored, attached = await figures(conn, stream), await evidence_of(conn, stream)
    catalogue = await queries.catalogue_of(conn, streams.cycle_of(case))
    return OneSubmission(
        found=found,
        stored=stored,
        evidence=attached,
        last_year=await figures(conn, streams.submission(streams.year_before(case))),
        signed=await signed_sheets(conn, stream),
        moves=await moves_of(conn, stream),
        cycles=await queries.cycles(conn),
        begun=await queries.steps(conn, streams.cycle_of(case)),
        calendar=await queries.calendar(conn, streams.region_of(case)),
        judged=await judged_of(conn, case, catalogue, stored, attached, today),
        own=own,
        points=await points(conn, case, found["notes"]),
        endorsed=own and standing(found) in HANDED_IN and await is_endorsed(conn, case),
    )
