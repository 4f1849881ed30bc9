"""What somebody asked for: which parts, which ports, which servers that exist already."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from deploy.messages import CannotStart
from shared import settings_told

PartsChoice = Literal["auto", "real", "embedded"]
PortsChoice = Literal["usual", "free"]
USUAL_PORT = 8400


@dataclass(frozen=True, slots=True)
class Existing:
    """Servers that replace parts of ours; each address in the form of the variable of the same name."""

    database_url: str | None = None
    kafka: str | None = None
    s3: str | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Existing":
        """Each also from the file that NAME_FILE names. Raises CannotStart for one that cannot be read."""
        names = ("JEJAK_DATABASE_URL", "JEJAK_KAFKA", "JEJAK_S3")
        told, faults = settings_told.found(environment, names)
        if faults:
            raise CannotStart("told-wrongly", faults="\n".join(faults.values()))
        return cls(*(told.get(name) for name in names))
