"""What a setting may be: each function takes the text that was told and
answers it in the form that the code uses.

Raises ValueError with the reason only where the kind of setting does not say it already;
never with a secret in it.
"""

import base64
import re
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BeforeValidator

from shared.access.oidc.providers import Provider
from shared.access.oidc.providers import load as load_providers
from shared.access.people import ROLES, PeopleFileInvalid
from shared.access.people import load as load_people
from shared.messaging.address import KafkaAddress
from shared.objects.address import S3Address
from shared.service_names import SERVICES

LEVELS = ("debug", "info", "warning", "error", "critical")
_NUMBER = re.compile(r"[0-9]{1,9}")
_SERVER = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):(?P<port>[0-9]{1,5})")
_HOST = re.compile(r"[A-Za-z0-9._:-]+")
_NAME = re.compile(r"[a-z0-9._-]+|\[[0-9a-f:.]+\]")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PUBLIC_KEY = re.compile(r"[0-9a-f]{64}")
_REGION = re.compile(r"[0-9]{4}")


def whole(text: str, least: int, most: int) -> int:
    """A whole number between two bounds, in ASCII digits."""
    if not _NUMBER.fullmatch(text) or not least <= int(text) <= most:
        raise ValueError
    return int(text)


def span(text: str, unit: timedelta, most: int) -> timedelta:
    """A whole number of units of time, at least one."""
    return whole(text, 1, most) * unit


def spans(unit: timedelta, most: int) -> BeforeValidator:
    """The kind of a setting that is such a span."""
    return BeforeValidator(partial(span, unit=unit, most=most))


def seconds(text: str) -> float:
    """A number of seconds, with a point where it is no whole one."""
    if not re.fullmatch(r"[0-9]{1,5}(\.[0-9]{1,3})?", text) or not 0 < float(text) <= 3600:
        raise ValueError
    return float(text)


def yes_or_no(text: str) -> bool:
    if text not in {"0", "1"}:
        raise ValueError
    return text == "1"


def one_of(text: str, *words: str) -> str:
    if text not in words:
        raise ValueError
    return text


def matching(text: str, pattern: re.Pattern[str]) -> str:
    if not pattern.fullmatch(text):
        raise ValueError
    return text


def host(text: str) -> str:
    return matching(text, _HOST)


def hosts(text: str) -> tuple[str, ...]:
    """Names by comma, without ports."""
    return tuple(matching(name.strip().lower(), _NAME) for name in filter(None, text.split(",")))


def places(text: str) -> tuple[Path, ...]:
    """Paths by comma, each of which is there."""
    found = tuple(Path(name.strip()) for name in text.split(",") if name.strip())
    for place in found:
        if "\0" in text or not place.exists():
            raise ValueError(f"{str(place)[:200]!r} is not there")
    return found


def folder(text: str) -> Path:
    """A folder that is there and can be looked into."""
    if "\0" in text or not Path(text).is_dir():
        raise ValueError(f"{text[:200]!r} is no folder")
    return Path(text)


def level(text: str) -> str:
    return one_of(text.lower(), *LEVELS)


def bucket(text: str) -> str:
    return matching(text, _BUCKET)


def roles(text: str) -> frozenset[str]:
    """Roles by comma, or `none`."""
    named = frozenset(name.strip() for name in text.split(",")) if text.strip() != "none" else frozenset()
    if unknown := sorted(named - set(ROLES)):
        raise ValueError(f"{unknown[0][:40]!r} is no role")
    return named


def region(text: str) -> str:
    return matching(text, _REGION)


def database(text: str) -> str:
    """postgresql://user:password@host[:port][,host[:port]]/database;
    the user is the role that the service has in its database. Of several hosts it must say that it wants
    the one that takes writes.
    """
    parts = urlsplit(text)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ValueError("it does not begin with postgresql://")
    several = parts.netloc.rpartition("@")[2].split(",")
    for each in several:
        _port(each)
    if len(several) > 1 and "target_session_attrs=read-write" not in parts.query.split("&"):
        raise ValueError("it names several hosts, so it must end with ?target_session_attrs=read-write")
    for there, what in (
        (parts.username, "user"),
        (parts.hostname, "host"),
        (parts.path.strip("/"), "database"),
    ):
        if not there:
            raise ValueError(f"it names no {what}")
    return text


def web_address(text: str) -> str:
    """http(s)://host[:port], without anything behind it."""
    parts = urlsplit(text)
    if (
        parts.scheme not in {"http", "https"}
        or not parts.hostname
        or not _HOST.fullmatch(parts.hostname)
        or parts.path.strip("/")
    ):
        raise ValueError
    if parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError
    _port(parts.netloc)
    return text.rstrip("/")


