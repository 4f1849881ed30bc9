"""How a submission stands, which due day it has to keep, and how late it was handed in.

SOP steps 7 and 8. Previous hop: `submission/queries.py`, with its row.
Next hop: the sheet, the list and the board. Pure.
"""

from collections.abc import Mapping
from typing import Literal

from services.intake.queries import Row
from shared.sop.calendar import Calendar
from shared.sop.parts import CHECKING, FILLING, PRINTING
from shared.sop.steps import Sop
from shared.web.words.lateness import Dues, HandIn, hand_in_late

Standing = Literal["open", "handed_in", "returned", "corrected", "taken_back", "approved", "withdrawn"]
WAITS = frozenset({"handed_in", "returned", "corrected", "taken_back"})
"""What is to be checked, or mended and checked."""


def standing(submission: Row) -> Standing:
    """How a submission stands, with what verification said about the revision that is handed in: returned by
    Tim SPM, or open for an official correction, which no verifier returned; withdrawn where all its services
    went over to other agencies.
    """
    if not submission["services"]:
        return "withdrawn"
    if (
        submission["state"] == "handed_in"
        and submission["verdict"] == "approved"
        and submission["verdict_revision"] == submission["revision"]
    ):
        return "approved"
    if submission["state"] == "returned" and submission["verdict"] != "returned":
        return "corrected"
    state: Standing = submission["state"]
    return state


def asked_under(stands: Standing, begun: Mapping[str, Row], sop: Sop) -> Row | None:
    """The step whose due day a submission has to keep: the filling; what was returned after it, or waits for
    a verdict, the checking. None while the checking of before is not open again yet: its day was another's.
    """
    filling, checking = begun.get(sop.step_of(FILLING).key), begun.get(sop.step_of(CHECKING).key)
    filled = bool(filling and filling["completed_on"])
    if checking and checking["due"] and (filled or stands == "handed_in"):
        return None if checking["completed_on"] and stands in WAITS else checking
    return filling if filling and filling["due"] else None


def is_printed(stands: Standing, begun: Mapping[str, Row], sop: Sop) -> bool:
    """Whether the report that tells these figures is printed."""
    printing = begun.get(sop.step_of(PRINTING).key)
    return stands == "approved" and bool(printing and printing["completed_on"])


def dues_of(begun: Mapping[str, Row], sop: Sop) -> Dues:
    """The due days of filling and checking of a cycle."""
    filling, checking = (
        begun[key]["due_on"] if key in begun else None
        for key in (sop.step_of(FILLING).key, sop.step_of(CHECKING).key)
    )
    return Dues(filling, checking)


def late_of(submission: Row, dues: Dues, calendar: Calendar) -> HandIn:
    """How late a submission was handed in; in time while it never was."""
    return hand_in_late(
        submission["first_handed_in_on"], submission["handed_in_on"], submission["revision"], dues, calendar
    )
