"""The identity providers of an installation: a TOML file with one `[[provider]]` each.

Only the service that signs people in reads a provider's secret, which lies in a file of its own.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_KNOWN = {"id", "name", "issuer", "client_id", "client_secret_file", "authority", "nip_claim", "scope"}


class ProvidersInvalid(ValueError):
    """The file of providers says something that can't be; the sentence names the provider and the mistake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One provider. `id` stands in addresses; `authority` is a file of certificates for one that no public
    authority knows; without `secret_file` the client is a public one, whose codes PKCE alone protects.
    """

    id: str
    name: str
    issuer: str
    client_id: str
    secret_file: Path | None = None
    authority: Path | None = None
    nip_claim: str = "nip"
    scope: str = "openid profile email"

    def secret(self) -> str:
        """The client's secret; empty for a public client. Raises ProvidersInvalid."""
        if self.secret_file is None:
            return ""
        try:
            secret = self.secret_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise ProvidersInvalid(f"{self.id}: {self.secret_file} cannot be read") from None
        if not secret:
            raise ProvidersInvalid(f"{self.id}: {self.secret_file} is empty")
        return secret


def is_safe(address: object) -> bool:
    """Whether tokens and codes may be sent to this address: https, or this machine itself."""
    try:
        parts = urlsplit(address if isinstance(address, str) else "")
        host, _port = parts.hostname, parts.port
    except ValueError:
        return False
    whole = bool(host) and not parts.fragment and parts.username is None
    return whole and (parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK))


def load(path: Path) -> tuple[Provider, ...]:
    """Reads a file of providers. Raises ProvidersInvalid."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ProvidersInvalid(f"it cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ProvidersInvalid(f"it is no TOML: {error}") from None
    return parse(document, path.parent)


def parse(document: Mapping[str, Any], folder: Path) -> tuple[Provider, ...]:
    """Providers from the content of a file; files that it names lie beside it. Raises ProvidersInvalid."""
    entries = document.get("provider")
    if set(document) != {"provider"} or not isinstance(entries, list) or not entries:
        raise ProvidersInvalid("it holds one [[provider]] or more, and nothing else")
    found = tuple(_provider(entry, folder) for entry in entries)
    for field in ("id", "issuer"):
        said = [getattr(provider, field) for provider in found]
        if twice := next((value for value in said if said.count(value) > 1), None):
            raise ProvidersInvalid(f"{field} {twice} stands there twice")
    return found


def _provider(entry: object, folder: Path) -> Provider:
    if not isinstance(entry, Mapping):
        raise ProvidersInvalid("provider must be a table")
    who = str(entry.get("id", "?"))[:40]
    if unknown := set(entry) - _KNOWN:
        raise ProvidersInvalid(f"{who}: {', '.join(sorted(unknown))[:80]} is not known")
    for name in entry:
        if not isinstance(entry[name], str) or not entry[name].strip() or not entry[name].isprintable():
            raise ProvidersInvalid(f"{who}: {name} must be a text")
    if missing := {"id", "name", "issuer", "client_id"} - set(entry):
        raise ProvidersInvalid(f"{who}: {', '.join(sorted(missing))} is missing")
    if not _ID.fullmatch(who):
        raise ProvidersInvalid(f"{who}: id is of small letters, digits and dashes")
    if not is_safe(entry["issuer"]) or urlsplit(entry["issuer"]).query or len(entry["issuer"]) > 300:
        raise ProvidersInvalid(f"{who}: issuer must be an address that begins with https://")
    if "openid" not in entry.get("scope", "openid").split():
        raise ProvidersInvalid(f"{who}: scope must hold openid")
    files = {"client_secret_file": "secret_file", "authority": "authority"}
    said = {files.get(name, name): folder / text if name in files else text for name, text in entry.items()}
    return Provider(**cast("dict[str, Any]", said))


def secret_fault(providers: Iterable[Provider]) -> str:
    """What is wrong with the secrets of these; empty where nothing is."""
    try:
        for provider in providers:
            provider.secret()
    except ProvidersInvalid as error:
        return f"JEJAK_OIDC names a secret that cannot be used: {error}."
    return ""
