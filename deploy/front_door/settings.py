"""How people reach this installation: which name, with or without TLS,
and who vouches for the certificate.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Literal

from deploy.messages import CannotStart

Tls = Literal["off", "internal", "public", "files"]
LOOPBACK = "127.0.0.1"
_NAME = re.compile(
    r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*", re.ASCII
)
_MAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,253}")
_DIRECTORY = re.compile(r"https://[a-z0-9.:\[\]-]+/\S*", re.IGNORECASE)
KINDS: tuple[Tls, ...] = ("off", "internal", "public", "files")
NAMES = (
    "JEJAK_TLS",
    "JEJAK_DOMAIN",
    "JEJAK_LISTEN",
    "JEJAK_HTTPS_PORT",
    "JEJAK_HTTP_PORT",
    "JEJAK_ACME_MAIL",
    "JEJAK_ACME_DIRECTORY",
    "JEJAK_ACME_ROOT",
    "JEJAK_TLS_CERTIFICATE",
    "JEJAK_TLS_KEY",
)
"""Everything that the door is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorSettings:
    """`tls`: off (this machine only), internal (Caddy's own authority;
    its root certificate must be given to the browsers), public (ACME), files (a certificate that was given).

    `domain` is the name that people type; `listen` the address that is bound; `https_port` and `http_port`
    are 0 where nobody said them. `mail` goes to the authority, whose `directory` is asked (Let's Encrypt
    where none is named) and which is known by `root`. `sender_patience`: seconds that a form may stand still
    on its way.
    """

    tls: Tls = "off"
    domain: str = ""
    listen: str = LOOPBACK
    https_port: int = 0
    http_port: int = 0
    mail: str = ""
    directory: str = ""
    root: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    sender_patience: int = 15

    @property
    def own_name_only(self) -> bool:
        """Whether the certificate is good for the public name alone."""
        return self.tls in {"public", "files"}

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names under which the door answers, without ports;
        a public one answers to its own name alone.
        """
        near = () if self.own_name_only else ("localhost", LOOPBACK, "[::1]")
        return tuple(dict.fromkeys((*([self.domain] if self.domain else []), *near)))

    @property
    def near(self) -> str:
        """The address under which this machine itself reaches the door."""
        return LOOPBACK if self.listen in {"", "0.0.0.0", "[::]"} else self.listen.strip("[]")

    def address(self, port: int) -> str:
        """What to open in the browser."""
        scheme, usual = ("http", 80) if self.tls == "off" else ("https", 443)
        name = self.domain or (LOOPBACK if self.tls == "off" else "localhost")
        return f"{scheme}://{name}" if port == usual else f"{scheme}://{name}:{port}"


def read(environment: Mapping[str, str] = os.environ) -> DoorSettings:
    """What NAMES say. Raises CannotStart with all sentences to show."""
    said = {name: environment.get(name, "").strip() for name in NAMES}
    known = next((kind for kind in KINDS if kind == (said["JEJAK_TLS"] or "off")), None)
    said["JEJAK_DOMAIN"] = said["JEJAK_DOMAIN"].lower()
    said["JEJAK_LISTEN"] = said["JEJAK_LISTEN"] or ("" if known in {"public", "files"} else LOOPBACK)
    wrong = [*_faults(known, said), *_faults_of_ports(said), *_faults_of_certificates(known, said)]
    if known is None or wrong:
        raise wrong[0] if len(wrong) == 1 else CannotStart("told-wrongly", faults="\n".join(map(str, wrong)))
    place = {name: Path(said[name]) if said[name] else None for name in NAMES}
    return DoorSettings(
        tls=known,
        domain=said["JEJAK_DOMAIN"],
        listen=said["JEJAK_LISTEN"],
        https_port=int(said["JEJAK_HTTPS_PORT"] or 0),
        http_port=int(said["JEJAK_HTTP_PORT"] or (80 if known == "public" else 0)),
        mail=said["JEJAK_ACME_MAIL"],
        directory=said["JEJAK_ACME_DIRECTORY"],
        root=place["JEJAK_ACME_ROOT"],
        certificate=place["JEJAK_TLS_CERTIFICATE"],
        key=place["JEJAK_TLS_KEY"],
    )


def _faults(known: Tls | None, said: Mapping[str, str]) -> Iterator[CannotStart]:
    domain, listen, mail = said["JEJAK_DOMAIN"], said["JEJAK_LISTEN"], said["JEJAK_ACME_MAIL"]
    if known is None:
        yield CannotStart("unknown-tls", given=said["JEJAK_TLS"][:80], known=" | ".join(KINDS))
    if domain and not _NAME.fullmatch(domain):
        yield CannotStart("no-domain", given=domain[:80])
    if listen and not _is_address(listen):
        yield CannotStart("no-address", given=listen[:80])
    elif known == "off" and listen != LOOPBACK:
        yield CannotStart("open-without-tls", listen=listen)
    if known in {"public", "files"} and not domain:
        yield CannotStart("public-without-domain", tls=known)
    if mail and not _MAIL.fullmatch(mail):
        yield CannotStart("no-mail", given=mail[:80])


def _faults_of_ports(said: Mapping[str, str]) -> Iterator[CannotStart]:
    for name in ("JEJAK_HTTPS_PORT", "JEJAK_HTTP_PORT"):
        text = said[name]
        if text and not (text.isascii() and text.isdecimal() and len(text) < 6 and int(text) < 65_536):
            yield CannotStart("no-port", name=name, given=text[:80])
    if said["JEJAK_HTTP_PORT"] not in {"", "0"} and said["JEJAK_HTTP_PORT"] == said["JEJAK_HTTPS_PORT"]:
        yield CannotStart("one-port-twice", port=said["JEJAK_HTTP_PORT"][:80])


def _faults_of_certificates(known: Tls | None, said: Mapping[str, str]) -> Iterator[CannotStart]:
    directory = said["JEJAK_ACME_DIRECTORY"]
    if directory and not _DIRECTORY.fullmatch(directory):
        yield CannotStart("no-directory", given=directory[:80])
    for name in ("JEJAK_TLS_CERTIFICATE", "JEJAK_TLS_KEY", "JEJAK_ACME_ROOT"):
        if said[name] and not Path(said[name]).is_file():
            yield CannotStart("no-such-file", name=name, file=said[name][:200])
        if not said[name] and known == "files" and name != "JEJAK_ACME_ROOT":
            yield CannotStart("files-without-certificate", name=name)


def _is_address(text: str) -> bool:
    try:
        ip_address(text.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True
