"""Servers that exist already replace parts: databases, topics and buckets are made there,
and nothing of ours is started.
"""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from deploy.local.instance import Instance
from deploy.local.wanted import Existing
from deploy.messages import CannotStart
from shared.messaging.topics import ALL_TOPICS, check_topics
from shared.service_names import SERVICES
from tests.support.parts import KafkaPart, ObjectStorePart, PostgresPart, own_folder, remove_folder


@pytest.fixture
def folder() -> Iterator[Path]:
    made = own_folder("existing")
    yield made
    remove_folder(made)


async def test_everything_is_made_on_the_given_servers_and_found_again(
    folder: Path, postgres: PostgresPart, kafka: KafkaPart, object_store: ObjectStorePart
) -> None:
    if kafka.embedded:
        pytest.skip("the embedded broker has no topics to make")
    given = Existing(postgres.server.admin_url, kafka.bootstrap, object_store.url)
    postgres.made.extend(f"jejak_{service}" for service in SERVICES)
    for _ in range(2):
        with Instance(folder / "var", services=False, existing=given) as instance:
            assert {row["kind"] for row in instance.table()} == {"existing"}
            assert {row["pid"] for row in instance.table()} == {None}
            assert instance.table()[0]["version"] == postgres.server.version()
            assert "@" not in "".join(row["address"] for row in instance.table())
            for service in SERVICES:
                with psycopg.connect(instance.database_url(service)) as app:
                    assert app.execute("SELECT current_user").fetchone() == (f"jejak_{service}",)
    await check_topics(kafka.bootstrap, ALL_TOPICS)


def test_a_given_server_that_does_not_answer_is_named(folder: Path) -> None:
    nobody = Existing(database_url="postgresql://postgres:x@127.0.0.1:9/postgres")
    with pytest.raises(CannotStart) as refused:
        Instance(folder / "var", services=False, parts="embedded", existing=nobody).start()
    assert refused.value.key == "existing-unreachable"
    assert "JEJAK_DATABASE_URL" in str(refused.value)


def test_the_variables_of_the_environment_name_the_existing_servers() -> None:
    assert Existing.from_environment({"JEJAK_KAFKA": "host:9092", "JEJAK_S3": ""}) == Existing(
        None, "host:9092", None
    )
