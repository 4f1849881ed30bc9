"""What the four services' own checks say (`python -m services.S fsck`), run side by side as an operator runs
them.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from deploy.local.instance import Instance
from deploy.local.places import PROJECT
from shared.service_names import SERVICES

PATIENCE_S = 300.0


@dataclass(frozen=True)
class Said:
    """What each service's check wrote, and its exit code."""

    texts: Mapping[str, str]
    codes: Mapping[str, int]

    @property
    def honest(self) -> bool:
        """Whether none of them found anything, and all could look."""
        return not any(self.codes.values())

    @cached_property
    def sentences(self) -> list[str]:
        """Every difference, a sentence each."""
        lines = (line for text in self.texts.values() for line in text.splitlines())
        return [line for line in lines if not line.startswith("{")]

    def differing(self, service: str) -> Iterator[tuple[str, str]]:
        """Table and key of each row of a read model that is not what the events say."""
        head, _, _ = self.texts[service].partition("\n")
        for verdict in json.loads(head)["tables"] if head.startswith("{") else ():
            for key in verdict["differing"]:
                yield verdict["table"], key


def asked(instance: Instance) -> Said:
    """Asks all four. Raises subprocess.TimeoutExpired."""
    running = {
        service: subprocess.Popen(
            [sys.executable, "-m", f"services.{service}", "fsck"],
            env=instance.env(service, owner=True),
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for service in SERVICES
    }
    said = {service: one.communicate(timeout=PATIENCE_S) for service, one in running.items()}
    return Said(
        {service: out.decode(errors="replace") for service, (out, _) in said.items()},
        {service: one.returncode for service, one in running.items()},
    )
