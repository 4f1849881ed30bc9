"""The list of `jejak bench --json` as the table of docs/performance.md:
`jejak bench --json | python -m deploy.bench.report`.
"""

import json
import sys
from collections.abc import Iterable, Mapping
from typing import Any

HEAD = "| measured | value | held against | ratio | goal | met |\n|---|---:|---:|---:|---:|---|"
LESS = frozenset({"ms", "MB", "% of a core", "s"})


def lines(output: Iterable[str]) -> list[str]:
    """The table's lines, and under it how many cores other programs took during each topic."""
    told = [json.loads(line) for line in output if line.strip()]
    figures: list[Mapping[str, Any]] = told[-1]
    others = [
        f"{entry['measured']} {entry['cores_taken_by_others']}" for entry in told[:-1] if "measured" in entry
    ]
    return [HEAD, *map(_row, figures), "", f"Cores taken by other programs meanwhile: {', '.join(others)}."]


def _row(figure: Mapping[str, Any]) -> str:
    sign = "≤" if figure["unit"] in LESS else "≥"
    value = f"{figure['value']:,.{0 if figure['value'] >= 100 else 1}f} {figure['unit']}"
    met = "yes" if figure["met"] else "**no**"
    return (
        f"| {figure['name']} | {value} | {figure['reference']:,.0f} | {figure['ratio']:.2f} | {sign} "
        f"{figure['goal']:g} | {met} |"
    )


if __name__ == "__main__":
    sys.stdout.write("\n".join(lines(sys.stdin)) + "\n")
