"""The PostgreSQL that tests and `jejak up` run on."""

import psycopg
import pytest

from deploy.local import places
from deploy.local.ports import free_ports
from deploy.local.postgres import server
from deploy.local.postgres.databases import Server
from deploy.local.secrets import SecretFolder
from deploy.local.supervision.supervisor import Supervisor
from tests.support.parts import PostgresPart, own_folder, remove_folder


def test_a_fresh_database_lets_its_owner_make_tables_and_its_service_not(postgres: PostgresPart) -> None:
    database = postgres.fresh_database()
    with psycopg.connect(database.owner) as owner:
        owner.execute("CREATE TABLE figure (n integer)")
    with psycopg.connect(database.app) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("CREATE TABLE own (n integer)")


def test_the_service_of_one_database_cannot_enter_another(postgres: PostgresPart) -> None:
    one, other = postgres.fresh_database(), postgres.fresh_database()
    trespass = one.app.removesuffix(one.name) + other.name
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(trespass)


def test_commits_are_on_disk_before_they_are_answered() -> None:
    folder = places.open_data_folder(own_folder("disk"))
    supervisor, secrets, port = Supervisor(), SecretFolder(folder / "secrets"), free_ports(1)[0]
    try:
        supervisor.start([server.prepare(folder, port, secrets)])
        with psycopg.connect(Server.local(port, secrets.get("postgres-superuser")).admin_url) as entered:
            assert entered.execute(
                "SELECT current_setting('fsync'), current_setting('synchronous_commit')"
            ).fetchone() == ("on", "on")
    finally:
        supervisor.stop()
        remove_folder(folder)
