"""The four databases as a superuser enters them: what an attack changes there is put back afterwards."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module

import psycopg
from psycopg import sql
from psycopg.rows import dict_row
from sqlalchemy import MetaData

from deploy.drill.forgery.spoiling import Row
from services.archive.domain.checkpoint import Signer
from shared.service_names import SERVICES

LOG = ("leaf", "tree", "tile", "checkpoint")


@dataclass
class Stores:
    """The four databases as a superuser enters them; what is to be put back afterwards is noted."""

    server: str
    names: Mapping[str, str]
    signer: Signer
    touched: set[tuple[str, str]] = field(default_factory=set)

    def rows(self, service: str, question: str, *values: object) -> list[Row]:
        """What a question finds."""
        with self._entered(service) as conn:
            return conn.execute(question.encode(), values).fetchall()

    def change(self, service: str, table: str, statement: str, *values: object) -> int:
        """Changes a table without its triggers; how many rows."""
        self.touched.add((service, table))
        with self._entered(service) as conn:
            return conn.execute(statement.encode(), values).rowcount

    def keep(self) -> None:
        """Notes everything that an attack may change."""
        for service in SERVICES:
            with self._entered(service) as conn:
                conn.execute(b"CREATE SCHEMA drill")
                for table in (
                    "event",
                    *map(str, read_models(service).tables),
                    *(LOG if service == "archive" else ()),
                ):
                    conn.execute(
                        sql.SQL("CREATE TABLE drill.{0} AS TABLE public.{0}").format(sql.Identifier(table))
                    )

    def put_back(self) -> None:
        """Everything that was touched is again as it was noted."""
        for service, table in self.touched:
            with self._entered(service) as conn, conn.transaction():
                named = sql.Identifier(table)
                conn.execute(sql.SQL("DELETE FROM public.{}").format(named))
                conn.execute(
                    sql.SQL("INSERT INTO public.{0} OVERRIDING SYSTEM VALUE TABLE drill.{0}").format(named)
                )
        self.touched.clear()

    @contextmanager
    def _entered(self, service: str) -> Iterator[psycopg.Connection[Row]]:
        with psycopg.connect(
            self.server, dbname=self.names[service], autocommit=True, row_factory=dict_row
        ) as conn:
            conn.execute(b"SET session_replication_role = replica")
            yield conn


def read_models(service: str) -> MetaData:
    metadata: MetaData = import_module(f"services.{service}.bootstrap").ROOM.metadata
    return metadata
