"""What somebody told `jejak up`, `play` or `bench` through the environment, looked at before anything starts:
every fault at once, a sentence each.

Previous hop: `instance.py`. Next hop: the four services, which are told the same and would each stop at it,
one after the other.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from deploy.front_door import settings as door_settings
from deploy.local import places
from deploy.local.service_process import SAID_BY_US
from deploy.local.wanted import Existing
from deploy.messages import CannotStart
from shared import settings, settings_told
from shared.service_names import SERVICES

OF_SERVERS = ("JEJAK_DATABASE_URL", "JEJAK_KAFKA", "JEJAK_S3")


def begin(existing: Existing, folder: Path) -> None:
    """Look, and open the data folder only where all is right. Raises CannotStart."""
    look(existing)
    places.open_data_folder(folder)


def look(existing: Existing, environment: Mapping[str, str] = os.environ) -> None:
    """Raises CannotStart with all that is wrong."""
    found = [*_of_services(environment), *_of_servers(existing, environment), *_of_folders(environment)]
    try:
        door_settings.read(environment)
    except CannotStart as error:
        found.append(str(error))
    if found:
        raise CannotStart("told-wrongly", faults="\n".join(found))


def _of_services(environment: Mapping[str, str]) -> Iterator[str]:
    """What all services inherit; each of them would say it again."""
    names = [name for name in settings.TOLD if name not in SAID_BY_US]
    told, faults = settings_told.found(environment, names)
    yield from faults.values()
    wrong = {name: settings.fault_of(name, value) for name, value in told.items()}
    yield from filter(None, wrong.values())
    if not any(wrong.get(name) for name in ("JEJAK_MODE", "JEJAK_LOGIN")) and (
        fault := settings.login_fault(told)
    ):
        yield fault


def _of_servers(existing: Existing, environment: Mapping[str, str]) -> Iterator[str]:
    """Servers that replace parts of ours, and each service's own way into them."""
    given = dict(zip(OF_SERVERS, (existing.database_url, existing.kafka, existing.s3), strict=True))
    for name, value in given.items():
        own = [f"{name}_{service.upper()}" for service in SERVICES] if name != "JEJAK_DATABASE_URL" else []
        for called, text in (
            (name, _whole(name, value)),
            *((one, environment.get(one)) for one in own if value),
        ):
            if text and (fault := settings.fault_of(name, text, called=called)):
                yield fault


def _whole(name: str, address: str | None) -> str | None:
    """An address of a whole PostgreSQL server need not name one of its databases."""
    if name != "JEJAK_DATABASE_URL" or not address or urlsplit(address).path.strip("/"):
        return address
    return urlunsplit(urlsplit(address)._replace(path="/postgres"))


def _of_folders(environment: Mapping[str, str]) -> Iterator[str]:
    if given := environment.get("JEJAK_CACHE"):
        try:
            Path(given).mkdir(parents=True, exist_ok=True)
            with (Path(given) / f".looked-{os.getpid()}").open("x"):
                pass
            (Path(given) / f".looked-{os.getpid()}").unlink()
        except OSError as error:
            yield f"JEJAK_CACHE must be a folder that can be written, not {given[:80]!r} ({error.strerror})."
