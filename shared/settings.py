"""Settings of one service process: from the environment, each secret also from a file named by `<NAME>_FILE`.

Anything missing or contradictory stops the start with one sentence that says what and what to do.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from shared.access.login import LoginNotAllowed, Mode, check

SERVICES = ("intake", "verification", "documents", "archive")


class SettingsError(Exception):
    """A setting is missing or contradicts another; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What one service process was told. Addresses with a password and secrets are not shown by repr."""

    service: str
    database_url: str = field(repr=False)
    kafka: str = field(repr=False)
    s3: str = field(repr=False)
    work_bucket: str
    archive_bucket: str
    session_secret: str = field(repr=False)
    feed_secret: str = field(repr=False)
    checkpoint_key: str = field(repr=False)
    mode: Mode
    login: str
    host: str
    port: int
    public_url: str
    feeds: Mapping[str, str]
    people: Path
    region: str
    embedded_kafka: bool
    log_level: str


def _read(environment: Mapping[str, str], name: str, default: str | None = None) -> str:
    if name in environment:
        return environment[name]
    if path := environment.get(f"{name}_FILE"):
        return Path(path).read_text(encoding="utf-8").strip()
    if default is None:
        raise SettingsError(f"{name} is not set; give it in the environment, or a file with it as {name}_FILE.")
    return default


def _feeds(text: str) -> Mapping[str, str]:
    pairs = [entry.partition("=") for entry in text.split(",") if entry]
    if any(not address for _, _, address in pairs):
        raise SettingsError("JEJAK_FEEDS must look like intake=http://127.0.0.1:8401,verification=http://…")
    return {service: address.rstrip("/") for service, _, address in pairs}


def read(service: str, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of `service`. Raises SettingsError with a sentence for the operator."""
    mode = _read(environment, "JEJAK_MODE", "development")
    login = _read(environment, "JEJAK_LOGIN", "development")
    try:
        check(mode, login)
    except LoginNotAllowed as error:
        raise SettingsError(str(error)) from error
    return Settings(
        service=service,
        database_url=_read(environment, "JEJAK_DATABASE_URL"),
        kafka=_read(environment, "JEJAK_KAFKA"),
        s3=_read(environment, "JEJAK_S3"),
        work_bucket=_read(environment, "JEJAK_S3_WORK_BUCKET", "jejak-work"),
        archive_bucket=_read(environment, "JEJAK_S3_ARCHIVE_BUCKET", "jejak-archive"),
        session_secret=_read(environment, "JEJAK_SESSION_SECRET"),
        feed_secret=_read(environment, "JEJAK_FEED_SECRET"),
        checkpoint_key=_read(environment, "JEJAK_CHECKPOINT_KEY", None if service == "archive" else ""),
        mode=cast("Mode", mode),
        login=login,
        host=_read(environment, "JEJAK_HOST", "127.0.0.1"),
        port=int(_read(environment, "JEJAK_PORT", "0")),
        public_url=_read(environment, "JEJAK_PUBLIC_URL", "http://127.0.0.1:8400"),
        feeds=_feeds(_read(environment, "JEJAK_FEEDS", "")),
        people=Path(_read(environment, "JEJAK_PEOPLE")),
        region=_read(environment, "JEJAK_REGION", "3402"),
        embedded_kafka=_read(environment, "JEJAK_KAFKA_EMBEDDED", "0") == "1",
        log_level=_read(environment, "JEJAK_LOG_LEVEL", "info"),
    )
