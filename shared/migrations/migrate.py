"""Brings a service's database to the present schema."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

if TYPE_CHECKING:
    from alembic.config import Config

_ROOT = Path(__file__).parent.parent.parent
_NAMED = re.compile(r'^(revision|down_revision)\b.*= "(.+)"$', re.MULTILINE)


class NewerData(Exception):
    """The database was written by a newer Jejak than this one."""


def config(service: str) -> "Config":
    """Where Alembic finds the migrations of a service."""
    # here, because every service imports this module and only a migration needs Alembic
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent))
    made.set_main_option("version_locations", str(_folder(service)))
    made.set_main_option("path_separator", "os")
    return made


def _folder(service: str) -> Path:
    room = _ROOT / "shared" / "access" if service == "access" else _ROOT / "services" / service
    return room / "migrations"


def migrate(service: str, owner_url: str, app_role: str, *, upto: str = "head") -> None:
    """Runs what is missing of the service's migrations as the owner, `upto` a revision.
    Raises NewerData for a database of a newer version.
    """
    from alembic import command
    from alembic.util.exc import CommandError

    made = config(service)
    made.attributes["url"] = owner_url
    made.attributes["app_role"] = app_role
    try:
        command.upgrade(made, upto)
    except CommandError as error:
        if "Can't locate revision" in str(error):
            raise NewerData(
                f"The data of {service} was written by a newer version of Jejak; start that version."
            ) from error
        raise


def newest(service: str) -> str:
    """The revision that the code expects. Read from the files, because every start asks
    and Alembic takes longer to import than that. Raises ValueError where the files stand in no one line.
    """
    written: list[dict[str, str]] = [
        dict(_NAMED.findall(file.read_text())) for file in _folder(service).glob("[0-9]*.py")
    ]
    after = {one["down_revision"] for one in written if "down_revision" in one}
    ends = [one["revision"] for one in written if one["revision"] not in after]
    if len(ends) != 1:
        raise ValueError(f"the migrations of {service} end at {sorted(ends)}")
    return ends[0]


def knows(service: str, revision: str) -> bool:
    """Whether a database that stands there is of this version or an earlier one."""
    return any(
        dict(_NAMED.findall(file.read_text())).get("revision") == revision
        for file in _folder(service).glob("[0-9]*.py")
    )


def standing(owner_url: str) -> str | None:
    """The revision at which a database stands; None for one that was never brought up to date."""
    with psycopg.connect(owner_url) as conn:
        if conn.execute("SELECT to_regclass('alembic_version')").fetchone() == (None,):
            return None
        found = conn.execute("SELECT version_num FROM alembic_version").fetchall()
    return str(found[0][0]) if len(found) == 1 else None
