"""Versions made again from events, and where they differ from what was kept: pure."""

from collections.abc import Sequence

from sqlalchemy import Column, Integer, MetaData, Table, Text

from shared.eventsourcing.read_models.changes import Change, Delete, Patch, Put
from shared.eventsourcing.read_models.versions import OPEN, Span, Version, remade, spans

TALLY = Table("tally", MetaData(), Column("stream", Text, primary_key=True), Column("served", Integer))
KEY = {"stream": "a"}


def put(served: int) -> Put:
    return Put(TALLY, KEY, {"served": served})


def made(*commits: tuple[int, Change]) -> list[tuple[int, int, int | None]]:
    found = remade((commit, (change,)) for commit, change in commits)
    return [(one.begun, one.ended, one.row["served"]) for one in found[TALLY][("a",)]]


def test_of_each_commit_the_last_counts_and_ends_the_one_before() -> None:
    assert made((1, put(1)), (4, put(2)), (4, put(3)), (7, Delete(TALLY, KEY)), (9, put(4))) == [
        (1, 4, 1),
        (4, 7, 3),
        (9, OPEN, 4),
    ]


def test_what_changes_nothing_is_no_version() -> None:
    assert made((1, put(1)), (2, put(1)), (3, Patch(TALLY, KEY, {"served": 1}))) == [(1, OPEN, 1)]


def test_what_came_and_went_in_one_commit_was_never_there() -> None:
    assert made((2, put(1)), (2, Delete(TALLY, KEY)), (5, put(2))) == [(5, OPEN, 2)]


def versions(*said: tuple[int, int, int]) -> list[Version]:
    return [Version(begun, ended, {"served": served}) for begun, ended, served in said]


def where(kept: Sequence[Version], right: Sequence[Version]) -> list[tuple[int, int]]:
    return [(one.begun, one.ended) for one in spans(kept, right)]


RIGHT = versions((1, 5, 1), (5, 9, 2), (9, OPEN, 3))


def test_the_same_history_differs_nowhere_however_it_is_cut() -> None:
    assert where(RIGHT, RIGHT) == []
    assert where(versions((1, 3, 1), (3, 5, 1), (5, 9, 2), (9, OPEN, 3)), RIGHT) == []


def test_a_changed_a_removed_and_an_invented_version_are_named_by_their_position() -> None:
    assert where(versions((1, 5, 1), (5, 9, 7), (9, OPEN, 3)), RIGHT) == [(5, 9)]
    assert where(versions((1, 5, 1), (9, OPEN, 3)), RIGHT) == [(5, 9)]
    assert where([*versions((1, 5, 1), (5, 9, 2), (9, 12, 3), (12, OPEN, 8))], RIGHT) == [(12, OPEN)]


def test_what_appeared_too_early_says_what_the_events_say_at_its_end() -> None:
    (span,) = spans(versions((1, 4, 1), (4, 9, 2), (9, OPEN, 3)), RIGHT)
    assert span == Span(4, 5, {"served": 2}, {"served": 2}, 5)


def test_what_differs_without_a_gap_ends_together() -> None:
    found = spans(versions((1, 3, 1), (3, 12, 7), (12, OPEN, 3)), RIGHT)
    assert [(one.begun, one.ended, one.mended) for one in found] == [(3, 5, 12), (5, 9, 12), (9, 12, 12)]
