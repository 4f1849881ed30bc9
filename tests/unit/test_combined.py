"""Fields of one name are one; what differs is said, and nothing is left out or invented."""

from dataclasses import dataclass

import pytest

from shared.eventsourcing.combined import combined


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    digest: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    cycle: str
    digest: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    cycle: str
    digest: str
    by: str
    reason: str = ""


ASKED, OPENED = Asked(digest="seen", by="rini"), Opened(cycle="3402-2026", digest="kept", notes=("a",))


def test_the_later_source_wins_and_what_is_said_wins_over_all() -> None:
    assert combined(Done, OPENED, ASKED) == Done(cycle="3402-2026", digest="seen", by="rini")
    assert combined(Done, ASKED, OPENED).digest == "kept"
    assert combined(Done, ASKED, OPENED, digest="said", reason="late") == Done(
        cycle="3402-2026", digest="said", by="rini", reason="late"
    )


def test_a_field_without_a_value_is_refused() -> None:
    with pytest.raises(TypeError, match="cycle"):
        combined(Done, ASKED)


def test_a_field_that_there_is_not_is_refused() -> None:
    with pytest.raises(TypeError, match="notes"):
        combined(Done, ASKED, OPENED, notes=())
