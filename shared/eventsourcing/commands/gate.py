"""The one gate before every decision: no command reaches its rules with text,
a number or a day that no record should hold.

An event's way, hop 2, first thing. Previous hop: `command_handler`, for API, page and process manager alike.
Next hop: `decide`. Pure. What a field may hold follows from its annotation (`shared.contracts.fields`), by
the checks of `checks.py`.

A command that follows from an event passes as it is, except for what no store can hold: what was recorded
before there was a gate is a fact, its digests are computed over its very letters, and refusing it would park
an old history for good.
"""

import re
from datetime import date, datetime
from typing import Annotated, Any, TypeVar

from shared.clock import WIB
from shared.contracts.fields import Text
from shared.contracts.secret_text import is_token
from shared.eventsourcing.commands.checks import check_of
from shared.eventsourcing.commands.decider import Refused
from shared.eventsourcing.commands.value_checks import SETTINGS, At

Given = TypeVar("Given")

PLAN_YEARS = 3
_CYCLE = re.compile(r"[0-9]{4}-(?P<year>[0-9]{4})")
_STREAM = Annotated[str, Text(200, pattern=r"[a-z0-9._-]+")]


def at(case_id: str, now: datetime, *, followed: bool = False) -> At:
    """The bounds of days for a case: today in the office, the first day of the year before the cycle's year,
    and three years after it.
    """
    cycle, today = _CYCLE.fullmatch(case_id), now.astimezone(WIB).date()
    if cycle is None or not SETTINGS[0].year < int(cycle["year"]) <= SETTINGS[1].year:
        return At(today, followed=followed)
    year = int(cycle["year"])
    return At(today, date(year - 1, 1, 1), date(year + PLAN_YEARS, 12, 31), followed)


def admit(command: Given, when: At) -> Given:
    """The command as it may be decided: texts in NFC.
    Raises Refused with the name of the field that must be mended.
    """
    kind: Any = type(command)
    admitted: Given = check_of(kind)(command, "", when)
    return admitted


def admit_stream(stream: str, case_id: str) -> None:
    """Raises Refused for a stream or case that can't be the name of one."""
    for text, field in ((stream, "stream"), (case_id, "cycle")):
        check_of(_STREAM)(text, field, At(SETTINGS[0]))


def admit_subject(subject: str, command: object) -> None:
    """Raises Refused where a token gives what demands a person: every command that does not say otherwise by
    `by_token`.
    """
    if is_token(subject) and not getattr(command, "by_token", False):
        raise Refused("person-demanded", "Ini menuntut seorang pegawai; token tidak dapat melakukannya.")


def names_cycle(case_id: str, command: object) -> bool:
    """Whether a command speaks of a cycle that must exist:
    agencies and the calendar belong to none, and one command opens it.
    """
    return case_id != "settings" and not getattr(command, "opens_case", False)


def unknown_case(case_id: str) -> Refused:
    return Refused("case-unknown", "Siklus {cycle} tidak dikenal di sini.", field="cycle", cycle=case_id)
