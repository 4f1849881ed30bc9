"""The four services as child processes, one or several each, and the environment each of them gets."""

import json
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from deploy.local import ports
from deploy.local.places import PROJECT, remove
from deploy.local.postgres.databases import AccessDatabase, Database
from deploy.local.secrets import SecretFolder, ed25519_seed
from deploy.local.signing import feed_askers, feed_secrets, producer_keys, signing_key
from deploy.local.supervision import pulse
from deploy.local.supervision.child import Child
from deploy.local.supervision.part import Kind, Part, always
from shared.service_names import SERVICES

PEOPLE = PROJECT / "deploy" / "demo" / "people.toml"
REGIONS = PROJECT / "deploy" / "demo" / "regions"
HIDDEN = (
    {"JEJAK_DATABASE_URL", "JEJAK_KAFKA", "JEJAK_S3", "JEJAK_PORT", "JEJAK_HOST"}
    | {f"JEJAK_BACKUP_{name}" for name in ("TO", "RECIPIENT", "PASSPHRASE", "IDENTITY")}
    | {f"JEJAK_{part}_{service.upper()}" for part in ("KAFKA", "S3") for service in SERVICES}
)
"""Of the supervisor's own environment: no service is told another's way in."""
SAID_BY_US = frozenset(
    f"JEJAK_{name}"
    for name in (
        *(
            "DATABASE_URL",
            "OWNER_DATABASE_URL",
            "ACCESS_DATABASE_URL",
            "KAFKA",
            "KAFKA_EMBEDDED",
            "S3",
            "HOST",
            "PORT",
            "PUBLIC_URL",
            "FEEDS",
            "GROUND",
        ),
        *("FEED_SECRETS", "FEED_ASKERS", "SIGNING_KEY", "PRODUCER_KEYS", "CHECKPOINT_KEY"),
    )
)
"""What a service of an installation is never told from outside."""


def jejak_version() -> str:
    try:
        return version("jejak")
    except PackageNotFoundError:
        return "0.1.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """All that a service needs to know about the other parts."""

    folder: Path
    ports: Mapping[str, int]
    databases: Mapping[str, Database]
    access: AccessDatabase
    kafka: Mapping[str, str]
    embedded: bool
    s3: Mapping[str, str]
    address: str
    secrets: SecretFolder
    ground: tuple[Path, ...] = ()

    def variables(self, service: str, *, owner: bool = False, process: str = "") -> dict[str, str]:
        """The whole environment of one service's process;
        with `owner` also the way in that only migrations may use. `process`: the one of several
        that it is for, each of which listens on a port of its own.
        """
        database = self.databases[service]
        known = {
            "JEJAK_DATABASE_URL": database.app,
            "JEJAK_KAFKA": self.kafka[service],
            "JEJAK_KAFKA_EMBEDDED": "1" if self.embedded else "0",
            "JEJAK_S3": self.s3[service],
            "JEJAK_ACCESS_DATABASE_URL": self.access.apps[service],
            "JEJAK_SIGNING_KEY": signing_key(self.secrets, service),
            "JEJAK_PRODUCER_KEYS": producer_keys(self.secrets),
            "JEJAK_FEED_SECRETS": feed_secrets(self.secrets, service),
            "JEJAK_FEED_ASKERS": feed_askers(self.secrets, service),
            "JEJAK_HOST": ports.LOOPBACK,
            "JEJAK_PORT": str(self.ports[process or service]),
            "JEJAK_PUBLIC_URL": self.address,
            "JEJAK_GROUND": ",".join(map(str, self.ground)),
            "JEJAK_FEEDS": ",".join(
                f"{name}=http://{ports.LOOPBACK}:{self.ports[name]}" for name in SERVICES
            ),
            "JEJAK_PEOPLE": os.environ.get("JEJAK_PEOPLE", str(PEOPLE)),
        }
        if os.environ.get("JEJAK_MODE", "").strip() != "production":
            known["JEJAK_LETTERS"] = os.environ.get("JEJAK_LETTERS", str(REGIONS))
        if service == "archive":
            known["JEJAK_CHECKPOINT_KEY"] = self.secrets.get("checkpoint-key", ed25519_seed)
        if owner:
            known["JEJAK_OWNER_DATABASE_URL"] = database.owner
        inherited = {
            name: value
            for name, value in os.environ.items()
            if name.removesuffix("_FILE") not in HIDDEN | SAID_BY_US
        }
        # Few threads allocate, so few arenas: a tenth less memory for each service.
        return {
            "MALLOC_ARENA_MAX": "2",
            **inherited,
            "PYTHONUNBUFFERED": "1",
            "PYTHONPATH": str(PROJECT),
            **known,
        }


def environment_file(folder: Path, name: str) -> Path:
    """Where the environment of a service of the running installation lies;
    for its owner alone, as the secrets in it.
    """
    return folder / "run" / f"{name}.env.json"


def leave_environments(environment: Environment) -> None:
    """Writes down what each service is started with, for whoever runs one by hand or in a debugger."""
    for name in SERVICES:
        place = environment_file(environment.folder, name)
        place.parent.mkdir(exist_ok=True)
        place.touch(mode=0o600)
        place.write_text(json.dumps(own_part(environment.variables(name))))


def leave_targets(folder: Path, processes: Iterable["Process"], chosen: Mapping[str, int]) -> None:
    """Writes down where each process says its metrics, in the form of Prometheus' file_sd_configs."""
    said = [
        {"targets": [f"{ports.LOOPBACK}:{chosen[one.name]}"], "labels": {"process": one.name}}
        for one in processes
        if one.listens
    ]
    (folder / "run" / "metrics.json").write_text(json.dumps(said, indent=1))


