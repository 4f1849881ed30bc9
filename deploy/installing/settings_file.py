"""`settings.toml` of an installation: the settings that services and front door know by name, in one file.

Role: one vocabulary. What stands here is told as if it stood in the environment, and nothing may stand in
both and differ. Previous hop: `deploy/cli.py`, which is given the folder. Next hop: `deploy/local/told.py`.
"""

import os
import tomllib
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any, Final

from pydantic.fields import FieldInfo

from deploy.front_door import settings as door_settings
from deploy.local.service_process import SAID_BY_US
from deploy.messages import CannotStart
from shared import settings
from shared.service_names import SERVICES

NAME: Final = "settings.toml"
DATA: Final = "JEJAK_DATA"
_OWN: Final = (
    *(DATA, "JEJAK_CACHE", "JEJAK_MAVEN", "JEJAK_STATE", "JEJAK_LANGUAGE"),
    *("JEJAK_DATABASE_URL", "JEJAK_KAFKA", "JEJAK_S3"),
    *("JEJAK_BACKUP_TO", "JEJAK_BACKUP_RECIPIENT", "JEJAK_BACKUP_PASSPHRASE"),
    *(f"JEJAK_{part}_{service.upper()}" for part in ("KAFKA", "S3") for service in SERVICES),
)


def _is_path(field: FieldInfo) -> bool:
    return (field.description or "").startswith("the path of")


_PLACES: Final = frozenset(
    (
        *(
            DATA,
            "JEJAK_BACKUP_TO",
            "JEJAK_CACHE",
            "JEJAK_STATE",
            "JEJAK_ACME_ROOT",
            "JEJAK_TLS_CERTIFICATE",
            "JEJAK_TLS_KEY",
        ),
        *(name for name, field in settings.TOLD.items() if _is_path(field)),
    )
)
"""Settings that name a file or folder; one that is relative lies in the installation's folder."""


def known() -> frozenset[str]:
    """What may stand in the file; each also as NAME_FILE."""
    told = (name for name in settings.TOLD if name not in SAID_BY_US)
    plain = {*told, *door_settings.NAMES, *_OWN}
    return frozenset({*plain, *(f"{name}_FILE" for name in plain)})


def read(folder: Path) -> dict[str, str]:
    """What the file says, by name. Raises CannotStart with every fault."""
    file = folder / NAME
    try:
        said: Mapping[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CannotStart("settings-unreadable", file=file, why=error) from None
    faults = [
        str(CannotStart("setting-unknown", file=file, name=name)) for name in said if name not in known()
    ]
    faults += [
        str(CannotStart("setting-no-text", file=file, name=name))
        for name, value in said.items()
        if isinstance(value, bool) or not isinstance(value, str | int | float)
    ]
    if faults:
        raise CannotStart("told-wrongly", faults="\n".join(faults))
    return {name: _placed(folder, name, str(value)) for name, value in said.items() if value != ""}


def _placed(folder: Path, name: str, value: str) -> str:
    return str(folder / value) if name in _PLACES or name.endswith("_FILE") else value


def enter(folder: Path, environment: MutableMapping[str, str] = os.environ) -> Path:
    """Tell this process what the installation's file says, and answer the folder of its data;
    a folder without such a file is one of data. Raises CannotStart.
    """
    folder = folder.resolve()
    if not (folder / NAME).exists():
        return folder
    said = read(folder)
    twice = [name for name, value in said.items() if environment.get(name, value) != value]
    if twice:
        raise CannotStart("settings-twice", names=", ".join(twice), file=folder / NAME)
    environment.update(said)
    return Path(said.get(DATA, folder / "data"))


def in_production(environment: Mapping[str, str] = os.environ) -> bool:
    return environment.get("JEJAK_MODE", "").strip() == "production"
