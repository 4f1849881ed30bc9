"""One whole Jejak for all tests that need everything: real parts, four services, front door,
and cycles played through it.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.commands.play import whole_export
from deploy.local.instance import Instance
from services.archive.proof import verifier
from services.archive.proof.verifier_export import EVENTS
from tests.support.parts import EXERCISED

EMBEDDED = os.environ.get("JEJAK_TEST_PARTS") == "embedded"


@pytest.fixture(scope="session")
def jejak() -> Iterator[Instance]:
    """A running installation on free ports."""
    folder = Path(tempfile.mkdtemp(prefix="jejak-whole-"))
    folder.chmod(0o711)
    try:
        with Instance(folder / "var", parts="embedded" if EMBEDDED else "real") as instance:
            for row in instance.table():
                EXERCISED.setdefault(row["title"], f"{row['version']} ({row['kind']})")
            yield instance
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Log:
    """The exported audit log of an installation, verified offline,
    once it holds the end of the cycle that was played.
    """

    def __init__(self, instance: Instance, folder: Path, cycle: str) -> None:
        self.export = whole_export(instance.address, folder / "export", cycle)
        self.report = verifier.verify(self.export)
        lines = (self.export / EVENTS).read_bytes().splitlines()  # a digest where another region's stands
        self.events: list[dict[str, Any]] = [json.loads(line) for line in lines if line[:7] != b"sha256:"]

    def of(self, cycle: str, kind: str = "") -> list[dict[str, Any]]:
        """The events of a cycle in the log's order."""
        return [event for event in self.events if event["case_id"] == cycle and kind in {"", event["type"]}]

    def holes(self) -> list[str]:
        """Streams whose versions are not 1, 2, 3 … in the log's order."""
        seen: dict[tuple[str, str], int] = {}
        wrong = []
        for event in self.events:
            key = event["source"], event["stream"]
            if event["version"] != seen.get(key, 0) + 1:
                wrong.append(f"{key} {seen.get(key, 0)} → {event['version']}")
            seen[key] = event["version"]
        return wrong
