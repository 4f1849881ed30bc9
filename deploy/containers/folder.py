"""The folder of a composed installation, made by `jejak init FOLDER --compose`: what Compose reads, what the
containers are told, and where they keep their data. What is there already stays as it is.

Previous hop: `deploy/commands/init.py`, which knows the answers. Next hop: `told.py`, and Compose there.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from deploy.containers import told
from deploy.front_door import settings as door_settings
from deploy.installing import making
from deploy.installing.making import PEOPLE, PROVIDERS, Wanted, Written
from deploy.local import caddy
from deploy.local.places import PROJECT
from deploy.local.secrets import SecretFolder
from deploy.local.service_process import jejak_version
from deploy.local.signing import producer_keys
from deploy.messages import CannotStart
from shared import settings

COMPOSE, SAID = "compose.yaml", ".env"
KEPT: Final = ("postgres", "kafka", "seaweedfs", "minio", "door")
"""Containers that keep something, each in a folder of its own."""
IMAGE_USER: Final = 10_001
"""Who the containers are where root makes the folder: the user of the image."""
SECRET_OF_PROVIDER: Final = "/run/secrets/sso.secret"  # noqa: S105  a path


def make(folder: Path, wanted: Wanted) -> Iterator[Written]:
    """Write what is missing, each file whole or not at all, for the user who will run the containers.
    Raises CannotStart for an answer that cannot be used, OSError.
    """
    said = values(wanted, "")
    _look(said, wanted)
    folder.mkdir(parents=True, exist_ok=True)
    secrets = SecretFolder(folder / "secrets")
    said |= {"JEJAK_PRODUCER_KEYS": producer_keys(secrets), "JEJAK_USER": owner()}
    yield making.once(folder / COMPOSE, lambda: (PROJECT / "deploy" / COMPOSE).read_text("utf-8"), 0o644)
    yield making.once(folder / SAID, lambda: env_text(said), 0o600)
    config = folder / "config"
    config.mkdir(exist_ok=True)
    yield making.once(config / PEOPLE, making.people_text, 0o640)
    yield from making.letters(config, wanted.region)
    if wanted.by_provider:
        yield making.once(
            config / PROVIDERS, lambda: making.providers_text(wanted, SECRET_OF_PROVIDER), 0o640
        )
    (folder / "told").mkdir(exist_ok=True, mode=0o700)
    for name, text in told.files(secrets).items():
        place = folder / "told" / name
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        making.once(place, lambda text=text: text, 0o600)  # type: ignore[misc]
    for name in KEPT:
        (folder / "data" / name).mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in ("tls", "backup"):
        (folder / name).mkdir(exist_ok=True, mode=0o700)
    yield Written(folder / "told", new=True)
    _give_away(folder)


def values(wanted: Wanted, image: str) -> dict[str, str]:
    """What Compose fills into its file, by name."""
    port = "" if wanted.https_port == caddy.PUBLIC_PORT else f":{wanted.https_port}"
    return {
        "JEJAK_IMAGE": image or f"jejak:{jejak_version()}",
        "COMPOSE_PROFILES": "seaweedfs",
        "JEJAK_MODE": "production",
        "JEJAK_LOGIN": wanted.login,
        "JEJAK_OIDC": f"/config/{PROVIDERS}" if wanted.by_provider else "",
        "JEJAK_REGION": wanted.region,
        "JEJAK_DOMAIN": wanted.domain,
        "JEJAK_PUBLIC_URL": f"https://{wanted.domain}{port}",
        "JEJAK_TLS": wanted.tls or "public",
        "JEJAK_ACME_MAIL": wanted.mail,
        "JEJAK_ACME_DIRECTORY": wanted.directory,
        "JEJAK_TLS_CERTIFICATE": "/tls/certificate.pem" if wanted.tls == "files" else "",
        "JEJAK_TLS_KEY": "/tls/key.pem" if wanted.tls == "files" else "",
        "JEJAK_PUBLISHED": wanted.listen or "0.0.0.0",
        "JEJAK_HTTPS_PORT": str(wanted.https_port),
        "JEJAK_HTTP_PORT": str(wanted.http_port),
    }


def _look(said: Mapping[str, str], wanted: Wanted) -> None:
    """Nothing is written from an answer that a container would stop at.
    Raises CannotStart with every fault.
    """
    alone = (settings.fault_of(name, said[name]) for name in ("JEJAK_LOGIN", "JEJAK_REGION"))
    way = {name: said[name] for name in ("JEJAK_MODE", "JEJAK_LOGIN", "JEJAK_OIDC") if said[name]}
    faults = [*filter(None, alone)] or [*filter(None, [settings.login_fault(way)])]
    quoted = [(name, value) for name, value in said.items() if set(value) & set("'\\\n\r")]
    faults += [str(CannotStart("no-quotes", name=name, given=value[:80])) for name, value in quoted]
    door = {name: said[name] for name in door_settings.NAMES if name in said}
    door["JEJAK_LISTEN"] = said["JEJAK_PUBLISHED"]
    if said["JEJAK_TLS"] == "off":
        faults.append(str(CannotStart("production-without-tls")))
    if said["JEJAK_TLS"] == "files":  # its pair is put into the folder later
        door |= {"JEJAK_TLS": "internal", "JEJAK_TLS_CERTIFICATE": "", "JEJAK_TLS_KEY": ""}
    if not wanted.domain:
        faults.append(str(CannotStart("public-without-domain", tls=said["JEJAK_TLS"])))
    if wanted.http_port == 0:
        faults.append(str(CannotStart("no-port", name="JEJAK_HTTP_PORT", given="0")))
    try:
        door_settings.read(door)
    except CannotStart as reason:
        faults.append(str(reason))
    if faults:
        raise CannotStart("told-wrongly", faults="\n".join(faults))


def env_text(said: Mapping[str, str]) -> str:
    """In single quotes nothing is a variable; an answer with such a quote was refused."""
    lines = [f"{name}='{value}'" for name, value in said.items()]
    return "# Read by Compose beside compose.yaml; docs/operations/containers.md.\n" + "\n".join(lines) + "\n"


def owner() -> str:
    """The user and group of the containers: whoever makes the folder, never root."""
    user, group = os.geteuid(), os.getegid()
    return f"{user}:{group}" if user else f"{IMAGE_USER}:{IMAGE_USER}"


def _give_away(folder: Path) -> None:
    """What root made belongs to the containers' user."""
    if os.geteuid():
        return
    for place in (folder, *folder.rglob("*")):
        if place.lstat().st_uid == 0:
            os.chown(place, IMAGE_USER, IMAGE_USER, follow_symlinks=False)
