"""How the commands speak to the terminal: lines with a time, the table of parts, a bar for long work."""

import sys
import time
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from deploy.messages import CannotStart, sentence

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)


def line(text: str) -> None:
    """One line for people, with the time in front."""
    console.print(f"[dim]{time.strftime('%H:%M:%S')}[/dim] {text}", soft_wrap=True)


def give_up(reason: CannotStart) -> NoReturn:
    """The sentence, and exit code 1."""
    errors.print(f"[bold red]jejak:[/bold red] {reason}", soft_wrap=True)
    raise typer.Exit(1) from reason


def parts_table(rows: Iterable[Mapping[str, Any]], *, state: bool = False) -> Table:
    """Part, version, real or embedded, what it guarantees, address; with `state` also whether it runs."""
    table = Table(show_edge=False, pad_edge=False)
    for key in ("col-part", "col-version", "col-kind", "col-guarantee", "col-address"):
        table.add_column(sentence(key), overflow="fold")
    if state:
        table.add_column(sentence("col-state"))
    for row in rows:
        cells = [
            row["title"],
            row["version"],
            sentence(f"kind-{row['kind']}"),
            row["guarantees"],
            row["address"],
        ]
        if state:
            cells.append(sentence("state-up") if row["running"] else f"[red]{sentence('state-down')}[/red]")
        table.add_row(*cells)
    return table


class Stages:
    """Says which stage of a start began, and how far the fetching is;
    a moving bar on a terminal, plain lines elsewhere.
    """

    def __init__(self) -> None:
        self._last = ""
        self._told = -1

    def stage(self, key: str) -> None:
        if key != self._last:
            self._last = key
            line(f"{sentence(key)} …")

    def fetching(self, done: int, of: int) -> None:
        if sys.stdout.isatty():
            console.print(f"  {done}/{of}", end="\r" if done < of else "\n")
        elif done * 4 // of > self._told:
            self._told = done * 4 // of
            line(f"  {done}/{of}")
