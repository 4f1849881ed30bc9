"""Every two acts at once, at every moment from the first hand-in to a second correction, before the news of
either has arrived anywhere: what `way_back_history` and `WayBack` hold, holds after each.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from copy import copy
from itertools import product

import pytest

from shared.contracts.correction import CorrectionDecided
from tests.property.test_way_back_machine import WayBack
from tests.property.way_back_history import AGENCIES

FIRST, SECOND = AGENCIES
WAY = range(13)
ACTS: Mapping[str, Callable[[WayBack], object]] = {
    "hands in": lambda one: one.hand_in(FIRST, "sri"),
    "hands in, who endorses": lambda one: one.hand_in(FIRST, "agus"),
    "approves": lambda one: one.approve(FIRST, "yuni"),
    "another approves": lambda one: one.approve(SECOND, "wulan"),
    "takes the approval back": lambda one: one.withdraw_approval(FIRST, "yuni"),
    "takes the other approval back": lambda one: one.withdraw_approval(SECOND, "yuni"),
    "takes back what another approved": lambda one: one.withdraw_approval(FIRST, "wulan"),
    "drafts": lambda one: one.draft(0),
    "drafts for the correction before": lambda one: one.draft(1),
    "endorses": lambda one: one.endorse("agus"),
    "endorses the own": lambda one: one.endorse("yuni"),
    "takes the endorsement back": lambda one: one.withdraw_endorsement("agus"),
    "takes another's endorsement back": lambda one: one.withdraw_endorsement("budi"),
    "prints": lambda one: one.print_copies(),
    **{
        f"corrects, {who}": lambda one, who=who: one.decide_correction(who, AGENCIES[:1])  # type: ignore[misc]
        for who in ("sri", "rina", "yuni", "agus", "budi")
    },
    "corrects everything": lambda one: one.decide_correction("budi", AGENCIES),
    "corrects nothing": lambda one: one.decide_correction("agus", ()),
}


def branch(one: WayBack) -> WayBack:
    """The same moment, from which something else follows."""
    other = copy(one)
    other.streams = defaultdict(list, {name: list(events) for name, events in one.streams.items()})
    other.news = defaultdict(deque, {name: deque(events) for name, events in one.news.items()})
    other.history, other.refused, other.filled = list(one.history), [], set(one.filled)
    other.open, other.revision = set(one.open), dict(one.revision)
    return other


def holds(one: WayBack) -> None:
    one.both_services_say_the_same_once_all_news_arrived()
    one.an_endorsement_is_taken_back_only_after_documents_took_it_back()
    one.every_refusal_is_a_sentence()


@pytest.mark.parametrize("far", WAY)
def test_of_two_acts_at_once_what_is_let_through_fits(far: int) -> None:
    moment = WayBack()
    moment.goes_the_usual_way(far)
    holds(moment)
    for first, second in product(ACTS.values(), ACTS.values()):
        one = branch(moment)
        first(one)
        second(one)
        one.all_news_arrives()
        holds(one)


def test_the_way_leads_to_a_correction_of_a_correction() -> None:
    moment = WayBack()
    moment.goes_the_usual_way(len(WAY))
    decided = [event for event in moment.history if isinstance(event, CorrectionDecided)]
    assert [event.correction for event in decided] == [1, 2]
