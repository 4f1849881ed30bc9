"""The list of `jejak bench --json` as the table of docs/performance.md:
`jejak bench --json | python -m deploy.bench.report`.
"""

import json
import sys
from collections.abc import Iterable, Mapping
from typing import Any

HEAD = "| measured | value | held against | ratio | goal | met |\n|---|---:|---:|---:|---:|---|"
LESS = frozenset({"ms", "MB", "kB", "% of a core", "s"})
NOTHING = "–"


def lines(output: Iterable[str]) -> list[str]:
    """The table's lines, and under it how many cores other programs took during each topic."""
    told = [json.loads(line) for line in output if line.strip()]
    done = [entry for entry in told if "measured" in entry]
    whole = isinstance(told[-1], list)  # else it was ended before, and what was measured until then counts
    figures: list[Mapping[str, Any]] = (
        told[-1] if whole else [one for entry in done for one in entry.get("figures", ())]
    )
    others = [f"{entry['measured']} {entry['cores_taken_by_others']}" for entry in done]
    return [HEAD, *map(_row, figures), "", f"Cores taken by other programs meanwhile: {', '.join(others)}."]


def _row(figure: Mapping[str, Any]) -> str:
    reference = NOTHING if figure["reference"] is None else _number(figure["reference"])
    ratio = NOTHING if figure["ratio"] is None else f"{figure['ratio']:.2f}"
    sign = "≤" if figure["unit"] in LESS else "≥"
    goal = NOTHING if figure["goal"] is None else f"{sign} {figure['goal']:g}"
    met = {True: "yes", False: "**no**", None: NOTHING}[figure["met"]]
    value = f"{_number(figure['value'])} {figure['unit']}"
    return f"| {figure['name']} | {value} | {reference} | {ratio} | {goal} | {met} |"


def _number(value: float) -> str:
    return f"{value:,.{0 if value >= 100 or value == int(value) else 1 if value >= 10 else 2}f}"


if __name__ == "__main__":
    sys.stdout.write("\n".join(lines(sys.stdin)) + "\n")
