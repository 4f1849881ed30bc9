"""docs/operations/upgrading.md: an older version leaves the data of a newer one alone and says so,
and with the copy from before everything is there again.
"""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from deploy.demo.caller import Caller, Positions
from deploy.local.instance import Instance
from deploy.messages import CannotStart
from tests.faults.terminal import jejak
from tests.support.parts import own_folder, remove_folder

BODY = {"name": "Dinas Kesehatan", "short_name": "Dinkes", "occurred_on": "2026-01-05"}


@pytest.fixture
def folder() -> Iterator[Path]:
    made = own_folder("way-back")
    yield made
    for name in ("data", "data.before", "data.newer"):
        remove_folder(made / name)
    remove_folder(made)


def agencies(instance: Instance) -> list[str]:
    found = Caller(instance.address, "hesti", Positions()).ask("/api/intake/agencies")
    return [name for one in found if (name := one["agency"]) in {"satu", "dua", "tiga"}]


@pytest.mark.test_all
def test_the_copy_from_before_is_the_way_back(folder: Path, kafka_jars: Path) -> None:
    data, before = folder / "data", folder / "data.before"
    with Instance(data, parts="real") as old:
        Caller(old.address, "hesti", Positions()).give("/api/intake/agencies/satu", BODY, method="PUT")
        assert agencies(old) == ["satu"]
    subprocess.run(["cp", "-a", str(data), str(before)], check=True)

    with Instance(data, parts="real") as newer:
        Caller(newer.address, "hesti", Positions()).give("/api/intake/agencies/dua", BODY, method="PUT")
        with psycopg.connect(newer.database_url("archive", owner=True)) as owner:  # what a newer version does
            owner.execute("UPDATE alembic_version SET version_num = 'archive_9999'")
            owner.execute("ALTER TABLE leaf ADD COLUMN of_a_newer_version text")

    with pytest.raises(CannotStart) as refused:
        Instance(data, parts="real").start()
    assert refused.value.key == "newer-database"
    assert "archive" in str(refused.value)

    data.rename(folder / "data.newer")
    before.rename(data)
    with Instance(data, parts="real") as back:
        assert agencies(back) == ["satu"], "as it was when it was copied"
        Caller(back.address, "hesti", Positions()).give("/api/intake/agencies/tiga", BODY, method="PUT")
        assert sorted(agencies(back)) == ["satu", "tiga"]


def test_data_of_a_newer_format_is_refused_before_anything_is_touched(tmp_path: Path) -> None:
    (tmp_path / "version").write_text("2\n")
    refused = jejak("up", "--data", tmp_path)
    assert refused.returncode == 1
    assert "was written by a newer Jejak" in refused.stderr
    assert {file.name for file in tmp_path.iterdir()} <= {"version", "logs"}
