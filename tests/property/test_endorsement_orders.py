"""Endorsement, told in any order: the round and the report are two sources,
and which of them is heard first must not matter.

What must always hold: a draft is endorsed exactly when it was compiled from the figures that stand now,
in every mixture of the two sources, and the page says so too.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.verification.domain.endorsement import endorsement
from services.verification.domain.endorsement_commands import (
    EndorseReport,
    RequestEndorsement,
    SettleFigures,
    UnsettleFigures,
)
from services.verification.endorsing.queries import is_stale
from services.verification.projections import project
from shared.contracts.values import StoredFile
from shared.eventsourcing.commands.decider import Refused
from shared.eventsourcing.read_models.projector import Fold
from tests.support.events import recorded

Mixture = tuple[list[Any], list[Any], list[Any]]
TODAY = date(2026, 12, 1)
UNTOUCHED = {"settled": False, "stale": False, "status": "nothing", "digests": {}, "basis": {}}


def figures(time: int) -> Mapping[str, str]:
    """The digests of the submissions when they were all approved for the nth time."""
    return {"submission-dinkes": f"dinkes@{time}", "submission-dinsos": "dinsos@1"}


def round_of(unsettled: list[bool]) -> list[Any]:
    """All approved as often as the list is long, each time unsettled afterwards or, if not the last,
    overtaken by another approval.
    """
    happened: list[Any] = []
    for time, was_unsettled in enumerate(unsettled):
        happened.append(SettleFigures(cycle="c", involved=("sri", "wulan"), digests=figures(time)))
        happened += [UnsettleFigures(cycle="c", submission="submission-dinkes")] if was_unsettled else []
    return happened


def draft(revision: int, time: int) -> RequestEndorsement:
    file = StoredFile(digest=f"draft-{revision}", name="laporan.pdf", media_type="application/pdf", size=9)
    return RequestEndorsement(
        cycle="c",
        document="d",
        revision=revision,
        file=file,
        involved=("yuni",),
        basis=figures(time),
        by="yuni",
        occurred_on=TODAY,
    )


@st.composite
def stories(draw: st.DrawFn) -> tuple[list[Any], list[Any]]:
    """What happened in the round, and the drafts of the report that were compiled along the way,
    each from figures no older than the last.
    """
    unsettled = draw(st.lists(st.booleans(), min_size=1, max_size=3))
    times = sorted(draw(st.lists(st.integers(0, len(unsettled) - 1), min_size=1, max_size=3)))
    return round_of(unsettled), [draft(revision, time) for revision, time in enumerate(times, 1)]


@st.composite
def mixtures(draw: st.DrawFn) -> Mixture:
    """The two sources, and one order in which verification may hear them; each keeps its own order."""
    approved, drafts = draw(stories())
    turns = draw(st.permutations([True] * len(approved) + [False] * len(drafts)))
    sources = {True: iter(approved), False: iter(drafts)}
    return approved, drafts, [next(sources[turn]) for turn in turns]


def told(commands: list[Any]) -> list[Any]:
    history: list[Any] = []
    for command in commands:
        history += endorsement.decide(command, endorsement.fold(history))
    return history


def endorsable(history: list[Any], digest: str) -> bool:
    try:
        endorsement.decide(
            EndorseReport(digest=digest, by="agus", occurred_on=TODAY), endorsement.fold(history)
        )
    except Refused:
        return False
    return True


def shown(history: list[Any]) -> Mapping[str, Any]:
    """The row of the read model after this history."""
    fold = Fold()
    for version, event in enumerate(history, 1):
        fold.add(project(recorded(event, "endorsement-c", version), "3402"))
    ((row,),) = [rows.values() for rows in fold.rows.values()]
    return UNTOUCHED | row


@given(mixtures())
def test_a_draft_is_endorsed_exactly_when_it_was_compiled_from_the_figures_that_stand(
    mixture: Mixture,
) -> None:
    approved, drafts, heard = mixture
    stands = approved[-1].digests if isinstance(approved[-1], SettleFigures) else None
    history, last = told(heard), drafts[-1]
    row = shown(history)
    assert endorsable(history, last.file.digest) == (last.basis == stands)
    assert (row["settled"] and not is_stale(row)) == (last.basis == stands)
