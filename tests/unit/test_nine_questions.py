"""The nine questions of an auditor: lines of the log given, the answer that follows."""

import json
import re
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from services.archive.proof.answers.verifier_acts import working_days_late
from services.archive.proof.answers.verifier_lines import Said, Told
from services.archive.proof.answers.verifier_nine import NINE, SAYINGS, answered, in_words, text_of
from services.archive.questions.marks import figures_of, mark_of, meant
from services.archive.questions.view import days_off
from shared.sop.calendar import seed
from shared.web.words.lateness import days_late

HISTORY = Path(__file__).parents[1] / "contracts/history/demonstration/export/events.ndjson"
CYCLE, CASE = "3402-2025", "3402-2025-dinkes-tahunan"
SUBMISSION, VERIFICATION, REPORT = f"submission-{CASE}", f"verification-{CASE}", f"document-{CYCLE}-laporan"
GIVEN = {"cycle": CYCLE, "year": 2025, "case": CASE, "service": "kes.balita", "size": 99, "root": "ab"}
OF_DINKES = {"agency": "dinkes", "revision": 1}


@cache
def rows_of_the_demonstration() -> list[dict[str, Any]]:
    """The lines of a whole cycle that was played once, as the log reads them."""
    return [
        {**event, "index": place, "line": line, "event": event}
        for place, line in enumerate(HISTORY.read_text(encoding="utf-8").splitlines())
        for event in [json.loads(line)]
    ]


def lines(*told: tuple[str, str, dict[str, Any]]) -> list[Told]:
    """Kind, stream and data of each."""
    found, versions = list[Told](), dict[str, int]()
    for place, (kind, stream, data) in enumerate(told):
        versions[stream] = versions.get(stream, 0) + 1
        said = {"by": "sri", "occurred_on": "2026-02-02", **data}
        event = {"source": "s", "stream": stream, "version": versions[stream], "type": kind, "data": said}
        found.append(Told(place, {**event, "metadata": {"causation": None}, "recorded_at": "2026"}))
    return found


def codes(question: int, told: list[Told], **given: Any) -> list[str]:
    return [one.code for one in answered(question, told, {**GIVEN, **given})]


def entered(served: int, by: str = "sri") -> tuple[str, str, dict[str, Any]]:
    figure = {"served": served, "entitled": 10, "origin": "kohort"}
    return "figure-entered", SUBMISSION, {"service": "kes.balita", "figure": figure, "by": by}


def approved(by: str = "tari", digest: str = "d1") -> tuple[str, str, dict[str, Any]]:
    figures = {"kes.balita": {"entitled": 10, "origin": ""}}
    return "submission-approved", VERIFICATION, {**OF_DINKES, "digest": digest, "figures": figures, "by": by}


RECEIVED = ("submission-received", SUBMISSION, {**OF_DINKES, "digest": "d1"})
VOIDED = (
    "approval-voided",
    VERIFICATION,
    {
        **OF_DINKES,
        "approved_by": "tari",
        "reason": "dibuka",
        "changes": [{"service": "kes.balita", "field": "served", "before": "1", "after": "2"}],
    },
)
DRAFTED = (
    "document-drafted",
    REPORT,
    {"kind": "laporan", "file": {"digest": "r1"}, "basis": {SUBMISSION: "d1"}},
)
SETTLED = ("document-settled", REPORT, {"kind": "laporan", "digest": "r1"})
ENDORSED = ("report-endorsed", f"endorsement-{CYCLE}", {"digest": "r1", "by": "yoga"})


def printed(digest: str) -> tuple[str, str, dict[str, Any]]:
    return "copies-printed", REPORT, {"document": "laporan", "copies": 5, "digest": digest}


def step(kind: str, **data: Any) -> tuple[str, str, dict[str, Any]]:
    return kind, f"step-{CYCLE}-07", {"step": "filling", **data}


def issued(certificate: int, verdict: str) -> tuple[str, str, dict[str, Any]]:
    data = {"certificate": certificate, "verdict": verdict, "checkpoint_size": 40}
    return "certificate-issued", "certificate-replay", data


ISSUED, DIFFERS = issued(1, "identical"), issued(2, "differs")
DUE = step("step-started", due={"due_on": "2026-02-10", "counted_from": "2026-01-05", "calendar": "libur"})


