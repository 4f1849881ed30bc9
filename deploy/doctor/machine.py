"""Facts of the machine and of the folder, which can be had before anything was started.

Previous hop: `deploy/commands/doctor.py` or `init.py`. Next hop: `checks.py`.
"""

import ctypes
import errno
import os
import shutil
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import psutil
from cryptography import x509

from deploy.doctor.facts import Clock, Disk, Name, Port
from deploy.front_door import certificate
from deploy.front_door.certificate import Certificate
from deploy.front_door.settings import DoorSettings
from deploy.local import caddy, ports
from deploy.messages import CannotStart
from shared.ground import watch

_UNKEPT = 5  # TIME_ERROR of adjtimex(2): nobody keeps this clock
_TIMEX_BYTES = 512  # more than struct timex has anywhere


def disks(places: Sequence[Path]) -> tuple[Disk, ...]:
    """Each place with the room that it has, and how the system takes a small file there."""
    found = dict.fromkeys(_existing(place) for place in places)
    return tuple(
        Disk(place=place, free_mb=shutil.disk_usage(place).free // 2**20, refused=refusal(place))
        for place in found
    )


def _existing(place: Path) -> Path:
    return next(folder for folder in (place, *place.parents) if folder.is_dir())


def refusal(place: Path) -> str:
    """How the system refuses a small file there, by the name of its error; empty where it takes it."""
    error = watch.refusal(place)
    return "" if error is None else errno.errorcode.get(error.errno or 0, "EIO")


def memory_mb() -> int:
    return int(psutil.virtual_memory().total // 2**20)


def clock(newest: datetime | None, now: datetime) -> Clock:
    """Whether the kernel says that its clock is kept, and how far it stands behind what was written."""
    behind = (newest - now).total_seconds() if newest else 0.0
    return Clock(_kept(), max(0.0, behind))


def _kept() -> bool | None:
    """What adjtimex(2) says when it is only asked; None where there is no such call."""
    asked = ctypes.create_string_buffer(_TIMEX_BYTES)
    try:
        said = int(ctypes.CDLL(None).adjtimex(asked))
    except (OSError, AttributeError):
        return None
    return None if said < 0 else said != _UNKEPT


def newest_file(folder: Path) -> float:
    """When anything directly below a folder of ours was changed last, as seconds; 0.0 for nothing."""
    newest = 0.0
    for inside in (folder, folder / "run", folder / "logs"):
        with suppress(OSError):
            newest = max([newest, *(file.stat().st_mtime for file in inside.iterdir())])
    return newest


def door_ports(settings: DoorSettings, port: int, held: bool) -> tuple[Port, ...]:
    """The ports that the door needs; those that it holds itself are well."""
    if held:
        return (Port(port),)
    return tuple(_port(number, settings.listen) for number in (port, settings.http_port) if number)


def _port(number: int, listen: str) -> Port:
    refused = ports.why_not(number, listen)
    return Port(number, refused, _holder(number) if refused == "port-taken" else "")


def _holder(number: int) -> str:
    """Who listens there, where the system tells us."""
    with suppress(psutil.Error, OSError):
        for each in psutil.net_connections("inet"):
            if each.status == psutil.CONN_LISTEN and each.laddr.port == number and each.pid:
                return f"{psutil.Process(each.pid).name()} (pid {each.pid})"
    return ""


def name(settings: DoorSettings) -> Name | None:
    """What the name stands for, as this machine is told; None where there is none to ask for."""
    if not settings.domain:
        return None
    try:
        said = socket.getaddrinfo(settings.domain, None, type=socket.SOCK_STREAM)
    except OSError:
        return Name(settings.domain)
    addresses = tuple(dict.fromkeys(str(one[4][0]) for one in said))
    own = {each.address.partition("%")[0] for card in psutil.net_if_addrs().values() for each in card}
    return Name(settings.domain, addresses, bool(own & set(addresses)))


def certificate_of(settings: DoorSettings, port: int, running: bool) -> tuple[Certificate | None, str]:
    """The certificate that browsers get, or would get, and what is wrong with the files."""
    if settings.tls == "off":
        return None, ""
    if settings.tls == "files":
        assert settings.certificate is not None
        assert settings.key is not None
        try:
            return certificate.looked_at(settings.certificate, settings.key, settings.domain)[2], ""
        except CannotStart as fault:
            return None, str(fault)
    return (_served(settings, port) if running else None), ""


def _served(settings: DoorSettings, port: int) -> Certificate | None:
    """What the door shows to whoever asks for our name. Nobody is trusted here: it is only read."""
    asking = ssl.create_default_context()
    asking.check_hostname, asking.verify_mode = False, ssl.CERT_NONE
    with suppress(OSError), socket.create_connection((settings.near, port), timeout=5) as there:
        with asking.wrap_socket(there, server_hostname=settings.domain or "localhost") as wrapped:
            shown = wrapped.getpeercert(binary_form=True)
        return certificate.of(x509.load_der_x509_certificate(shown)) if shown else None
    return None


def open_secrets(folder: Path, data: Path, settings: DoorSettings) -> tuple[Path, ...]:
    """Files with secrets that others than their owner may read, and folders of them that others may enter."""
    own = caddy.own_certificate(data)
    wanted = [folder / "settings.toml", settings.key, data / "secrets", own]
    inside = [data / "secrets", own, data / "run"]
    found = [*filter(None, wanted), *(file for place in inside for file in _files(place))]
    return tuple(file for file in dict.fromkeys(found) if _open_to_others(file))


def _files(place: Path) -> Iterator[Path]:
    with suppress(OSError):
        yield from (file for file in sorted(place.iterdir()) if file.is_file() and _is_secret(file))


def _is_secret(file: Path) -> bool:
    return file.parent.name != "run" or file.name.endswith(".env.json")


def _open_to_others(file: Path) -> bool:
    try:
        return bool(os.stat(file).st_mode & 0o077)  # noqa: PTH116  follows a link to what is read in the end
    except OSError:
        return False
