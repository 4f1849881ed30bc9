"""Waiting for company: nothing is held up that comes singly, and a flood goes in large parts."""

from itertools import pairwise

import pytest

from shared.messaging.sending.pause import AN_EVENT_S, LONGEST_S, pause_after

SINGLY, CROWDED = 100, 400


def pages(rate: int, first: int) -> list[int]:
    """How many events go together, one sending after the other, where so many a second are committed."""
    together = [first]
    for _ in range(50):
        together.append(max(1, int(rate * pause_after(together[-1]))))
    return together


@pytest.mark.parametrize("first", [1, 7, 29, 2000])
def test_events_that_come_singly_go_singly_again_after_any_flood(first: int) -> None:
    assert pages(SINGLY, first)[-1] == 1


@pytest.mark.parametrize("first", [2, 7])
def test_many_events_go_together_and_wait_no_longer_than_the_longest_pause(first: int) -> None:
    assert pages(CROWDED, first)[-1] == CROWDED * LONGEST_S


def test_the_pause_grows_with_what_went_together_up_to_its_longest() -> None:
    pauses = [pause_after(events) for events in range(50)]
    assert all(shorter <= longer for shorter, longer in pairwise(pauses))
    assert (pauses[0], pauses[1], pauses[-1]) == (0.0, AN_EVENT_S, LONGEST_S)
