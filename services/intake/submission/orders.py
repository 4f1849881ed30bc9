"""Orders for a submission, for JSON and pages alike: a figure entered, evidence attached or withdrawn,
handed in, signed, taken back, services handed over.

SOP step 7. Previous hop: `submission/api.py`, `submission/pages.py` and `sheet/form.py`, with what a person
said. Next hop: `command_handler` by way of `Act`, in the name of the agency whose submission it is.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from services.intake import streams
from services.intake.domain.submission_commands import (
    AttachEvidence,
    AttachSignedSheet,
    EnterFigure,
    ExplainWarning,
    HandIn,
    HandOverServices,
    TakeBack,
    WithdrawEvidence,
)
from services.intake.domain.submission_state import About
from services.intake.findings.queries import grounds_of
from services.intake.queries import agencies, holders
from services.intake.submission.queries import answered_of, is_endorsed
from shared.contracts.values import AttachedEvidence, Figure, StoredFile
from shared.eventsourcing.commands.decider import Refused
from shared.eventsourcing.commands.order import Order
from shared.web.acting import Acting, CommandAnswer
from shared.web.regions import may


def refuse_strangers(act: Acting, case: str, command: str) -> None:
    """Whose submission it is comes before whatever else may be wrong with a request. Raises Forbidden."""
    may(act.request, command, case, streams.agency_of(case))


async def enter_figure(
    act: Acting,
    case: str,
    service: str,
    figure: Figure,
    seen: Figure | None = None,
    day: date | None = None,
    *,
    part: str = "",
) -> CommandAnswer:
    """Stores the cells in which the figure differs from the one that was seen. Raises Refused."""
    command = EnterFigure(
        service=service, figure=figure, seen=seen, by=act.viewer.person, occurred_on=day or act.today
    )
    return await _give(act, case, command, part)


async def attach_evidence(
    act: Acting,
    case: str,
    file: StoredFile,
    services: Sequence[str],
    day: date | None = None,
    *,
    part: str = "",
) -> CommandAnswer:
    """Attaches a file as evidence of these services. Raises Refused."""
    evidence = AttachedEvidence(file=file, services=tuple(services))
    return await _give(
        act, case, AttachEvidence(evidence=evidence, by=act.viewer.person, occurred_on=day or act.today), part
    )


async def withdraw_evidence(
    act: Acting, case: str, digest: str, reason: str, day: date | None = None
) -> CommandAnswer:
    """Withdraws a file. Raises Refused."""
    return await _give(
        act,
        case,
        WithdrawEvidence(digest=digest, reason=reason, by=act.viewer.person, occurred_on=day or act.today),
    )


async def hand_in(act: Acting, case: str, digest: str | None, day: date | None = None) -> CommandAnswer:
    """Hands in what has this digest, and nothing else; who holds a token that filled in has filled in too,
    and verifies nothing of it. Raises Refused.
    """
    async with act.running.pool.connection() as conn:
        (submission,) = await act.running.handler.states(conn, [streams.submission(case)])
        behind = await holders(conn, submission.contributors)
        grounds = await grounds_of(conn, case, act.today)
        answered = await answered_of(conn, case, submission.notes)
    command = HandIn(
        digest=digest,
        holders=behind,
        answered=answered,
        grounds=grounds,
        by=act.viewer.person,
        occurred_on=day or act.today,
    )
    return await _give(act, case, command)


async def explain(
    act: Acting,
    case: str,
    about: About,
    text: str,
    day: date | None = None,
    *,
    part: str = "",
) -> CommandAnswer:
    """Says why a figure is as it is, to what a rule finds there now. Raises Refused."""
    async with act.running.pool.connection() as conn:
        grounds = await grounds_of(conn, case, act.today)
    service, rule, place = about
    command = ExplainWarning(
        service=service,
        rule=rule,
        place=place,
        text=text,
        grounds=grounds,
        by=act.viewer.person,
        occurred_on=day or act.today,
    )
    return await _give(act, case, command, part)


async def attach_signed_sheet(
    act: Acting, case: str, sheet: str, file: StoredFile, day: date | None = None, *, part: str = ""
) -> CommandAnswer:
    """Attaches the scan of the signed form; `sheet` is the digest of the revision on the paper.
    Raises Refused.
    """
    return await _give(
        act,
        case,
        AttachSignedSheet(sheet=sheet, file=file, by=act.viewer.person, occurred_on=day or act.today),
        part,
    )


async def take_back(act: Acting, case: str, reason: str, day: date | None = None) -> CommandAnswer:
    """Takes back what was handed in, unless the report that rests on it is endorsed.
    Raises Refused, Conflict.
    """
    async with act.running.pool.connection() as conn:
        endorsed = await is_endorsed(conn, case)
    return await _give(
        act,
        case,
        TakeBack(reason=reason, endorsed=endorsed, by=act.viewer.person, occurred_on=day or act.today),
    )


async def hand_over_services(
    act: Acting,
    case: str,
    services: Sequence[str],
    taker: str,
    reason: str,
    letter: str,
    day: date | None = None,
) -> CommandAnswer:
    """Lets services of a submission go over to another agency of the same region, with all that was entered.
    Raises Refused (by the taker's submission too), Conflict.
    """
    refuse_strangers(act, case, "intake.HandOverServices")
    async with act.running.pool.connection() as conn:
        names = {row["agency"]: row["name"] for row in await agencies(conn, streams.region_of(case))}
        endorsed = await is_endorsed(conn, case)
    if taker not in names:
        sentence = "Pilih perangkat daerah yang terdaftar di daerah ini."
        raise Refused("taker-unknown", sentence, field="taker")
    command = HandOverServices(
        services=tuple(services),
        taker=taker,
        taker_name=names[taker],
        reason=reason,
        letter=letter,
        endorsed=endorsed,
        by=act.viewer.person,
        occurred_on=day or act.today,
    )
    return await _give(act, case, command)


def each(files: Sequence[StoredFile], field: str) -> Iterator[tuple[str, StoredFile]]:
    """The files of one request, each with the part of the request that it is.
    Raises Refused where none was chosen.
    """
    if not files:
        raise Refused("evidence-missing", "Pilih sedikitnya satu berkas.", field=field)
    return ((f"{number} {file.digest}", file) for number, file in enumerate(files))


async def _give(act: Acting, case: str, command: object, part: str = "") -> CommandAnswer:
    """`part` names what of the request the command is for, where one request gives several."""
    order = Order(stream=streams.submission(case), command=command, case_id=streams.cycle_of(case))
    return await act(order, agency=streams.agency_of(case), part=part)
