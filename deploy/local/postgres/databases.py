"""The databases of an installation, each with its owner and the role that uses it, made on a PostgreSQL
that is ours or was given.

Role: nobody but owner and user may connect to a database. Used by `servers.py`, which knows the server.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from deploy.local.ports import LOOPBACK
from deploy.local.secrets import SecretFolder
from shared.eventsourcing.several_servers import places

SUPERUSER = "postgres"


@dataclass(frozen=True, slots=True)
class Database:
    """Two ways into one database: as its owner (migrations only) and as the service."""

    name: str
    owner: str
    app: str


@dataclass(frozen=True, slots=True)
class Server:
    """Where a PostgreSQL listens and how to enter it with the right to make databases."""

    admin_url: str

    @classmethod
    def local(cls, port: int, password: str) -> "Server":
        return cls(f"postgresql://{SUPERUSER}:{password}@{LOOPBACK}:{port}/postgres")

    def url(self, database: str, user: str, password: str) -> str:
        """The same server entered by somebody else; of several servers, all of them."""
        given = conninfo_to_dict(self.admin_url)
        kept = {name: given[name] for name in ("sslmode", "target_session_attrs") if given.get(name)}
        options = f"?{urlencode(kept)}" if kept else ""
        return f"postgresql://{user}:{password}@{self.address}/{database}{options}"

    @property
    def address(self) -> str:
        return ",".join(f"{host or LOOPBACK}:{port}" for host, port in places(self.admin_url))

    def answers(self) -> bool:
        try:
            with psycopg.connect(self.admin_url, connect_timeout=2) as connection:
                connection.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def version(self) -> str:
        with psycopg.connect(self.admin_url, connect_timeout=5) as connection:
            return str(connection.info.parameter_status("server_version")).split()[0]

    def shut(self) -> None:
        """Whoever is no superuser enters only databases that were opened to it,
        also none of the server's own. For a server that is ours alone.
        """
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            for (name,) in connection.execute(
                b"SELECT datname FROM pg_database WHERE datallowconn"
            ).fetchall():
                connection.execute(
                    sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(str(name)))
                )

    def make_database(self, name: str, *, owner_secret: str, app_secret: str) -> Database:
        """Make the database with its owner role and app role, or set their secrets again;
        nobody else may connect.
        """
        owner = self.make_empty(name, owner_secret)
        return Database(name, owner, self.admit(name, name, app_secret))

    def make_empty(self, name: str, owner_secret: str) -> str:
        """A database that only its owner may enter, made where it is missing; answers the owner's way in."""
        owner_role = f"{name}_owner"
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            _make_role(connection, owner_role, owner_secret)
            if not _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", name):
                # An administrator who is no superuser must be a member of the role that he gives a database
                # to.
                connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(owner_role)))
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(
                        sql.Identifier(name), sql.Identifier(owner_role)
                    )
                )
            connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
        return self.url(name, owner_role, owner_secret)

    def admit(self, database: str, role: str, secret: str) -> str:
        """Let a role into a database, made or with its secret set again; answers its way in."""
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            _make_role(connection, role, secret)
            connection.execute(
                sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(
                    sql.Identifier(database), sql.Identifier(role)
                )
            )
        return self.url(database, role, secret)


def _make_role(connection: "psycopg.Connection[tuple[object, ...]]", role: str, secret: str) -> None:
    verb = "ALTER" if _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", role) else "CREATE"
    statement = "{} ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}"
    connection.execute(sql.SQL(statement).format(sql.SQL(verb), sql.Identifier(role), sql.Literal(secret)))


def _exists(connection: "psycopg.Connection[tuple[object, ...]]", question: str, value: str) -> bool:
    return connection.execute(question.encode(), (value,)).fetchone() is not None


def service_databases(server: Server, services: Iterable[str], secrets: SecretFolder) -> dict[str, Database]:
    """The database of each service on that server, made where it is missing."""
    return {
        service: server.make_database(
            f"jejak_{service}",
            owner_secret=secrets.get(f"database-{service}-owner"),
            app_secret=secrets.get(f"database-{service}"),
        )
        for service in services
    }


@dataclass(frozen=True, slots=True)
class AccessDatabase:
    """The database of sessions: the owner's way in, and each service's own with the name of its role."""

    owner: str
    apps: Mapping[str, str]
    roles: Mapping[str, str]


def access_database(
    server: Server, services: Iterable[str], secrets: SecretFolder, name: str = "jejak_access"
) -> AccessDatabase:
    """The database of sessions on that server, made where it is missing;
    every service gets a role of its own in it.
    """
    owner = server.make_empty(name, secrets.get("database-access-owner"))
    roles = {service: f"{name}_{service}" for service in services}
    apps = {
        service: server.admit(name, role, secrets.get(f"database-access-{service}"))
        for service, role in roles.items()
    }
    return AccessDatabase(owner, apps, roles)
