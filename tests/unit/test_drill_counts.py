"""The table of a drill: an attack is caught only where every trial was noticed and its place named."""

import json
import random

import pytest

from deploy.commands import drill
from deploy.drill.forgery.trial import Named, Outcome, tried


def outcome(*found: Named) -> Outcome:
    one = Outcome("ekspor", "satu bit diubah")
    for number, named in enumerate(found):
        one.count(named, str(number))
    return one


YES, UNNAMED, UNNOTICED = Named(True, True), Named(True, False), Named(False, False)


@pytest.mark.parametrize(
    ("found", "caught", "missed"),
    [
        ((YES, YES), True, []),
        ((YES, UNNAMED), False, ["1"]),
        ((UNNOTICED, YES), False, ["0"]),
    ],
)
def test_an_attack_is_caught_only_where_every_place_was_named(
    found: tuple[Named, ...], caught: bool, missed: list[str]
) -> None:
    one = outcome(*found)
    assert (one.trials, one.caught, one.missed) == (2, caught, missed)


@pytest.mark.parametrize(("last", "code"), [(YES, 0), (UNNAMED, 1), (UNNOTICED, 1)])
def test_the_exit_code_and_the_table_say_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], last: Named, code: int
) -> None:
    outcomes = [outcome(YES), outcome(last)]
    monkeypatch.setattr(drill, "run", lambda _trials, tell: [tell(one) or one for one in outcomes])
    assert drill.forgery(trials=1, as_json=True) == code
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["all_named"] for one in told] == [True, code == 0]
    assert drill.forgery(trials=1, as_json=False) == code
    shown = capsys.readouterr().out
    assert ("satu bit diubah" in shown, ("ulangi" in shown or "repeat" in shown)) == (True, code == 1)


def test_the_same_seed_is_the_same_trial() -> None:
    met = list[float]()

    def one(chance: random.Random) -> Named:
        met.append(chance.random())
        return YES

    tried("ekspor", "a", (1, 2), one)
    tried("ekspor", "a", (1, 2), one)
    assert met[:2] == met[2:]
    assert met[0] != met[1]
