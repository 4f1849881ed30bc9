"""Rules of giving a submission to a verifier (SOP step 8), and how the work of each is counted."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from services.verification.domain.assignment import AssignVerifier, assignment
from services.verification.sharing.loads import Load, loads
from shared.contracts.talk import VerifierAssigned
from shared.eventsourcing.combined import combined
from tests.support.given_when_then import Given

TEAM = ("wulan", "yuni", "zaki")
ASSIGN = AssignVerifier(
    cycle="3402-2026",
    agency="dinkes",
    period="tahunan",
    submission="submission-3402-2026-dinkes-tahunan",
    assignee="yuni",
    team=TEAM,
    involved=("sri", "zaki"),
    by="wulan",
    occurred_on=date(2026, 2, 16),
)
ASSIGNED = combined(VerifierAssigned, ASSIGN)
TO_WULAN = replace(ASSIGNED, assignee="wulan")


def given(*history: object) -> Given:
    return Given(assignment, history)


def test_it_is_given_to_oneself_to_another_and_on() -> None:
    given().when(ASSIGN).then(ASSIGNED)
    given().when(replace(ASSIGN, assignee="wulan", seen=0)).then(TO_WULAN)
    given(ASSIGNED).when(replace(ASSIGN, assignee="wulan", seen=1)).then(TO_WULAN)
    given(ASSIGNED, TO_WULAN).when(ASSIGN).then(ASSIGNED)


def test_given_again_to_who_has_it_nothing_happens() -> None:
    given(ASSIGNED).when(ASSIGN).then()
    given(ASSIGNED).when(replace(ASSIGN, seen=0)).then()


@pytest.mark.parametrize(
    ("history", "said", "code", "field"),
    [
        ((), {"assignee": "sri"}, "assignee-outside-team", "assignee"),
        ((), {"assignee": ""}, "assignee-outside-team", "assignee"),
        ((), {"team": ()}, "assignee-outside-team", "assignee"),
        ((), {"assignee": "zaki"}, "R17", "assignee"),
        ((), {"seen": 1}, "assigned-meanwhile", None),
        ((ASSIGNED,), {"assignee": "wulan", "seen": 0}, "assigned-meanwhile", None),
        ((ASSIGNED, TO_WULAN), {"seen": 1}, "assigned-meanwhile", None),
    ],
)
def test_it_is_not_given(
    history: tuple[object, ...], said: dict[str, Any], code: str, field: str | None
) -> None:
    given(*history).when(replace(ASSIGN, **said)).refused(code, field=field)


DAYS = st.dates(date(2026, 2, 1), date(2026, 3, 1))
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "status": st.sampled_from(["nothing", "waiting", "returned", "voided", "withdrawn"]),
            "handed_in_on": DAYS,
            "assignee": st.sampled_from([*TEAM, None]),
        }
    ),
    max_size=30,
)


@forall(rows=ROWS)
def test_every_submission_is_in_one_load_and_nobodys_comes_last(rows: list[dict[str, Any]]) -> None:
    found = loads(rows, TEAM)
    assert [load.assignee for load in found] == [*TEAM, ""]
    assert sum(load.waiting + load.ahead for load in found) == len(rows)
    waiting = [row["handed_in_on"] for row in rows if row["status"] == "waiting"]
    assert min((load.oldest for load in found if load.oldest), default=None) == min(waiting, default=None)


def test_the_oldest_is_of_what_waits() -> None:
    early, late = date(2026, 2, 10), date(2026, 2, 12)
    rows = [
        {"status": "returned", "handed_in_on": early, "assignee": "yuni"},
        {"status": "waiting", "handed_in_on": late, "assignee": "yuni"},
        {"status": "nothing", "handed_in_on": None, "assignee": "yuni"},
    ]
    assert loads(rows, ["yuni"]) == [Load("yuni", 1, late, 2), Load("", 0, None, 0)]
