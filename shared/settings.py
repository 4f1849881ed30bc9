"""Settings of one service process: from the environment, each also from a file that `<NAME>_FILE` names.

Whatever is missing, wrong or contradictory is said at once, each in one sentence that names the variable and
what to do, before anything starts. A new setting is a field with `told(NAME, what it must be)`, and a row in
`tests/unit/test_settings.py`.
"""

import os
from collections.abc import Collection, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from shared import settings_values as values
from shared.access.database import DOOR
from shared.access.login import SECOND_FACTOR, LoginNotAllowed, Mode, Way, check, ways
from shared.access.oidc.providers import Provider, secret_fault
from shared.messaging.signing import public_key_of
from shared.settings_told import SettingsError, found, told

DEMANDED: Final[Mapping[str, tuple[str, ...]]] = {"archive": ("checkpoint_key",)}
"""Fields that may be left out by the other services only."""


DatabaseUrl = Annotated[str, BeforeValidator(values.database)]
Bucket = Annotated[str, BeforeValidator(values.bucket)]
Seconds = Annotated[float, BeforeValidator(values.seconds)]
DATABASE = "an address like postgresql://user:password@host:5432/database"


class Settings(BaseSettings):
    """What one service process was told."""

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", hide_input_in_errors=True, populate_by_name=True, validate_default=False
    )

    service: str
    database_url: DatabaseUrl = told("JEJAK_DATABASE_URL", DATABASE, secret=True)
    owner_database_url: DatabaseUrl = told(
        "JEJAK_OWNER_DATABASE_URL", f"the owner's way into the database, {DATABASE}", "", secret=True
    )
    kafka: Annotated[str, BeforeValidator(values.kafka)] = told(
        "JEJAK_KAFKA",
        "host:port[,host:port], or user:secret@host:port for a broker that asks who comes",
        secret=True,
    )
    s3: Annotated[str, BeforeValidator(values.s3)] = told(
        "JEJAK_S3", "an address like http://access:secret@host:port", secret=True
    )
    work_bucket: Bucket = told("JEJAK_S3_WORK_BUCKET", "the name of a bucket", "jejak-work")
    archive_bucket: Bucket = told("JEJAK_S3_ARCHIVE_BUCKET", "the name of a bucket", "jejak-archive")
    longest_lock: Annotated[timedelta, values.spans(timedelta(days=1), 3653)] = told(
        "JEJAK_LONGEST_LOCK_DAYS",
        "for how many days at most a file is locked in the archive, from 1 to 3653",
        timedelta(days=3653),
    )
    access_database_url: DatabaseUrl = told(
        "JEJAK_ACCESS_DATABASE_URL",
        f"this service's own way into the database of sessions, {DATABASE}",
        secret=True,
    )
    session_idle: Annotated[timedelta, values.spans(timedelta(minutes=1), 24 * 60)] = told(
        "JEJAK_SESSION_IDLE_MINUTES",
        "after how many minutes without use a session ends, from 1 to 1440",
        timedelta(hours=2),
    )
    session_longest: Annotated[timedelta, values.spans(timedelta(hours=1), 7 * 24)] = told(
        "JEJAK_SESSION_LONGEST_HOURS",
        "after how many hours a session ends however much it is used, from 1 to 168",
        timedelta(hours=12),
    )
    feed_secrets: Annotated[Mapping[str, str], BeforeValidator(values.feed_secrets)] = told(
        "JEJAK_FEED_SECRETS",
        "pairs like intake=SECRET, the secret with which this service asks that one's feed",
        {},
        secret=True,
    )
    feed_askers: Annotated[Mapping[str, bytes], BeforeValidator(values.feed_askers)] = told(
        "JEJAK_FEED_ASKERS",
        "pairs like archive=HEX, the SHA-256 of the secret with which that service asks this one's feed",
        {},
        secret=True,
    )
    checkpoint_key: Annotated[str, BeforeValidator(values.seed)] = told(
        "JEJAK_CHECKPOINT_KEY",
        "an Ed25519 seed, 32 bytes in base64; make one with `openssl rand -base64 32`",
        "",
        secret=True,
    )
    signing_key: Annotated[str, BeforeValidator(values.seed)] = told(
        "JEJAK_SIGNING_KEY",
        "this service's own Ed25519 seed, 32 bytes in base64; make one with `openssl rand -base64 32`",
        secret=True,
    )
    producer_keys: Annotated[Mapping[str, tuple[bytes, ...]], BeforeValidator(values.producer_keys)] = told(
        "JEJAK_PRODUCER_KEYS",
        "the public keys of all services, like intake=HEX,verification=HEX+HEX,documents=HEX,archive=HEX",
    )
    mode: Mode = told("JEJAK_MODE", "development or production", "development")
    login: Annotated[tuple[Way, ...], BeforeValidator(ways)] = told(
        "JEJAK_LOGIN", "development, oidc or local, several by comma", ("development",)
    )
    providers: Annotated[tuple[Provider, ...], BeforeValidator(values.providers)] = told(
        "JEJAK_OIDC", "the path of a file of identity providers (docs/operations/oidc.md)", ()
    )
    oidc_recheck: Annotated[timedelta, values.spans(timedelta(minutes=1), 24 * 60)] = told(
        "JEJAK_OIDC_RECHECK_MINUTES",
        "after how many minutes a provider is asked again about who is signed in, from 1 to 1440",
        timedelta(minutes=10),
    )
    second_factor: Annotated[frozenset[str], BeforeValidator(values.roles)] = told(
        "JEJAK_SECOND_FACTOR", "roles by comma that sign in with a second factor, or none", SECOND_FACTOR
    )
    host: Annotated[str, BeforeValidator(values.host)] = told(
        "JEJAK_HOST", "the address or name of this machine to listen on", "127.0.0.1"
    )
    port: Annotated[int, BeforeValidator(partial(values.whole, least=0, most=65535))] = told(
        "JEJAK_PORT", "a port from 1 to 65535, or 0 for any that is free", 0
    )
    public_url: Annotated[str, BeforeValidator(values.web_address)] = told(
        "JEJAK_PUBLIC_URL",
        "the address that people type, like https://jejak.example.go.id",
        "http://127.0.0.1:8400",
    )
    hosts: Annotated[tuple[str, ...], BeforeValidator(values.hosts)] = told(
        "JEJAK_HOSTS",
        "further names under which this service is called, by comma, like intake,jejak-intake.local",
        (),
    )
    feeds: Annotated[Mapping[str, str], BeforeValidator(values.feeds)] = told(
        "JEJAK_FEEDS", "pairs like intake=http://127.0.0.1:8401,verification=http://127.0.0.1:8402", {}
    )
    people: Annotated[Path | None, BeforeValidator(values.people)] = told(
        "JEJAK_PEOPLE", "the path of a people file, with which an installation without people begins", None
    )
    letters: Annotated[Path | None, BeforeValidator(values.folder)] = told(
        "JEJAK_LETTERS", "the path of a folder with the letters of regions", None
    )
    region: Annotated[str, BeforeValidator(values.region)] = told(
        "JEJAK_REGION", "the four digits of a region, like 3402", "3402"
    )
    ground: Annotated[tuple[Path, ...], BeforeValidator(values.places)] = told(
        "JEJAK_GROUND", "folders to be watched, and a certificate, by comma, all of them there", ()
    )
    embedded_kafka: Annotated[bool, BeforeValidator(values.yes_or_no)] = told(
        "JEJAK_KAFKA_EMBEDDED", "0 or 1", default=False
    )
    node: Annotated[str, BeforeValidator(values.host)] = told(
        "JEJAK_NODE", "a name for this worker in its group, like 0", "0"
    )
    log_level: Annotated[str, BeforeValidator(values.level)] = told(
        "JEJAK_LOG_LEVEL", f"one of {', '.join(values.LEVELS)}", "info"
    )
    db_pool_size: Annotated[int, BeforeValidator(partial(values.whole, least=2, most=500))] = told(
        "JEJAK_DB_POOL_SIZE", "how many connections to the database this process may have, from 2 to 500", 8
    )
    db_pool_wait: Seconds = told(
        "JEJAK_DB_POOL_WAIT", "for how many seconds a request may wait for a connection, like 1.5", 1.5
    )
    db_statement_timeout: Seconds = told(
        "JEJAK_DB_STATEMENT_TIMEOUT", "for how many seconds a statement may run, like 10", 10.0
    )
    compare_events: Annotated[int, BeforeValidator(partial(values.whole, least=1, most=100_000))] = told(
        "JEJAK_COMPARE_EVENTS",
        "how many events a second archive compares with their sources, from 1 to 100000",
        200,
    )
    compare_mib: Annotated[int, BeforeValidator(partial(values.whole, least=1, most=10_000))] = told(
        "JEJAK_COMPARE_MIB", "how many MiB of archived files a second archive compares, from 1 to 10000", 4
    )
    compare_rest: Seconds = told(
        "JEJAK_COMPARE_REST", "for how many seconds archive rests between two rounds, like 60", 60.0
    )
    metrics_secret: Annotated[str, BeforeValidator(values.long_secret)] = told(
        "JEJAK_METRICS_SECRET",
        "a secret of 16 characters or more with which other machines may ask for /metrics",
        "",
        secret=True,
    )
    traces: Annotated[str, BeforeValidator(values.traces)] = told(
        "JEJAK_TRACES",
        "an address of a collector like http://127.0.0.1:4318/v1/traces, or a folder by its whole path",
        "",
    )
    backup_every: Annotated[timedelta, values.spans(timedelta(hours=1), 31 * 24)] = told(
        "JEJAK_BACKUP_EVERY_HOURS", "after how many hours a backup is due, from 1 to 744", timedelta(0)
    )
    certificate_every: Annotated[timedelta, values.spans(timedelta(days=1), 366)] = told(
        "JEJAK_CERTIFICATE_EVERY_DAYS", "after how many days one is made, from 1 to 366", timedelta(days=7)
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  the signature is pydantic's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `read` found: it also reads files, and says what is wrong with them."""
        return (init_settings,)


def _name(field: FieldInfo) -> str:
    return str(field.validation_alias)


TOLD: Final[Mapping[str, FieldInfo]] = {
    _name(field): field for name, field in Settings.model_fields.items() if name != "service"
}


def _is_secret(field: FieldInfo) -> bool:
    return isinstance(field.json_schema_extra, dict) and bool(field.json_schema_extra["secret"])


def fault_of(name: str, value: str, *, called: str = "") -> str:
    """The sentence about one setting that is told alone, perhaps under another name;
    empty where it is right.
    """
    field = TOLD[name]
    try:
        kind: Any = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
        TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        first = error.errors()[0]
        return _wrong(name, first["type"], _reason(first), value).replace(name, called or name, 1)
    return ""


def login_fault(told: Mapping[str, str]) -> str:
    """The sentence about a way of signing in that the mode does not allow; empty where it does."""
    try:
        mode, login = (told.get(name, "development") for name in ("JEJAK_MODE", "JEJAK_LOGIN"))
        check(mode, login, providers="JEJAK_OIDC" in told)
    except LoginNotAllowed as error:
        return str(error)
    return ""


def _wrong(name: str, kind: str, reason: str, value: str) -> str:
    field = TOLD[name]
    if kind == "missing":
        return (
            f"{name} is not set; give {field.description}, in the environment or in a file that {name}_FILE "
            "names."
        )
    shown = "" if _is_secret(field) else f", not {value[:80]!r}"
    why = f" ({reason})" if reason else ""
    return f"{name} must be {field.description}{shown}{why}."


def _reason(error: Mapping[str, Any]) -> str:
    cause = error.get("ctx", {}).get("error")
    return str(cause).rstrip(".") if isinstance(cause, ValueError) else ""


def _knows_itself(settings: Settings) -> bool:
    return public_key_of(settings.signing_key) in settings.producer_keys[settings.service]


def read(
    service: str, environment: Mapping[str, str] = os.environ, *, demanded: Collection[str] = ()
) -> Settings:
    """The settings of `service`; `demanded` names fields that must be told although they have a default.

    Raises SettingsError with a sentence for each fault, in the order of the fields.
    """
    told_here, faults = found(environment, TOLD)
    must = {*demanded, *DEMANDED.get(service, ())}
    for name in must:
        alias = _name(Settings.model_fields[name])
        if alias not in told_here:
            faults.setdefault(alias, _wrong(alias, "missing", "", ""))
    try:
        settings = Settings(service=service, **told_here)  # type: ignore[arg-type]  # the validators make the types
    except ValidationError as error:
        settings = None
        for each in error.errors():
            name = str(each["loc"][0])
            faults.setdefault(name, _wrong(name, each["type"], _reason(each), told_here.get(name, "")))
    if not {"JEJAK_MODE", "JEJAK_LOGIN"} & faults.keys() and (fault := login_fault(told_here)):
        faults["JEJAK_LOGIN"] = fault
    if settings is not None and not faults and not _knows_itself(settings):
        faults["JEJAK_PRODUCER_KEYS"] = (
            f"JEJAK_PRODUCER_KEYS does not hold the public key of {service}'s own JEJAK_SIGNING_KEY; "
            "nobody would believe its messages. `python -m shared.messaging.signing` prints it."
        )
    if settings is not None and service == DOOR and (fault := secret_fault(settings.providers)):
        faults["JEJAK_OIDC"] = fault
    if settings is None or faults:
        raise SettingsError(*(faults[name] for name in TOLD if name in faults))
    return settings
