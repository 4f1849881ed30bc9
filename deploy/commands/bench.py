"""`jejak bench`: speed and size on this machine, each figure beside its goal.
The exit code says that it ran, not that every goal was met.
"""

import json
import os
import platform
from collections.abc import Iterable, Sequence
from typing import Any

from rich.table import Table

from deploy.bench.figure import Figure
from deploy.bench.run import Wanted, run
from deploy.commands import terminal
from deploy.messages import sentence

NOTHING = "–"


def bench(*, as_json: bool, wanted: Wanted) -> int:
    """Measures, shows a table (or, for a program, one line of JSON per topic
    and the list of figures as the last line).
    """
    load = os.getloadavg()[0]
    figures = run(_tell_program if as_json else _tell_person, wanted)
    if as_json:
        print(json.dumps([figure.as_json() for figure in figures], ensure_ascii=False), flush=True)  # noqa: T201 - for a program
        return 0
    terminal.console.print(table(figures))
    terminal.line(
        sentence("bench-machine", machine=machine(), load=f"{load:.1f}", after=f"{os.getloadavg()[0]:.1f}")
    )
    return 0


def table(figures: Iterable[Figure]) -> Table:
    """What, value, held against, ratio, goal, met."""
    shown = Table(show_edge=False, pad_edge=False)
    for key in (
        "bench-what",
        "bench-value",
        "bench-reference",
        "bench-ratio",
        "bench-goal",
        "bench-met",
        "bench-note",
    ):
        shown.add_column(
            sentence(key), justify="left" if key in {"bench-what", "bench-note"} else "right", overflow="fold"
        )
    for figure in figures:
        sign = "≥" if figure.better == "more" else "≤"
        verdict = sentence("bench-yes") if figure.met else f"[red]{sentence('bench-no')}[/red]"
        reference, ratio, goal = figure.reference, figure.ratio, figure.goal
        shown.add_row(
            figure.name,
            f"{figure.value:,.{0 if figure.value >= 100 else 1}f} {figure.unit}",
            NOTHING if reference is None else f"{reference:,.{0 if reference >= 100 else 1}f}",
            NOTHING if ratio is None else f"{ratio:.2f}",
            NOTHING if goal is None else f"{sign} {goal:g}",
            NOTHING if figure.met is None else verdict,
            figure.note,
        )
    return shown


def machine() -> str:
    """Cores, kind of machine, operating system and Python, for the line under the table."""
    return (
        f"{os.cpu_count()} × {platform.machine()}, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}"
    )


def _tell_person(topic: str, cores: float | None = None, _found: Sequence[Figure] = ()) -> None:
    terminal.line(
        f"{sentence(f'bench-{topic}')} …"
        if cores is None
        else f"  {sentence('bench-others', cores=f'{cores:.1f}')}"
    )


def _tell_program(topic: str, cores: float | None = None, found: Sequence[Figure] = ()) -> None:
    told: dict[str, Any] = {"measuring": topic}
    if cores is not None:
        figures = [{**figure.as_json(), "note": figure.note} for figure in found]
        told = {"measured": topic, "cores_taken_by_others": round(cores, 2), "figures": figures}
    print(json.dumps(told), flush=True)  # noqa: T201 - for a program
