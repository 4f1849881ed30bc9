"""What `jejak init` writes: settings, seed of the region and secrets. What is there already stays as it is.

Previous hop: `deploy/commands/init.py`, which knows the answers. Next hop: `settings_file.py`.
"""

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.installing import settings_file, unit
from deploy.local import places
from deploy.local.secrets import SecretFolder, ed25519_seed
from deploy.local.signing import signing_key
from services.documents import regions
from shared.clock import today
from shared.service_names import SERVICES

PEOPLE, PROVIDERS, LETTERS = "people.toml", "oidc.toml", "letters"
REGION = re.compile(r"[0-9]{4}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The answers. Texts are empty where nothing was said."""

    domain: str
    login: str
    region: str
    tls: str
    issuer: str = ""
    client: str = "jejak"
    client_secret_file: str = ""
    mail: str = ""
    certificate: str = ""
    key: str = ""
    directory: str = ""
    root: str = ""
    listen: str = ""
    https_port: int = 443
    http_port: int = 80
    data: str = ""
    systemd: bool = False

    @property
    def by_provider(self) -> bool:
        """Whether people come by an identity provider, alone or among other ways."""
        return "oidc" in self.login.split(",")


@dataclass(frozen=True, slots=True)
class Written:
    """A file of the installation, and whether it is new."""

    place: Path
    new: bool


def make(folder: Path, wanted: Wanted) -> Iterator[Written]:
    """Write what is missing, one after the other, each whole or not at all. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    data = folder / (wanted.data or "data")
    yield once(folder / settings_file.NAME, lambda: settings_text(wanted), 0o600)
    yield once(folder / PEOPLE, people_text, 0o640)
    yield from letters(folder, wanted.region)
    if wanted.by_provider:
        yield once(folder / PROVIDERS, lambda: providers_text(wanted), 0o640)
    yield _secrets(data)
    if wanted.systemd:
        yield once(folder / unit.NAME, lambda: unit.text(folder, data), 0o644)


def once(place: Path, text: Callable[[], str], mode: int) -> Written:
    """A file that is written where there is none, whole or not at all."""
    if place.exists():
        return Written(place, new=False)
    unfinished = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            out.write(text())
            out.flush()
            os.fsync(descriptor)
        unfinished.chmod(mode)
        os.link(unfinished, place)
    except FileExistsError:  # somebody else's that came meanwhile stays
        return Written(place, new=False)
    finally:
        unfinished.unlink(missing_ok=True)
    places.keep_names(place.parent)
    return Written(place, new=True)


def _secrets(data: Path) -> Written:
    """The keys that must outlive the machine are there from the first moment, so that they can be put on
    paper before anything is signed; the others are made at the first start.
    """
    place = data / "secrets"
    new = not (place / "checkpoint-key").exists()
    data.mkdir(parents=True, exist_ok=True)
    held = SecretFolder(place)
    held.get("checkpoint-key", ed25519_seed)
    for service in SERVICES:
        signing_key(held, service)
    return Written(place, new)


def settings_text(wanted: Wanted) -> str:
    """The commented file. What is not said stands there as a comment with what it could be."""
    said: dict[str, tuple[str | int, str]] = {
        "JEJAK_LOGIN": (wanted.login, "oidc"),
        "JEJAK_OIDC": (PROVIDERS if wanted.by_provider else "", PROVIDERS),
        "JEJAK_REGION": (wanted.region, "3402"),
        "JEJAK_DOMAIN": (wanted.domain, "jejak.contohkab.go.id"),
        "JEJAK_TLS": (wanted.tls, "public"),
        "JEJAK_TLS_CERTIFICATE": (wanted.certificate, "tls/certificate.pem"),
        "JEJAK_TLS_KEY": (wanted.key, "tls/key.pem"),
        "JEJAK_ACME_MAIL": (wanted.mail, "spm@contohkab.go.id"),
        "JEJAK_ACME_DIRECTORY": (wanted.directory, "https://acme.contohprov.go.id/acme/directory"),
        "JEJAK_ACME_ROOT": (wanted.root, "tls/acme-root.pem"),
        "JEJAK_LISTEN": (wanted.listen or "0.0.0.0", ""),
        "JEJAK_HTTPS_PORT": (wanted.https_port, ""),
        "JEJAK_HTTP_PORT": (wanted.http_port, ""),
        "JEJAK_DATA": (wanted.data or "data", ""),
    }
    return _filled("settings.toml", {name: _line(name, *value) for name, value in said.items()})


def region(folder: Path, code: str) -> Iterator[Written]:
    """What a further region begins with: its letters and its people, to be filled in first."""
    yield from letters(folder, code)
    yield once(folder / LETTERS / code / PEOPLE, lambda: people_text(f"-{code}"), 0o640)


def people_text(mark: str = "") -> str:
    """Two people to begin with: who keeps the report, and who runs Jejak. `mark` ends their codes where
    another region has taken the plain ones.
    """
    return _filled("people.toml", {"TODAY": today().isoformat(), "MARK": mark})


def letters(folder: Path, code: str) -> Iterator[Written]:
    """The letters of a region, in a folder of their own."""
    (folder / LETTERS).mkdir(exist_ok=True)
    if REGION.fullmatch(code):
        place = folder / LETTERS / code
        place.mkdir(exist_ok=True)
        yield once(place / regions.NAME, lambda: letters_text(code), 0o640)


def letters_text(region: str) -> str:
    """The letters of a region as they are shipped, to be changed; else what has to be filled in."""
    shipped = regions.SHIPPED / region / regions.NAME
    begun = Path(__file__).parent / "begun" / regions.NAME
    return (shipped if shipped.is_file() else begun).read_text(encoding="utf-8")


def providers_text(wanted: Wanted, secret: str = "sso.secret") -> str:  # noqa: S107  a path
    """The provider that was named, or what one would look like; `secret`: where its client's would lie."""
    issuer = wanted.issuer or "https://sso.contohprov.go.id/realms/pegawai"
    lines = ["[[provider]]", _line("id", "sso", ""), _line("name", "Akun pegawai", "")]
    lines += [_line("issuer", issuer, ""), _line("client_id", wanted.client, "")]
    lines.append(_line("client_secret_file", wanted.client_secret_file, secret))
    mark = "" if wanted.issuer else "# "
    return _filled("oidc.toml", {"PROVIDER": "\n".join(f"{mark}{line}" for line in lines)})


def _filled(name: str, said: Mapping[str, str]) -> str:
    text = (Path(__file__).parent / "begun" / name).read_text(encoding="utf-8")
    return re.sub(r"\{([A-Z_]+)\}", lambda found: said[found[1]], text)


def _line(name: str, value: str | int, instead: str) -> str:
    """A line of TOML. JSON's way of writing a text is one of TOML's, but for DEL."""
    shown = json.dumps(value if value != "" else instead, ensure_ascii=False).replace("\x7f", "\\u007f")
    return f"{'' if value != '' else '# '}{name} = {shown}"
