"""How people reach this installation: which name, with or without TLS,
and who vouches for the certificate.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Literal

from deploy.messages import CannotStart

Tls = Literal["off", "internal", "public"]
LOOPBACK = "127.0.0.1"
_NAME = re.compile(
    r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*", re.ASCII
)
_MAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,253}")
KINDS: tuple[Tls, ...] = ("off", "internal", "public")


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorSettings:
    """`tls`: off (this machine only), internal (Caddy's own authority;
    its root certificate must be given to the browsers), public (ACME).

    `domain` is the name that people type; `listen` the address that is bound; `mail` goes to the public
    authority. `sender_patience`: seconds that a form may stand still on its way.
    """

    tls: Tls = "off"
    domain: str = ""
    listen: str = LOOPBACK
    mail: str = ""
    sender_patience: int = 15

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names under which the door answers, without ports;
        a public one answers to its own name alone.
        """
        near = () if self.tls == "public" else ("localhost", LOOPBACK, "[::1]")
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
    """JEJAK_TLS, JEJAK_DOMAIN, JEJAK_LISTEN, JEJAK_ACME_MAIL.
    Raises CannotStart with all sentences to show.
    """
    tls = environment.get("JEJAK_TLS", "").strip() or "off"
    known = next((kind for kind in KINDS if kind == tls), None)
    domain, mail = (
        environment.get("JEJAK_DOMAIN", "").strip().lower(),
        environment.get("JEJAK_ACME_MAIL", "").strip(),
    )
    listen = environment.get("JEJAK_LISTEN", "").strip() or ("" if known == "public" else LOOPBACK)
    wrong = list(_faults(known, tls, domain, listen, mail))
    if known is None or wrong:
        raise wrong[0] if len(wrong) == 1 else CannotStart("told-wrongly", faults="\n".join(map(str, wrong)))
    return DoorSettings(tls=known, domain=domain, listen=listen, mail=mail)


def _faults(known: Tls | None, tls: str, domain: str, listen: str, mail: str) -> Iterator[CannotStart]:
    if known is None:
        yield CannotStart("unknown-tls", given=tls, known=" | ".join(KINDS))
    if domain and not _NAME.fullmatch(domain):
        yield CannotStart("no-domain", given=domain[:80])
    if listen and not _is_address(listen):
        yield CannotStart("no-address", given=listen[:80])
    elif known == "off" and listen != LOOPBACK:
        yield CannotStart("open-without-tls", listen=listen)
    if known == "public" and not domain:
        yield CannotStart("public-without-domain")
    if mail and not _MAIL.fullmatch(mail):
        yield CannotStart("no-mail", given=mail[:80])


def _is_address(text: str) -> bool:
    try:
        ip_address(text.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True
