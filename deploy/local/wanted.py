"""What somebody asked for: which parts, which ports, which servers that exist already."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

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
        return cls(*(environment.get(name) or None for name in ("JEJAK_DATABASE_URL", "JEJAK_KAFKA", "JEJAK_S3")))
