"""Who must act next: only what can be done is asked, what is redone is said with its reason,
and there is always a next thing.
"""

from datetime import date
from itertools import product
from typing import Any

import pytest

from services.intake.board.board import Board, Report
from services.intake.board.task_words import TaskWording
from services.intake.board.tasks import split, tasks
from shared.access.people import Office, People
from shared.access.permissions import Viewer, load
from tests.support.steps import KEY
from tests.unit.test_board import START, begun, board, submission, until

CYCLE = "3402-2026"
ENDORSED, LETTERS = "report-endorsed", ("pengantar_gubernur", "pengantar_kemendagri")
PARTS = (ENDORSED, *LETTERS)
HAPPENED: dict[str, Any] = {letter: {} for letter in LETTERS}
NOBODY = People(persons={}, agencies={})
FILLED = "/isian/3402-2026-dinkes-tahunan"


def viewer(role: str, agency: str = "tatapem", person: str = "x") -> Viewer:
    office = Office(role=role, region="3402", agency=agency, valid_from=date(2025, 1, 1))
    return Viewer(
        person=person, name="X", agency=agency, agency_name=agency, region="3402", offices=(office,)
    )


def asked(found: Board, role: str, agency: str = "tatapem", person: str = "x") -> list[tuple[int, str, str]]:
    todos, _ = split(viewer(role, agency, person), [found])
    return [(todo.task.step.step.number, todo.task.act, todo.task.path) for todo in todos]


def awaited(found: Board, role: str) -> list[tuple[str, str]]:
    return [(entry.first.role, entry.first.act) for entry in split(viewer(role), [found])[1]]


def said(what: str, revision: int, **facts: Any) -> dict[str, Any]:
    return {
        "what": what,
        "version": revision,
        "facts": {"revision": revision, **facts},
        "by": "yuni",
        "occurred_on": START,
    }


def report(drafted: int, what: str, revision: int, **facts: Any) -> Report:
    return Report(
        drafted=said("document-drafted", drafted, document="laporan"), said=said(what, revision, **facts)
    )


@pytest.mark.parametrize(
    ("number", "role", "act", "path"),
    [
        (1, "kabag", "record", f"/langkah/3402-2026/{KEY[1]}"),
        (2, "subkoordinator", "record", f"/langkah/3402-2026/{KEY[2]}"),
        (3, "subkoordinator", "record", f"/langkah/3402-2026/{KEY[3]}"),
        (4, "subkoordinator", "draft_decree", "/dokumen/3402-2026/sk_tim"),
        (5, "subkoordinator", "hand_over", "/dokumen/3402-2026/sk_tim"),
        (6, "kabag", "record", f"/langkah/3402-2026/{KEY[6]}"),
        (9, "tim_spm", "report", "/dokumen/3402-2026/laporan"),
        (11, "tim_spm", "print", "/dokumen/3402-2026/laporan"),
        (13, "arsiparis", "archive", "/arsip?siklus=3402-2026"),
    ],
)
def test_a_step_needs_the_office_that_owns_it_and_leads_to_the_thing_itself(
    number: int, role: str, act: str, path: str
) -> None:
    found = board(until(number), START)
    assert asked(found, role) == [(number, act, path)]
    assert asked(found, "inspektur") == []
    assert awaited(found, "inspektur") == [(role, act)]


def test_only_a_report_that_waits_is_endorsed_and_the_letters_are_asked_of_the_team() -> None:
    found = board(until(10, parts=PARTS), START, report=report(2, "endorsement-requested", 2))
    assert asked(found, "kabag") == [(10, "endorse", "/pengesahan/3402-2026")]
    assert asked(found, "tim_spm") == [(10, "letter", f"/dokumen/3402-2026/{letter}") for letter in LETTERS]
    underway = board(until(10, parts=PARTS), START, report=report(2, "endorsement-requested", 1))
    assert asked(underway, "kabag") == []
    done = board(
        until(10, parts=PARTS), START, report=report(2, "report-endorsed", 2), done={10: {ENDORSED: {}}}
    )
    assert asked(done, "kabag") == []


def test_who_may_endorse_is_named_as_the_rights_have_it() -> None:
    found = board(until(10, parts=PARTS), START, report=report(2, "endorsement-requested", 2))
    (task,) = [task for task in tasks(found) if task.act == "endorse"]
    assert {task.role, task.also} == set(load().roles("verification.EndorseReport"))


