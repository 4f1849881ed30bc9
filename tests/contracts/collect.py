"""Keeps one real event per type and version as a sample:
`python -m tests.contracts.collect events.ndjson` (an export of the audit log).

Only what has no sample yet is written: a sample that stands is never changed, because it says what the world
has seen. Withdrawals, corrections and refusals, which the demonstration never speaks, were written by hand.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).parent / "samples"


def sample_of(producer: str, name: str, schema: int) -> Path:
    return SAMPLES / f"{producer}.{name}.v{schema}.json"


def entries(export: Path) -> Iterator[dict[str, Any]]:
    """The lines of an export, each one event."""
    with export.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines)


def collect(export: Path) -> list[str]:
    """Writes a sample for every type and version of the export that has none; answers their names."""
    new: list[str] = []
    for entry in entries(export):
        path = sample_of(entry["source"], entry["type"], entry["schema"])
        if not path.exists():
            path.write_text(json.dumps(entry["data"], ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
            new.append(path.name)
    return new


if __name__ == "__main__":
    sys.stdout.write("\n".join(collect(Path(sys.argv[1]))) + "\n")
