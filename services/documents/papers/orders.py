"""The commands of papers as orders, for JSON and pages alike:
a draft, the hand-over of the SK, SK ditetapkan, printed copies, an endorsement taken back, a correction.

SOP steps 4, 5, 9, 10, 11. Previous hop: `papers/api.py`, `papers/pages.py` and `papers/editor_pages.py`,
with what a person said. Next hop: `command_handler` by way of `Act`.
"""

from collections.abc import Collection, Mapping
from datetime import date

from services.documents import streams
from services.documents.domain.document_commands import (
    DecideCorrection,
    HandOver,
    IssueTeamDecree,
    RecordCopies,
    WithdrawEndorsement,
)
from services.documents.papers import corrections, drafting
from services.documents.papers.previews import typesetter_of
from services.documents.papers.shapes import Copies, Correcting, Decree, HandingOver, Withdrawal
from shared.contracts.documents import Kind
from shared.contracts.values import StoredFile
from shared.eventsourcing.commands.order import Order
from shared.web.acting import Acting
from shared.web.files.downloads import bucket_of
from shared.web.forms.said import command_of
from shared.web.regions import may

DRAFTS = ("documents.DraftTeamDecree", "documents.DraftReport", "documents.DraftCoverLetter")
"""What a route declares that makes a draft of any kind."""
SCANS_OF = (
    *("documents.HandOver", "documents.IssueTeamDecree"),
    *("documents.RecordReceipt", "documents.DecideCorrection"),
)
"""The commands that a scan belongs to."""


async def draft(act: Acting, cycle: str, kind: Kind, entries: Mapping[str, str], dated: date) -> Order:
    """The file of a draft is made, then its command; permission is looked at before anything is typeset.
    Raises Forbidden, and Refused.
    """
    may(act.request, drafting.permission_of(kind), cycle)
    async with act.running.pool.connection() as conn:
        material = await drafting.gather(conn, act.running.people, cycle, kind)
    asked = drafting.Asked(cycle=cycle, kind=kind, entries=entries, by=act.viewer.person, dated=dated)
    command = await drafting.prepare(
        asked, material, typesetter_of(act.request).renderer, bucket_of(act.request)
    )
    return _to(cycle, kind, command)


def hand_over(
    act: Acting,
    cycle: str,
    said: HandingOver,
    *,
    receipt: StoredFile | None,
    occurred_on: date,
) -> Order:
    """The draft SK goes to Bagian Hukum."""
    command = command_of(HandOver, said, receipt=receipt, by=act.viewer.person, occurred_on=occurred_on)
    return _to(cycle, "sk_tim", command)


def issue_team_decree(
    act: Acting, cycle: str, said: Decree, *, file: StoredFile | None, occurred_on: date
) -> Order:
    """SK ditetapkan."""
    command = command_of(IssueTeamDecree, said, file=file, by=act.viewer.person, occurred_on=occurred_on)
    return _to(cycle, "sk_tim", command)


def record_copies(act: Acting, cycle: str, said: Copies, occurred_on: date) -> Order:
    """Copies of the report were printed."""
    command = command_of(RecordCopies, said, by=act.viewer.person, occurred_on=occurred_on)
    return _to(cycle, "laporan", command)


def withdraw_endorsement(act: Acting, cycle: str, said: Withdrawal, occurred_on: date) -> Order:
    """The own endorsement of the report is taken back."""
    command = command_of(WithdrawEndorsement, said, by=act.viewer.person, occurred_on=occurred_on)
    return _to(cycle, "laporan", command)


async def correct(
    act: Acting,
    cycle: str,
    said: Correcting,
    named: Collection[str],
    *,
    file: StoredFile,
    occurred_on: date,
) -> Order:
    """The printed report is officially corrected; `named` are the submissions that it concerns.
    Refuses a submission that the report does not rest on.
    """
    async with act.running.pool.connection() as conn:
        submissions = await corrections.chosen(conn, cycle, said.digest, named)
    by = act.viewer.person
    command = command_of(
        DecideCorrection, said, submissions=submissions, file=file, by=by, occurred_on=occurred_on
    )
    return _to(cycle, "laporan", command)


def _to(cycle: str, kind: Kind, command: object) -> Order:
    return Order(stream=streams.document(cycle, kind), command=command, case_id=cycle)