def test_nobody_who_had_a_hand_in_the_report_is_asked_to_endorse_it() -> None:
    verified = submission("dinkes", "handed_in", verdict="approved", verdict_revision=1, verdict_by="wulan")
    found = board(
        until(10, parts=PARTS),
        START,
        verified,
        report=report(1, "endorsement-requested", 1),
        touched={verified["submission"]: frozenset({"sri"})},
    )
    assert {person: asked(found, "kabag", person=person) for person in ("yuni", "sri", "wulan")} == {
        "yuni": [],
        "sri": [],
        "wulan": [],
    }
    assert asked(found, "kabag") != []


def test_after_a_refusal_the_team_redrafts_and_nobody_is_sent_to_endorse() -> None:
    rows = {**until(10, parts=PARTS), 9: begun(9, parts=("laporan",))}
    refused = report(1, "endorsement-refused", 1, reason="Tabel 3 keliru.")
    found = board(
        rows,
        START,
        report=refused,
        reopened={9: {"laporan": frozenset({f"endorsement-{CYCLE}"})}},
        done={10: HAPPENED},
    )
    assert asked(found, "tim_spm") == [(9, "report_refused", "/dokumen/3402-2026/laporan")]
    assert asked(found, "kabag") == []
    assert [task.facts["reason"] for task in tasks(found) if task.act == "report_refused"] == [
        "Tabel 3 keliru."
    ]


def test_when_figures_changed_the_team_verifies_first_and_redrafts_then() -> None:
    again = submission("dinkes", "handed_in", revision=2, handed_in_on=START)
    by = {
        8: {"all-submissions-approved": frozenset({f"round-{CYCLE}"})},
        9: {"laporan": frozenset({f"document-{CYCLE}-laporan"})},
    }
    rows = {**until(10, parts=PARTS), 8: begun(8), 9: begun(9, parts=("laporan",))}
    waiting = report(1, "endorsement-requested", 1)
    letters = {10: HAPPENED}
    found = board(rows, START, again, report=waiting, reopened=by, done=letters)
    assert asked(found, "tim_spm") == [(8, "verify", "/verifikasi/3402-2026-dinkes-tahunan")]
    assert asked(found, "kabag") == []
    approved = {**again, "verdict": "approved", "verdict_revision": 2, "verdict_by": "wulan"}
    then = board(
        {**rows, 8: begun(8, completed=START)},
        START,
        approved,
        report=waiting,
        reopened={9: by[9]},
        done=letters,
    )
    assert asked(then, "tim_spm") == [(9, "report_stale", "/dokumen/3402-2026/laporan")]


def test_the_letters_of_a_correction_wait_until_the_corrected_report_is_endorsed() -> None:
    letters = {10: {letter: frozenset({f"document-{CYCLE}-{letter}"}) for letter in LETTERS}}
    rows = {**until(10, parts=PARTS), 8: begun(8), 9: begun(9, parts=("laporan",))}
    wrong = submission("dinkes", "returned", verdict="voided")
    mending = board(rows, START, wrong, report=report(1, "report-endorsed", 1), reopened=letters)
    assert asked(mending, "tim_spm") == []
    assert asked(mending, "unsur_opd", "dinkes") == [(8, "correct", FILLED)]
    waits = report(2, "endorsement-requested", 2)
    drafted = board(until(10, parts=PARTS), START, report=waits, reopened=letters)
    assert (asked(drafted, "tim_spm"), len(asked(drafted, "kabag"))) == ([], 1)
    endorsed = board(
        until(10, parts=PARTS),
        START,
        report=report(2, "report-endorsed", 2),
        reopened=letters,
        done={10: {ENDORSED: {}}},
    )
    assert [act for _step, act, _path in asked(endorsed, "tim_spm")] == ["letter", "letter"]


def test_an_officer_is_asked_to_fill_or_mend_the_own_submission() -> None:
    for state, verdict, act in (
        ("open", None, "fill"),
        ("returned", "returned", "mend"),
        ("returned", "approved", "correct"),
        ("returned", "voided", "correct"),
        ("taken_back", "voided", "again"),
    ):
        wrong = submission("dinkes", state, verdict=verdict)
        found = board(until(7), START, wrong, submission("dinsos", "handed_in"))
        assert asked(found, "unsur_opd", "dinkes") == [(7, act, FILLED)]
        assert asked(found, "unsur_opd", "dinsos") == []


