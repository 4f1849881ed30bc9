"""What becomes of a finding: given to somebody, resolved once with a word, another one where its figures are
others; and the filters of the list.
"""

from dataclasses import replace
from datetime import date
from itertools import islice

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from services.intake.domain.finding import AssignFinding, ResolveFinding, finding
from services.intake.findings.filters import Filters, by_level, chosen, state_of
from services.intake.findings.region import Listed
from services.intake.findings.sheet import table_of
from shared.contracts.findings import FindingAssigned, FindingResolved
from shared.contracts.values import Explanation
from shared.eventsourcing.combined import combined
from shared.spm.catalogue import current
from shared.spm.meaning.named import id_of, named
from shared.spm.rules import Finding
from shared.web.words.finding_words import STATES
from shared.web.words.i18n import gettext, language
from tests.support.given_when_then import Given

ASSIGN = AssignFinding(
    cycle="3402-2026",
    agency="dinkes",
    period="tahunan",
    service="kes.balita",
    rule="R09",
    field="entitled",
    sentence="Berhak {now}, tahun lalu {before}: berubah lebih dari {most} %.",
    facts={"now": "300", "before": "200", "most": "20"},
    assignee="tari",
    by="hesti",
    occurred_on=date(2027, 1, 18),
)
RESOLVE = combined(ResolveFinding, ASSIGN, text="Sasaran baru dari Kemenkes.")
ASSIGNED, RESOLVED = combined(FindingAssigned, ASSIGN), combined(FindingResolved, RESOLVE)


def given(*history: object) -> Given:
    return Given(finding, history)


def test_a_finding_is_given_to_somebody_and_to_somebody_else() -> None:
    given().when(ASSIGN).then(ASSIGNED)
    given(ASSIGNED).when(ASSIGN).then()
    given(ASSIGNED).when(replace(ASSIGN, assignee="yoga")).then(replace(ASSIGNED, assignee="yoga"))


def test_a_finding_is_resolved_once_with_a_word() -> None:
    given().when(replace(RESOLVE, text=" ")).refused("resolution-empty", field="text")
    given(ASSIGNED).when(RESOLVE).then(RESOLVED)
    given(RESOLVED).when(RESOLVE).then()
    given(RESOLVED).when(replace(RESOLVE, text="Lain.")).refused("finding-resolved", field="about")
    given(RESOLVED).when(ASSIGN).refused("finding-resolved", field="finding")


@pytest.mark.parametrize(
    "other", [{"field": "served"}, {"rule": "R10"}, {"service": "kes.lansia"}, {"facts": {}}]
)
def test_with_other_figures_it_is_another_finding(other: dict[str, object]) -> None:
    changed = replace(ASSIGN, **other)
    given(RESOLVED).when(changed).then(combined(FindingAssigned, changed))


@forall(st.dictionaries(st.text(max_size=5), st.text(max_size=9), max_size=4))
def test_the_name_of_a_finding_rests_on_its_figures_alone(facts: dict[str, str]) -> None:
    name = id_of("kes.balita", "R09", "entitled", facts)
    assert name == id_of("kes.balita", "R09", "entitled", dict(reversed(facts.items())))
    assert name != id_of("kes.balita", "R09", "entitled", {**facts, "now": "x" * 10})
    assert name != id_of("kes.balita", "R09", "served", facts)


def listed(
    level: str, service: str, agency: str, said: str = "", resolved: str = "", who: str = ""
) -> Listed:
    found = Finding("R09", level, "entitled", "x", {}, service)  # type: ignore[arg-type]
    about = {
        "service": service,
        "rule": "R09",
        "field": "entitled",
        "sentence": "x",
        "facts": {},
        "by": "sri",
    }
    answer = Explanation(**about, text=said) if said else None  # type: ignore[arg-type]
    row = {"agency": agency, "agency_name": agency, "submission": f"submission-3402-2026-{agency}-tahunan"}
    return Listed(row, named((found,))[0], (0, "", 0), answer, who, resolved, "tari" if resolved else "")


ROWS = [
    listed("block", "kes.balita", "dinkes"),
    listed("warn", "kes.lansia", "dinkes", said="Benar.", who="tari"),
    listed("warn", "sos.anak", "dinsos", said="Ya.", resolved="Cocok."),
]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), [0, 1, 2]),
        (Filters(level="warn"), [1, 2]),
        (Filters(rule="R09"), [0, 1, 2]),
        (Filters(rule="R01"), []),
        (Filters(agency="dinsos"), [2]),
        (Filters(urusan="kesehatan"), [0, 1]),
        (Filters(state="open"), []),
        (Filters(state="stops"), [0]),
        (Filters(state="explained"), [1]),
        (Filters(state="resolved"), [2]),
        (Filters(assignee="tari"), [1]),
        (Filters(level="naga"), []),
    ],
)
def test_the_list_shows_what_is_asked_for(filters: Filters, expected: list[int]) -> None:
    assert list(chosen(ROWS, filters, current())) == [ROWS[place] for place in expected]


def test_what_is_resolved_counts_no_more() -> None:
    assert by_level(ROWS) == {"block": 1, "warn": 1}
    assert [state_of(one) for one in ROWS] == ["stops", "explained", "resolved"]


@pytest.mark.parametrize(("level", "state"), [("block", "stops"), ("warn", "open"), ("inform", "told")])
@pytest.mark.parametrize("language_of", ["id", "en"])
def test_only_a_warning_waits_for_an_explanation(level: str, state: str, language_of: str) -> None:
    one = listed(level, "kes.balita", "dinkes")
    before = language.set(language_of)
    try:
        words = [row[6] for row in islice(table_of([one], str), 1, None)]
        waits = gettext(STATES["open"])
    finally:
        language.reset(before)
    assert state_of(one) == state
    assert (words == [waits]) == (level == "warn")