@pytest.mark.parametrize(
    ("question", "told", "expected"),
    [
        (1, [], ["no-report", "not-typed", "no-evidence", "not-approved"]),
        (
            1,
            [entered(1), entered(2), RECEIVED, entered(3), approved(), DRAFTED, SETTLED, ENDORSED],
            ["in-report", "typed", "typed-before", "handed-in", "no-evidence", "approved", "endorsed"],
        ),
        (2, [approved()], ["nothing-changed"]),
        (2, [approved(), VOIDED], ["voided", "cell", "not-approved-again"]),
        (2, [approved(), VOIDED, entered(2), approved(digest="d2")], ["voided", "cell", "approved-again"]),
        (2, [approved(), entered(2)], ["slipped"]),
        (
            2,
            [ENDORSED, ("settlement-withdrawn", REPORT, {"reason": "keliru"}), ENDORSED],
            ["endorsement-withdrawn", "endorsed-again"],
        ),
        (3, [entered(1), approved()], ["no-source"]),
        (3, [], ["no-approvals"]),
        (4, [approved()], ["elsewhere-unknown", "no-explanations"]),
        (5, [], ["no-copies"]),
        (5, [ENDORSED, printed("r1")], ["endorsed", "copies-same"]),
        (5, [ENDORSED, printed("r2")], ["endorsed", "copies-other"]),
        (5, [printed("r1")], ["copies-other"]),
        (6, [], ["no-dispatches"]),
        (6, [("dispatch-reopened", f"dispatch-{CYCLE}-gubernur", {})], ["not-sent"]),
        (7, [entered(1), approved()], ["streams-whole", "causes-first", "covered", "not-certified"]),
        (7, [ISSUED], ["streams-whole", "causes-first", "covered", "certified-identical"]),
        (7, [ISSUED, DIFFERS], ["streams-whole", "causes-first", "covered", "certified-differs"]),
        (8, [entered(1), approved()], ["apart"]),
        (8, [entered(1, by="tari"), entered(2), approved()], ["not-apart"]),
        (8, [approved(), entered(1, by="tari")], ["apart"]),
        (8, [ENDORSED], ["endorser-apart", "no-approvals"]),
        (9, [], ["no-steps"]),
        (9, [DUE], ["step-open"]),
        (9, [DUE, step("step-completed", occurred_on="2026-02-10")], ["step-in-time"]),
        (
            9,
            [DUE, step("step-part-done", part="dinkes", occurred_on="2026-02-11"), step("step-completed")],
            ["part-late", "step-in-time"],
        ),
        (9, [DUE, step("step-completed", occurred_on="2026-02-12")], ["step-late"]),
        (9, [DUE, step("step-completed"), step("step-reopened", due=None)], ["step-open"]),
    ],
)
def test_the_answer_that_follows(
    question: int, told: list[tuple[str, str, dict[str, Any]]], expected: list[str]
) -> None:
    assert codes(question, lines(*told)) == expected


WRONG = {"slipped", "copies-other", "hole", "cause-later", "not-apart", "endorser-not-apart"}


@pytest.mark.parametrize("question", range(1, 10))
def test_a_played_cycle_is_answered_with_nothing_that_must_not_be(question: int) -> None:
    kinds = NINE[question - 1][1]
    told = [
        Told(row["index"], row["event"])
        for row in rows_of_the_demonstration()
        if row["case_id"] == CYCLE and (not kinds or row["stream"].partition("-")[0] in kinds)
    ]
    found = answered(question, told, {**GIVEN, "service": "kes.ibu_hamil"})
    assert found
    assert not [one for one in found if one.wrong or one.code in WRONG]
    assert {place for one in found for place in one.lines} <= {line.place for line in told}
    assert "{" not in text_of(question, found, told, GIVEN)


def test_a_hole_and_a_cause_that_comes_later_are_named() -> None:
    told = lines(entered(1), entered(2), entered(3))
    later = {**told[0].event["metadata"], "causation": {"source": "s", "stream": SUBMISSION, "version": 3}}
    told[0] = Told(0, {**told[0].event, "metadata": later})
    found = answered(7, [told[0], told[2]], {**GIVEN, "size": 1})
    assert [(one.code, one.wrong) for one in found] == [
        ("hole", True),
        ("cause-later", True),
        ("not-covered", False),
        ("not-certified", False),
    ]


@pytest.mark.parametrize("code", SAYINGS)
def test_both_languages_say_the_same_facts(code: str) -> None:
    named = [{name for _, name, _, _ in Formatter().parse(one) if name} for one in SAYINGS[code]]
    assert named[0] == named[1]
    assert not re.search(r"\b(tidak|yang|belum|oleh)\b", SAYINGS[code][1])
    facts = dict.fromkeys(named[0], "x")
    assert in_words(Said(code, facts), in_english=True)


def test_days_late_are_those_of_every_page() -> None:
    given = days_off([], 2026)
    due = date(2026, 2, 10)
    for number in range(-3, 90):
        done = due + timedelta(number)
        late = working_days_late(due.isoformat(), done.isoformat(), given)
        assert late == days_late(due, done, seed()), done


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("2.1", {"kes.ibu_hamil"}),
        ("4.075", {"kes.ibu_hamil"}),
        ("4122", {"kes.ibu_hamil", "kes.ibu_bersalin"}),
        ("ibu hamil", {"kes.ibu_hamil"}),
        (f"https://jejak.example/jejak-audit/angka/{CASE}/kes.balita?semua=true", {"kes.balita"}),
        ("9.9", set()),
        ("999999999", set()),
        ("𝟜.075", set()),
        ("%", set()),
    ],
)
def test_a_figure_is_found_by_what_is_printed(typed: str, expected: set[str]) -> None:
    figures = figures_of(Told(row["index"], row["event"]) for row in rows_of_the_demonstration())
    assert len(figures) == 29
    assert {one.service for one in meant(figures, typed)} == expected


def test_marks_are_all_different() -> None:
    figures = figures_of(Told(row["index"], row["event"]) for row in rows_of_the_demonstration())
    assert len({one.mark for one in figures}) == 29
    assert mark_of("unknown", 1) == "0.0"
