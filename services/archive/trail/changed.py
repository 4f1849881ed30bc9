"""What an event changed: the state that it set beside the one that the line before set, in words.

Every SOP step. Previous hop: `trail/view.py`, with a line and the lines that set its states before. Next hop:
a person. Pure. What no earlier line set is not told as a change, but for what was added.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from services.archive.states import DAMAGED, TELLING, State, states_of, word_of
from services.archive.trail.event_words import Fact, facts
from shared.access.people import People

Row = Mapping[str, Any]
Cells = dict[str, tuple[str, list[str]]]
"""By the name of a cell, without places in lists: what it is called, and how its values read."""
NAMING = frozenset({"service", "field"})
"""What says of what else a value is, in the same place."""
NO_CELL: tuple[str, list[str]] = ("", [])


@dataclass(frozen=True, slots=True)
class Changed:
    """One cell that reads otherwise; empty: it was, or is, nothing. `listed`: one of several values, which
    came or went.
    """

    cell: str
    before: str
    after: str
    listed: bool = False


def words_to_find(row: Row) -> list[str]:
    """The words by which the lines are found that set the states of this line before."""
    return list(dict.fromkeys(word_of(row["source"], row["stream"], state) for state in _states(row)))


def changed(row: Row, before: Mapping[str, Row], people: People) -> list[Changed]:
    """What a line changed. `before`: by the word of a state the line that set it before."""
    with suppress(*DAMAGED):
        event = row["event"]
        if (event["source"], event["type"]) in TELLING:
            return list(_as_told(event["data"], people))
        service = event["data"].get("service", "")
        return [
            one
            for state in _states(row)
            for one in _since(state, _set_before(row, state, before), str(service), people)
        ]
    return []


def _states(row: Row) -> list[State]:
    return states_of(row["event"])


def _set_before(row: Row, state: State, before: Mapping[str, Row]) -> State | None:
    earlier = before.get(word_of(row["source"], row["stream"], state))
    if earlier is None or (earlier["source"], earlier["stream"]) != (row["source"], row["stream"]):
        return None
    same = (one for one in _states(earlier) if (one.name, one.key) == (state.name, state.key))
    return next(same, None)


def _since(state: State, before: State | None, service: str, people: People) -> Iterator[Changed]:
    if before is not None or state.comes:
        yield from between(before, state, service, people)


def between(before: State | None, after: State, service: str, people: People) -> Iterator[Changed]:
    """The cells in which a state differs from what it was; None: it was not. `service`: whose cells they are,
    where they are those of a service.
    """
    apart = _apart(before.said if before else {}, after.said)
    old, new = (_cells(said, service, people) for said in apart)
    for name in dict.fromkeys([*new, *old]):
        (title, was), (title_now, now) = old.get(name, NO_CELL), new.get(name, NO_CELL)
        yield from _cell(title_now or title, was, now, listed=after.comes)


def _apart(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Both without what they say alike, so that of twenty-nine figures only the others are put in words."""
    was, now = dict(old), dict(new)
    for name in was.keys() & now.keys():
        if was[name] == now[name] and name not in NAMING:
            del was[name], now[name]
        elif isinstance(was[name], Mapping) and isinstance(now[name], Mapping):
            was[name], now[name] = _apart(was[name], now[name])
    return was, now


def _cell(title: str, was: Sequence[str], now: Sequence[str], *, listed: bool) -> Iterator[Changed]:
    if listed or len(was) > 1 or len(now) > 1:
        yield from (Changed(title, one, "", listed=True) for one in was if one not in now)
        yield from (Changed(title, "", one, listed=True) for one in now if one not in was)
    elif was != now:
        yield Changed(title, "".join(was), "".join(now))


def _cells(said: Mapping[str, Any], service: str, people: People) -> Cells:
    found: Cells = {}
    for fact in facts({"service": service, **said}, people):
        if fact.name != "service":
            found.setdefault(_plain_name(fact), (fact.title, []))[1].append(fact.value)
    return found


def _plain_name(fact: Fact) -> str:
    return ".".join(str(step) for step in fact.path if isinstance(step, str))


def _as_told(data: Mapping[str, Any], people: People) -> Iterator[Changed]:
    """Of an event that says before and after of cells itself."""
    for one in data.get("changes", [data]):
        told = {fact.name: fact.value for fact in facts(one, people)}
        before, after = told.get("before", ""), told.get("after", "")
        if before != after:
            about = [told[name] for name in ("service", "field") if name in told]
            yield Changed(": ".join(about), before, after)
