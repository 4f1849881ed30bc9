"""Brings a service's database to the present schema."""

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

if TYPE_CHECKING:
    from alembic.config import Config

_ROOT = Path(__file__).parent.parent.parent


class NewerData(Exception):
    """The database was written by a newer Jejak than this one."""


def _config(service: str) -> "Config":
    # here, because every service imports this module and only a migration needs Alembic
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    versions = _ROOT / "shared" / "access" if service == "access" else _ROOT / "services" / service
    config.set_main_option("version_locations", str(versions / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def migrate(service: str, owner_url: str, app_role: str, *, upto: str = "head") -> None:
    """Runs what is missing of the service's migrations as the owner, `upto` a revision.
    Raises NewerData for a database of a newer version.
    """
    from alembic import command
    from alembic.util.exc import CommandError

    config = _config(service)
    parts = urlsplit(owner_url)
    config.attributes["url"] = urlunsplit(("postgresql+psycopg", *parts[1:]))
    config.attributes["app_role"] = app_role
    try:
        command.upgrade(config, upto)
    except CommandError as error:
        if "Can't locate revision" in str(error):
            raise NewerData(
                f"The data of {service} was written by a newer version of Jejak; start that version."
            ) from error
        raise


def newest(service: str) -> str | None:
    """The revision that the code expects."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(_config(service)).get_current_head()
