"""`jejak doctor`: what is wrong with an installation and what to do, one sentence each."""

import json
from collections.abc import Iterable
from pathlib import Path

from deploy.commands import terminal
from deploy.commands.running import runs
from deploy.doctor import checks
from deploy.doctor.finding import Finding, exit_code
from deploy.doctor.looking import look
from deploy.installing.settings_file import enter
from deploy.messages import sentence

MARKS = {
    "fine": "[green]✓[/green]",
    "unseen": "[dim]–[/dim]",
    "warning": "[yellow]![/yellow]",
    "wrong": "[bold red]✗[/bold red]",
}


def doctor(folder: Path, *, as_json: bool) -> int:
    """Looks, shows every check, answers 1 where something is wrong."""
    data = enter(folder)
    found = checks.judged(look(folder, data, runs))
    if as_json:
        told = {"folder": str(folder), "well": exit_code(found) == 0}
        terminal.console.print_json(json.dumps({**told, "checks": [one.as_json() for one in found]}))
    else:
        show(found)
        if exit_code(found) == 0:
            terminal.console.print(sentence("doctor-well"), soft_wrap=True)
    return exit_code(found)


def show(found: Iterable[Finding]) -> None:
    """A line a finding: its mark, what was looked at, and the sentence."""
    for one in found:
        name = sentence(f"check-{one.check}")
        said = one.text or (sentence("doctor-unseen") if one.state == "unseen" else "")
        terminal.console.print(f"{MARKS[one.state]} [bold]{name}[/bold]", end="  " if said else "\n")
        if said:
            terminal.console.print(said, markup=False, soft_wrap=True)