def forget_environments(folder: Path) -> None:
    """They are there only while the installation runs: gone at its end, and at the next start or end
    where it was killed.
    """
    for name in SERVICES:
        remove(environment_file(folder, name))


def own_part(environment: Mapping[str, str]) -> dict[str, str]:
    """What Jejak says to a service, without what the machine says to every process."""
    return {name: value for name, value in environment.items() if os.environ.get(name) != value}


@dataclass(frozen=True, slots=True)
class Process:
    """A process of a service: `serve` is web, worker and relay in one, `web` and `worker` are its halves."""

    service: str
    name: str
    command: Literal["serve", "web", "worker"] = "serve"

    @property
    def listens(self) -> bool:
        return self.command != "worker"


def processes_of(service: str, webs: int = 1) -> tuple[Process, ...]:
    """What a service runs as: one process for everything, or several that answer and one that works.
    The first that answers has the name, and with it the port, of the service.
    """
    if webs == 1:
        return (Process(service, service),)
    answering = [service, *(f"{service}-{number}" for number in range(2, webs + 1))]
    return (
        *(Process(service, name, "web") for name in answering),
        Process(service, f"{service}-worker", "worker"),
    )


def variables_of(process: Process, environment: Environment) -> dict[str, str]:
    """The environment of that process: the service's own, on the process's own port."""
    return environment.variables(process.service, process=process.name if process.listens else "")


def part(process: Process, environment: Environment) -> Part:
    """The part that runs one process of a service. A worker listens nowhere:
    it ends itself when it hangs, and what it says of itself is asked of those that answer.
    """
    name, service = process.name, process.service
    child = Child(
        name=name,
        argv=[sys.executable, "-m", f"services.{service}", process.command],
        log=environment.folder / "logs" / f"{name}.log",
        pid_file=environment.folder / "run" / f"{name}.json",
        env=variables_of(process, environment),
        cwd=PROJECT,
        patience=8,  # what it has not finished by then is in PostgreSQL, and begins again from there
    )
    told: tuple[str, str, str, Kind, str] = (name, name, jejak_version(), "own", "guarantee-service")
    if not process.listens:
        return Part(*told, "-", always, child)
    port = environment.ports[name]
    return Part(
        *told,
        f"{ports.LOOPBACK}:{port}",
        lambda: says_ready(port, service),
        child,
        patience=180,
        answers=lambda: pulse.says_something(port, pulse.http(f"/api/{service}/health/live")),
    )


def says_ready(port: int, name: str) -> bool:
    """Whether the service answers that it is ready."""
    connection = HTTPConnection(ports.LOOPBACK, port, timeout=3)
    try:
        connection.request("GET", f"/api/{name}/health/ready")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
