"""The three servers behind the services: PostgreSQL, Kafka and S3, ours or given ones,
and how each service enters them as itself.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from deploy.local import seaweedfs
from deploy.local.broker import access as kafka_access
from deploy.local.broker import choice as brokers
from deploy.local.broker import embedded as embedded_broker
from deploy.local.broker import kafka
from deploy.local.broker.jars import Progress
from deploy.local.postgres import server as postgres
from deploy.local.postgres.databases import (
    AccessDatabase,
    Database,
    Server,
    access_database,
    service_databases,
)
from deploy.local.secrets import SecretFolder
from deploy.local.supervision.aside import Aside, run
from deploy.local.supervision.part import Part
from deploy.local.wanted import Existing, PartsChoice
from shared.objects.address import S3Address
from shared.service_names import SERVICES

PORT_NAMES = ("postgres", "kafka", "kafka-controller", *seaweedfs.PORTS, *SERVICES)
__all__ = ["PORT_NAMES", "Progress", "Servers", "Stage"]
Stage = Callable[[str], None]
"""Told the key of what begins now."""


@dataclass(frozen=True, slots=True)
class Databases:
    """The database of each service and that of sessions, made where they were missing."""

    services: dict[str, Database]
    access: AccessDatabase


@dataclass(frozen=True, slots=True)
class Working:
    """The three servers; each `result()` waits until its own works, and raises what kept it from that."""

    databases: Aside[Databases]
    store: Aside[None]
    broker: Aside[None]


class Servers:
    """The servers of one installation. `ports` are the installation's own;
    `existing` those that replace ours.
    """

    def __init__(
        self,
        folder: Path,
        ports: dict[str, int],
        choice: PartsChoice,
        existing: Existing,
        *,
        say: Callable[[str], None],
        stage: Stage,
        fetching: Progress,
    ) -> None:
        self.folder, self.secrets, self.existing = folder, SecretFolder(folder / "secrets"), existing
        self._ports, self._choice = ports, choice
        self._say, self._stage, self._fetching = say, stage, fetching
        self._broker: Aside[Part] | None = None
        self._working: Working | None = None
        self._fetched = False

    def bring_up(self, start: Callable[[Part], None], on_back: Callable[[], None]) -> None:
        """Prepare, `start` and set up the three side by side, each as fast as it goes;
        whoever needs one of them waits for it. `on_back`: what to do when an embedded broker came back
        somewhere else.
        """
        self._broker = Aside(self._prepared_broker)
        self._working = Working(
            Aside(lambda: self._databases_with(start)),
            Aside(lambda: self._store_with(start)),
            Aside(lambda: self._topics_with(start, on_back)),
        )

    @property
    def working(self) -> "Working":
        """The three, each as soon as it works."""
        assert self._working is not None, "the servers are not brought up"
        return self._working

    def _databases_with(self, start: Callable[[Part], None]) -> "Databases":
        start(self._database())
        if not self.existing.database_url:
            self.database.shut()
        return Databases(
            service_databases(self.database, SERVICES, self.secrets),
            access_database(self.database, SERVICES, self.secrets),
        )

    def _store_with(self, start: Callable[[Part], None]) -> None:
        start(self._object_store())
        self._make_buckets()

    def _topics_with(self, start: Callable[[Part], None], on_back: Callable[[], None]) -> None:
        start(self.broker)
        if self.embedded:
            self.find_embedded_broker()
            self.broker.on_back = on_back
        else:
            self._prepare_topics()
            self.broker.on_back = self._prepare_topics

    def find_embedded_broker(self) -> None:
        """It listens on another port each time it starts."""
        self.broker.address = embedded_broker.address_in(self.folder)

    @property
    def broker(self) -> Part:
        """Its part, as soon as it is prepared. Raises CannotStart."""
        assert self._broker is not None, "the servers are not brought up"
        return self._broker.result()

    @property
    def database(self) -> Server:
        """The PostgreSQL server with the right to make databases."""
        if self.existing.database_url:
            return Server(self.existing.database_url)
        return Server.local(self._ports["postgres"], self.secrets.get("postgres-superuser"))

    @property
    def embedded(self) -> bool:
        return self.broker.kind == "embedded"

    @property
    def kafka(self) -> str:
        """The broker as its administrator enters it, in the form of JEJAK_KAFKA;
        the embedded one knows no users.
        """
        if self.existing.kafka:
            return self.existing.kafka
        return self.broker.address if self.embedded else kafka.url(self.broker.address, self.secrets)

    def kafka_of(self, service: str) -> str:
        """The broker as a service enters it: as itself.
        At a broker that exists JEJAK_KAFKA_<SERVICE> says how.
        """
        if self.existing.kafka:
            return os.environ.get(f"JEJAK_KAFKA_{service.upper()}") or self.existing.kafka
        return self.kafka if self.embedded else kafka.url(self.broker.address, self.secrets, service)

    @property
    def s3(self) -> str:
        """The object store with the keys that make buckets, in the form of JEJAK_S3."""
        return self.existing.s3 or seaweedfs.url(self._ports["s3"], self.secrets)

    def s3_of(self, service: str) -> str:
        """The object store with a service's own key. At a store that exists JEJAK_S3_<SERVICE> says which."""
        if self.existing.s3:
            return os.environ.get(f"JEJAK_S3_{service.upper()}") or self.existing.s3
        return seaweedfs.url(self._ports["s3"], self.secrets, service)

    def _database(self) -> Part:
        if self.existing.database_url:
            return postgres.given(self.database)
        return postgres.prepare(self.folder, self._ports["postgres"], self.secrets)

    def _prepared_broker(self) -> Part:
        return brokers.prepare(
            self.folder,
            self._ports,
            self._choice,
            self.existing,
            self.secrets,
            self._say,
            self._report_fetching,
        )

    def _report_fetching(self, done: int, of: int) -> None:
        """Told once with everything there when nothing is missing, and then there is nothing to say."""
        if done < of:
            self._fetched = True
            self._stage("doing-fetch")
        if self._fetched:
            self._fetching(done, of)

    def _object_store(self) -> Part:
        if self.existing.s3:
            return seaweedfs.given(self.existing.s3)
        return seaweedfs.prepare(self.folder, self._ports, self.secrets)

    def _prepare_topics(self) -> None:
        """Topics, and at a broker of ours who may do what;
        again whenever it came back, because it may have come back empty.
        """
        kafka_access.prepare_broker(self.kafka, ours=not self.existing.kafka)

    def _make_buckets(self) -> None:
        from shared.objects.s3_client import ensure_buckets

        run(
            ensure_buckets(
                S3Address.from_url(self.s3), work=seaweedfs.WORK_BUCKET, archive=seaweedfs.ARCHIVE_BUCKET
            )
        )
