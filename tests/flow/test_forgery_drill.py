"""Every attack on an export, on the databases, on the objects and on the broker, 200 times each, on a Jejak
of its own with a played cycle: each is named with its place, and what nobody touched is called whole.
"""

import pytest

from deploy.drill.forgery import broker, exported, objects, stored
from deploy.drill.forgery.run import run


@pytest.mark.test_all
def test_every_attack_is_named_every_time() -> None:
    outcomes = run(200, lambda _outcome: None)
    assert {outcome.where for outcome in outcomes} == {
        exported.WHERE,
        stored.WHERE,
        objects.WHERE,
        broker.WHERE,
    }
    assert [outcome for outcome in outcomes if not outcome.caught] == []