@pytest.mark.parametrize(("state", "verdict"), [("returned", "voided"), ("handed_in", None)])
def test_while_the_verification_of_before_is_not_open_again_its_due_day_is_nobodys(
    state: str, verdict: str | None
) -> None:
    rows = {number: begun(number, completed=START) for number in range(1, 13)}
    found = board({**rows, 13: begun(13)}, date(2027, 9, 1), submission("dinkes", state, verdict=verdict))
    (task,) = (task for task in tasks(found) if task.about == "Dinkes")
    assert (task.due_on, task.left) == (None, None)


def test_the_team_is_asked_to_verify_what_is_handed_in_but_nobody_the_own_work() -> None:
    handed_in = submission("dinkes", "handed_in", handed_in_on=START)
    found = board(until(7), START, handed_in, touched={handed_in["submission"]: frozenset({"sri"})})
    assert asked(found, "tim_spm") == [(7, "verify", "/verifikasi/3402-2026-dinkes-tahunan")]
    assert asked(found, "tim_spm", person="sri") == []
    assert asked(board(until(8), START, handed_in), "tim_spm")[0][0] == 8


def test_receipts_are_asked_for_by_recipient_until_they_are_back() -> None:
    sent = {name: said("dispatch-sent", 1) for name in ("gubernur", "kemendagri")}
    found = board(until(13), START, sent=sent, received=frozenset({"gubernur"}))
    assert asked(found, "tim_spm") == [(13, "receipt", "/pengiriman/3402-2026#kemendagri-judul")]
    (filing,) = [task for task in tasks(found) if task.act == "archive"]
    assert (
        TaskWording(NOBODY, "3402").why(filing)
        == "Tanda terima Kemendagri belum kembali; yang lain sudah dapat diarsipkan."
    )
    back = board(until(13), START, sent=sent, received=frozenset(sent))
    assert [task.why for task in tasks(back)] == [""]


def test_each_recipient_is_sent_to() -> None:
    found = board(until(12, parts=("gubernur", "kemendagri")), START, done={12: {"gubernur": {}}})
    assert asked(found, "tim_spm") == [(12, "send", "/pengiriman/3402-2026#kemendagri-judul")]


def test_the_nearest_due_day_of_all_cycles_comes_first() -> None:
    newer, older = board(until(1), START), board(until(13), START)
    person = Viewer(
        person="x",
        name="X",
        region="3402",
        agency="t",
        agency_name="T",
        offices=(viewer("kabag").offices[0], viewer("arsiparis").offices[0]),
    )
    todos, _ = split(person, [newer, older])
    assert [todo.task.act for todo in todos] == ["archive", "record"]


def test_right_after_opening_something_is_on_its_way() -> None:
    assert [(task.act, task.step.step.number) for task in tasks(board({}, START))] == [("preparing", 1)]
    between = {number: begun(number, completed=START) for number in range(1, 5)}
    assert [
        (task.act, task.step.step.number) for task in tasks(board(between, START, decree_missing=True))
    ] == [
        ("decree", 5),
        ("preparing", 5),
    ]


def test_a_closed_cycle_asks_nothing() -> None:
    assert tasks(board({number: begun(number, completed=START) for number in range(1, 14)}, START)) == ()


@pytest.mark.parametrize("number", range(1, 14))
def test_whatever_the_read_models_say_there_is_a_next_thing(number: int) -> None:
    """Every combination of what is known at a step, the odd ones of messages under way included."""
    states = [
        None,
        *(
            submission(
                "dinkes", state, verdict=verdict, verdict_revision=1, verdict_by="w", handed_in_on=START
            )
            for state, verdict in product(
                ("open", "handed_in", "returned", "taken_back"), (None, "approved", "returned", "voided")
            )
        ),
    ]
    parts = {10: PARTS, 12: ("gubernur", "kemendagri")}.get(number, ())
    for shown, done, known in product(
        states,
        ({part: {} for part in parts}, {}),
        (Report(), report(2, "endorsement-refused", 1), report(1, "report-endorsed", 1)),
    ):
        found = board(
            until(number, parts=parts), START, *([shown] if shown else []), done={number: done}, report=known
        )
        assert tasks(found), (shown, done, known)
        assert split(viewer("inspektur"), [found])[1]