def _port(netloc: str) -> None:
    behind = netloc.rpartition("@")[2].rpartition("]")[2].partition(":")
    if behind[1] and not (_NUMBER.fullmatch(behind[2]) and 0 < int(behind[2]) < 2**16):
        raise ValueError("its port is no number between 1 and 65535")


def kafka(text: str) -> str:
    """host:port[,host:port], or the same behind user:secret@."""
    for server in KafkaAddress.parse(text).servers.split(","):
        found = _SERVER.fullmatch(server)
        if found is None or not 0 < int(found["port"]) < 2**16:
            raise ValueError("a server in it is not host:port")
    if "@" in text and not all(text.rpartition("@")[0].partition(":")[::2]):
        raise ValueError("before the @ stands no user:secret")
    return text


def s3(text: str) -> str:
    """http(s)://access:secret@host:port; its own sentence says what is missing."""
    S3Address.from_url(text)
    return text


def seed(text: str) -> str:
    """An Ed25519 seed: 32 bytes in base64."""
    if len(base64.b64decode(text, validate=True)) != 32:
        raise ValueError("it has another length")
    return text


def producer_keys(text: str) -> Mapping[str, tuple[bytes, ...]]:
    """service=key pairs, by comma, each service once; a key is the 64 hexadecimal digits of an Ed25519 public
    key, several stand with + between.
    """
    found: dict[str, tuple[bytes, ...]] = {}
    for entry in filter(None, text.split(",")):
        service, _, keys = entry.partition("=")
        if service not in SERVICES or service in found:
            raise ValueError(f"{service[:40]!r} is no service or stands in it twice")
        if not all(_PUBLIC_KEY.fullmatch(key) for key in keys.split("+")):
            raise ValueError(f"what stands behind {service}= is no public key")
        found[service] = tuple(bytes.fromhex(key) for key in keys.split("+"))
    if missing := [service for service in SERVICES if service not in found]:
        raise ValueError(f"it has no key of {missing[0]}")
    return found


def feeds(text: str) -> Mapping[str, str]:
    """service=address pairs, by comma; each service at most once, several addresses of it with + between."""
    found: dict[str, str] = {}
    for entry in filter(None, text.split(",")):
        service, _, address = entry.partition("=")
        if service not in SERVICES:
            raise ValueError(f"{service[:40]!r} is no service")
        if service in found:
            raise ValueError(f"{service} stands in it twice")
        try:
            found[service] = "+".join(web_address(one) for one in address.split("+"))
        except ValueError:
            raise ValueError(f"what stands behind {service}= is no address") from None
    return found


def long_secret(text: str) -> str:
    """A secret that nobody guesses."""
    if len(text) < 16 or not text.isascii():
        raise ValueError(f"it has {len(text)} characters")
    return text


def feed_secrets(text: str) -> Mapping[str, str]:
    """service=secret pairs, by comma; what is wrong is said without a word of the secrets."""
    found = dict(entry.partition("=")[::2] for entry in filter(None, text.split(",")))
    if not set(found) <= set(SERVICES):
        raise ValueError("what stands before a = is no service")
    for service, told in found.items():
        if len(told) < 16:
            raise ValueError(f"the secret for {service} has {len(told)} characters")
    return found


def feed_askers(text: str) -> Mapping[str, bytes]:
    """service=digest pairs, by comma; a digest is the SHA-256 of that
    service's secret in 64 hexadecimal digits.
    """
    found = dict(entry.partition("=")[::2] for entry in filter(None, text.split(",")))
    if not set(found) <= set(SERVICES):
        raise ValueError("what stands before a = is no service")
    if not all(re.fullmatch(r"[0-9a-f]{64}", digest) for digest in found.values()):
        raise ValueError("what stands behind a = is no SHA-256")
    return {service: bytes.fromhex(digest) for service, digest in found.items()}


def traces(text: str) -> str:
    """Where spans go: a collector, whose address holds no password and is called as OTLP/HTTP says where it
    names no path, or a folder.
    """
    if text.startswith("/") and "\0" not in text and not Path(text).is_file():
        return text
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise ValueError
    if parts.query or parts.fragment or not text.isprintable() or (parts.port or 1) > 65535:
        raise ValueError
    return text if parts.path.strip("/") else f"{parts.scheme}://{parts.netloc}/v1/traces"


def providers(text: str) -> tuple[Provider, ...]:
    return load_providers(Path(text))


def people(text: str) -> Path:
    """A people file that can be read and says nothing impossible."""
    path = Path(text)
    try:
        load_people(path, "")
    except PeopleFileInvalid as error:
        raise ValueError(str(error)) from error
    except (TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"{text} is no people file ({error})") from error
    return path
