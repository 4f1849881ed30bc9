"""A plain step that has no command of its own is recorded by whose step it is, whatever SOP names it."""

from collections.abc import Iterator
from datetime import date

import pytest

from services.intake.domain.step import step
from services.intake.domain.step_commands import RecordStep
from shared.contracts.intake import StepCompleted, StepStarted
from shared.contracts.values import DueDate, StoredFile
from shared.sop.definition import CURRENT, sops
from shared.sop.steps import Sop
from tests.support.given_when_then import Given
from tests.support.steps import KEY, revised_sop

DAY = date(2026, 8, 3)
DUE = DueDate(
    due_on=DAY,
    earliest_on=DAY,
    counted_from=DAY,
    duration="3–5 hari kerja",
    skipped=(),
    calendar="libur-id-0.109+0",
)
PAPER = StoredFile(digest="a" * 64, name="reviu.pdf", media_type="application/pdf", size=9)


@pytest.fixture
def revised() -> Iterator[Sop]:
    with revised_sop() as sop:
        yield sop


def record(key: str, role: str) -> RecordStep:
    return RecordStep(
        cycle="3402-2026", step=key, role=role, summary="Sudah", evidence=(PAPER,), by="tari", occurred_on=DAY
    )


def begun(sop: str, key: str) -> Given:
    return Given(step, (StepStarted(cycle="3402-2026", sop=sop, step=key, started_on=DAY, due=DUE),))


def test_any_plain_step_is_recorded_by_the_role_that_its_sop_names(revised: Sop) -> None:
    review = record("apip_review", "tim_spm")
    begun(revised.version, "apip_review").when(review).then(
        StepCompleted(
            cycle="3402-2026",
            step="apip_review",
            summary="Sudah",
            by="tari",
            occurred_on=DAY,
            evidence=(PAPER,),
        )
    )
    begun(revised.version, "apip_review").when(record("apip_review", "kabag")).refused("other-role")


@pytest.mark.parametrize("key", KEY.values())
def test_no_step_that_has_its_own_way_is_recorded_by_word_alone(key: str) -> None:
    begun(CURRENT, key).when(record(key, sops()[CURRENT].step(key).role)).refused("step-not-plain")
