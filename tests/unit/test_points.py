"""What the agency sees beside its figures: points of the last return and open questions."""

from typing import Any

from services.intake.submission.points import points_of

NOTE = {"service": "kes.balita", "field": "served", "note": "Sumber?"}


def row(what: str, field: str = "served", text: str = "Dari mana?") -> dict[str, Any]:
    return {"what": what, "facts": {"service": "kes.balita", "field": field, "text": text}}


def shown(*happened: dict[str, Any], notes: tuple[dict[str, Any], ...] = ()) -> list[tuple[str, str, bool]]:
    return [(one["field"], one["note"], one["answered"]) for one in points_of(notes, happened)]


def test_a_question_is_open_until_it_is_answered_and_gone_when_it_is_settled() -> None:
    asked, answered, settled = (row(f"question-{act}") for act in ("asked", "answered", "settled"))
    assert shown(asked) == [("served", "Dari mana?", False)]
    assert shown(asked, answered) == [("served", "Dari mana?", True)]
    assert shown(asked, answered, asked) == [("served", "Dari mana?", False)]
    assert shown(asked, answered, settled) == []


def test_the_points_of_a_return_take_the_place_of_what_was_asked_before() -> None:
    returned = {"what": "submission-returned", "facts": {"agency": "dinkes", "reason": "?"}}
    before = row("question-asked", "budget")
    assert shown(before, returned, notes=(NOTE,)) == [("served", "Sumber?", False)]
    assert shown(before, returned, row("question-answered"), notes=(NOTE,)) == [("served", "Sumber?", True)]
    assert shown(notes=(NOTE,)) == [("served", "Sumber?", False)]


def test_an_approval_leaves_no_point() -> None:
    approved = {"what": "submission-approved", "facts": {"agency": "dinkes", "revision": 1}}
    assert shown(row("question-asked"), approved, notes=(NOTE,)) == []
    assert shown(approved, row("question-answered")) == []
