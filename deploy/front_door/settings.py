"""How people reach this installation: which name, with or without TLS, and who vouches for the certificate."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from deploy.messages import CannotStart

Tls = Literal["off", "internal", "public"]
LOOPBACK = "127.0.0.1"
KINDS: tuple[Tls, ...] = ("off", "internal", "public")


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorSettings:
    """`tls`: off (this machine only), internal (Caddy's own authority; its root certificate must be given to the browsers), public (ACME).

    `domain` is the name that people type; `listen` the address that is bound; `mail` goes to the public authority. `sender_patience`: seconds
    that a form may stand still on its way.
    """

    tls: Tls = "off"
    domain: str = ""
    listen: str = LOOPBACK
    mail: str = ""
    sender_patience: int = 15

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names under which the door answers, without ports; a public one answers to its own name alone."""
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
    """JEJAK_TLS, JEJAK_DOMAIN, JEJAK_LISTEN, JEJAK_ACME_MAIL. Raises CannotStart with the sentence to show."""
    tls = environment.get("JEJAK_TLS") or "off"
    known = next((kind for kind in KINDS if kind == tls), None)
    if known is None:
        raise CannotStart("unknown-tls", given=tls, known=" | ".join(KINDS))
    domain = environment.get("JEJAK_DOMAIN", "").strip().lower()
    listen = environment.get("JEJAK_LISTEN") or ("" if known == "public" else LOOPBACK)
    if known == "off" and listen != LOOPBACK:
        raise CannotStart("open-without-tls", listen=listen)
    if known == "public" and not domain:
        raise CannotStart("public-without-domain")
    return DoorSettings(tls=known, domain=domain, listen=listen, mail=environment.get("JEJAK_ACME_MAIL", ""))
