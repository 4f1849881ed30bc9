"""What `jejak up` does to the databases: to the present schema, a second time without effect,
and hands off from a newer one.
"""

from pathlib import Path

import psycopg
import pytest

from deploy.local.postgres import migrations
from deploy.local.postgres.databases import Database, access_database
from deploy.local.secrets import SecretFolder
from deploy.messages import CannotStart
from shared.service_names import SERVICES
from tests.support.parts import PostgresPart


def bring_up(postgres: PostgresPart, databases: dict[str, Database], folder: Path) -> None:
    """These databases and the one of sessions, as `jejak up` does it."""
    held = SecretFolder(folder / "secrets")
    name = f"jejak_access_{folder.name[-30:].replace('-', '_')}".lower()
    access = access_database(postgres.server, SERVICES, held, name)
    postgres.made.append(name)
    migrations.migrate(databases, access, folder / "migrate.log")


def test_all_databases_are_brought_up_to_date_and_a_second_time_changes_nothing(
    postgres: PostgresPart, tmp_path: Path
) -> None:
    databases = {service: postgres.fresh_database(service) for service in SERVICES}
    for _ in range(2):
        bring_up(postgres, databases, tmp_path)
        for database in databases.values():
            with psycopg.connect(database.app) as app:
                assert app.execute("SELECT count(*) FROM event").fetchone() == (0,)


def test_a_database_of_a_newer_jejak_is_left_alone_and_named(postgres: PostgresPart, tmp_path: Path) -> None:
    database = postgres.fresh_database("archive")
    bring_up(postgres, {"archive": database}, tmp_path)
    with psycopg.connect(database.owner) as owner:
        owner.execute("UPDATE alembic_version SET version_num = 'from-the-future'")
    with pytest.raises(CannotStart) as refused:
        bring_up(postgres, {"archive": database}, tmp_path)
    assert (refused.value.key, refused.value.facts) == ("newer-database", {"service": "archive"})


def test_a_migration_that_fails_names_its_log_and_last_line(postgres: PostgresPart, tmp_path: Path) -> None:
    database = postgres.fresh_database("intake")
    with psycopg.connect(database.owner) as owner:
        owner.execute("CREATE TABLE event (in_the_way text)")
    with pytest.raises(CannotStart) as refused:
        bring_up(postgres, {"intake": database}, tmp_path)
    assert refused.value.key == "migrate-failed"
    assert refused.value.facts["service"] == "intake"
    assert str(tmp_path / "migrate.log") in str(refused.value)
    assert (tmp_path / "migrate.log").read_text()
