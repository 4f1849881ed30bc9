"""JSON of one step: it is recorded with its evidence, its due date is taken over;
and the files that steps and submissions name.

Serves every SOP step. Previous hop: a program with a session token. Next hop: `step/orders.py`.
"""

from fastapi import APIRouter, Response
from pydantic import Field

from services.intake.step import orders
from services.intake.submission.held_files import held, nameable
from shared.contracts.values import StoredFile
from shared.web.app import UPLOAD_LIMIT
from shared.web.files.uploads import take_in, uploaded
from shared.web.for_api import (
    Act,
    Body,
    CommandAnswer,
    CyclePath,
    Day,
    Digest,
    Line,
    Look,
    Name,
    Prose,
    StepKey,
    StepPath,
    does,
    hand_out,
    reads,
)

router = APIRouter()

UPLOADS = does(*orders.PLAIN, "intake.AttachEvidence")


class FileIn(Body):
    digest: Digest = Field(description="SHA-256 in hex, as the upload answered it")
    name: Name = Field(min_length=1)


class StepIn(Body):
    """What was done. `planned` for the work plan, by key of step (left out:
    backwards from the last legal day); evidence is uploaded before.
    """

    summary: Prose
    evidence: list[FileIn] = Field(default_factory=list, max_length=50)
    planned: dict[StepKey, Day] | None = Field(default=None, max_length=40)
    occurred_on: Day | None = Field(
        default=None, description="the day it was done; today where nothing is said"
    )


class RevisionIn(Body):
    """Takes over what the calendar of today says. `source` left out:
    the decrees that the calendar names for the days in between.
    """

    source: Line = Field(default="", max_length=400)
    occurred_on: Day | None = None


@router.post(
    "/cycles/{cycle}/steps/{step}/completion",
    summary="Record that a plain step was done",
    dependencies=[does(*orders.PLAIN)],
)
async def complete_step(cycle: CyclePath, step: StepPath, body: StepIn, act: Act) -> CommandAnswer:
    evidence = [await nameable(act, file.digest, file.name) for file in body.evidence]
    return await orders.record(act, cycle, step, body.summary, evidence, body.occurred_on, body.planned)


@router.post(
    "/cycles/{cycle}/steps/{step}/due-date",
    summary="Take over the due date by the calendar of today",
    dependencies=[does("intake.ReviseDueDate")],
)
async def revise_due_date(cycle: CyclePath, step: StepPath, body: RevisionIn, act: Act) -> CommandAnswer:
    return await orders.revise_due_date(act, cycle, step, body.source, body.occurred_on)


@router.post(
    "/files",
    summary="Upload an evidence file (raw body)",
    status_code=201,
    max_body_size=UPLOAD_LIMIT,
    dependencies=[UPLOADS],
)
async def upload(name: str, act: Act) -> StoredFile:
    """Streams the body to the store while it is hashed.
    Name the answered digest in the command that the file belongs to.
    """
    return await take_in(act, act.body(), name=name)


@router.get(
    "/files/{digest}", summary="An evidence file", dependencies=[reads("intake.submission", "intake.step")]
)
async def download(digest: Digest, look: Look) -> Response:
    """A file that a submission or a step names, each with the reach of its own query,
    or one that this person uploaded.
    """
    async with look.conn() as conn:
        found = await held(conn, look.reaches, digest) or await uploaded(conn, look.person, digest)
    return await hand_out(look.request, found)
