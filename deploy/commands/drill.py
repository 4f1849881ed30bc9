"""`jejak drill forgery`: attacks on a Jejak of its own, and a table of what was named.
Exit code 0 only where every trial of every attack was noticed and named with its place.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict

from rich.table import Table

from deploy.commands import terminal
from deploy.drill.forgery.run import run
from deploy.drill.forgery.trial import Outcome
from deploy.messages import sentence

COLUMNS = ("drill-where", "drill-attack", "drill-trials", "drill-noticed", "drill-named", "bench-met")


def forgery(*, trials: int, as_json: bool) -> int:
    """Attacks so often, and shows a row for each attack; for a program one line of JSON each."""
    outcomes = run(trials, _tell_program if as_json else _tell_person)
    if not as_json:
        terminal.console.print(table(outcomes))
    for outcome in outcomes:
        if outcome.missed and not as_json:
            terminal.line(sentence("drill-missed", what=outcome.attack, missed=", ".join(outcome.missed[:5])))
    return 0 if all(outcome.caught for outcome in outcomes) else 1


def table(outcomes: Sequence[Outcome]) -> Table:
    """Where, attack, trials, noticed, named, whether that is all."""
    shown = Table(show_edge=False, pad_edge=False)
    for place, key in enumerate(COLUMNS):
        shown.add_column(sentence(key), justify="left" if place < 2 else "right", overflow="fold")
    for one in outcomes:
        verdict = sentence("bench-yes") if one.caught else f"[red]{sentence('bench-no')}[/red]"
        shown.add_row(one.where, one.attack, f"{one.trials:,}", f"{one.noticed:,}", f"{one.named:,}", verdict)
    return shown


def _tell_person(outcome: Outcome) -> None:
    terminal.line(f"{outcome.where}: {outcome.attack} {outcome.named}/{outcome.trials}")


def _tell_program(outcome: Outcome) -> None:
    print(json.dumps({**asdict(outcome), "all_named": outcome.caught}, ensure_ascii=False), flush=True)  # noqa: T201 - for a program
