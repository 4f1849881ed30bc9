"""JSON of submissions: figures, evidence, handing in, taking back and handing services over.

SOP step 7. Previous hop: a program with a session token.
Next hop: `submission/orders.py`, or the read models by way of `Look`.
"""

from fastapi import APIRouter, HTTPException

from services.intake import streams
from services.intake.findings.queries import judged_of
from services.intake.queries import catalogue_of
from services.intake.submission import orders, queries
from services.intake.submission.held_files import nameable
from services.intake.submission.shapes import (
    EvidenceIn,
    ExplanationIn,
    FigureIn,
    HandInIn,
    HandOverIn,
    ReasonIn,
    SignedSheetIn,
    SubmissionOut,
    SubmissionRow,
    figure_out,
    row_out,
)
from services.intake.submission.sheet.rows import figures_of, next_digest
from shared.web.files.file_kinds import SCANS
from shared.web.for_api import (
    Act,
    After,
    CasePath,
    CommandAnswer,
    CycleId,
    Digest,
    Id,
    Limit,
    Look,
    NotFound,
    Page,
    does,
    key_of,
    page,
    reads,
)
from shared.web.running import today_of

router = APIRouter()


@router.get(
    "/cycles/{cycle}/submissions",
    summary="The submissions of a cycle",
    dependencies=[reads("intake.submissions")],
)
async def submissions(
    cycle: CycleId, look: Look, limit: Limit = 50, after: After = None
) -> Page[SubmissionRow]:
    start = str(key_of(after, 1)[0]) if after else ""
    async with look.conn() as conn:
        found = await queries.submissions(conn, look.viewer, cycle, after=start, limit=limit + 1)
    rows, following = page(found, limit, "submission")
    return Page(items=[SubmissionRow.model_validate(row_out(row)) for row in rows], next=following)


@router.get("/submissions/{case}", summary="One submission", dependencies=[reads("intake.submission")])
async def one(case: CasePath, look: Look) -> SubmissionOut:
    stream = streams.submission(case)
    async with look.conn() as conn:
        found = await queries.submission_of(conn, look.viewer, stream)
        if found is None:
            raise NotFound
        stored = await queries.figures(conn, stream)
        attached = await queries.evidence_of(conn, stream)
        catalogue = await catalogue_of(conn, found["cycle"])
        judged = await judged_of(conn, case, catalogue, stored, attached, today_of(look.request))
    figures = {name: figure_out(name, row, judged) for name, row in stored.items()}
    evidence = [{"file": row["file"], "services": row["services"]} for row in attached]
    following = next_digest(found, figures_of(stored), attached)
    look.version(stream, found["version"])
    return SubmissionOut.model_validate(
        {**row_out(found), **found, "figures": figures, "evidence": evidence, "next_digest": following}
    )


@router.put(
    "/submissions/{case}/figures/{service}",
    summary="Enter a figure",
    dependencies=[does("intake.EnterFigure")],
)
async def enter_figure(case: CasePath, service: Id, body: FigureIn, act: Act) -> CommandAnswer:
    seen = body.seen.figure() if body.seen else None
    return await orders.enter_figure(act, case, service, body.figure(), seen, body.occurred_on)


@router.post(
    "/submissions/{case}/evidence",
    summary="Attach an uploaded file",
    dependencies=[does("intake.AttachEvidence")],
)
async def attach(case: CasePath, body: EvidenceIn, act: Act) -> CommandAnswer:
    orders.refuse_strangers(act, case, "intake.AttachEvidence")
    file = await nameable(act, body.digest, body.name)
    return await orders.attach_evidence(act, case, file, body.services, body.occurred_on)


@router.post(
    "/submissions/{case}/evidence/{digest}/withdrawal",
    summary="Withdraw a file",
    dependencies=[does("intake.WithdrawEvidence")],
)
async def withdraw(case: CasePath, digest: Digest, body: ReasonIn, act: Act) -> CommandAnswer:
    return await orders.withdraw_evidence(act, case, digest, body.reason, body.occurred_on)


@router.post(
    "/submissions/{case}/explanations",
    summary="Explain a warning",
    dependencies=[does("intake.ExplainWarning")],
)
async def explain(case: CasePath, body: ExplanationIn, act: Act) -> CommandAnswer:
    orders.refuse_strangers(act, case, "intake.ExplainWarning")
    return await orders.explain(act, case, (body.service, body.rule, body.field), body.text, body.occurred_on)


@router.post(
    "/submissions/{case}/hand-in", summary="Hand in to Tim SPM", dependencies=[does("intake.HandIn")]
)
async def hand_in(case: CasePath, body: HandInIn, act: Act) -> CommandAnswer:
    orders.refuse_strangers(act, case, "intake.HandIn")
    if body.digest is None and act.expected is None:
        raise HTTPException(428)
    return await orders.hand_in(act, case, body.digest, body.occurred_on)


@router.post(
    "/submissions/{case}/signed-sheets",
    summary="Attach the signed form",
    dependencies=[does("intake.AttachSignedSheet")],
    status_code=200,
)
async def attach_signed_sheet(case: CasePath, body: SignedSheetIn, act: Act) -> CommandAnswer:
    orders.refuse_strangers(act, case, "intake.AttachSignedSheet")
    file = await nameable(act, body.digest, body.name, kinds=SCANS)
    return await orders.attach_signed_sheet(act, case, body.sheet, file, body.occurred_on)


@router.post(
    "/submissions/{case}/taking-back",
    summary="Take back what was handed in",
    dependencies=[does("intake.TakeBack")],
)
async def take_back(case: CasePath, body: ReasonIn, act: Act) -> CommandAnswer:
    return await orders.take_back(act, case, body.reason, body.occurred_on)


@router.post(
    "/submissions/{case}/handing-over",
    summary="Hand services over to another agency",
    dependencies=[does("intake.HandOverServices")],
)
async def hand_over(case: CasePath, body: HandOverIn, act: Act) -> CommandAnswer:
    return await orders.hand_over_services(
        act, case, body.services, body.taker, body.reason, body.letter, body.occurred_on
    )
