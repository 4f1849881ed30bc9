"""What runs in containers besides the services: the door's places, the health check, the list of parts,
the rights at a MinIO.
"""

import itertools
import json
import sys
from importlib.metadata import Distribution
from pathlib import Path
from typing import Any

import pytest

from deploy.containers import door, health, sbom, stores
from deploy.local import seaweedfs
from deploy.messages import CannotStart
from shared.service_names import SERVICES

PROJECT = Path(__file__).parents[2]
PLACES = ",".join(f"{service}={service}-web:8000" for service in SERVICES)


def test_the_door_knows_several_processes_of_a_service() -> None:
    found = door.upstreams({door.UPSTREAMS: PLACES.replace("intake-web:8000", "a:1+b:2")})
    assert found["intake"] == ["a:1", "b:2"]
    assert found["archive"] == ["archive-web:8000"]


@pytest.mark.parametrize(
    "said",
    ["", "intake", "intake=", PLACES + ",other=x:1", PLACES.replace("archive=", "archiv="),
     PLACES.replace(":8000", ""), PLACES.replace(":8000", ":0"), PLACES.replace(":8000", ":99999"),
     PLACES.replace(":8000", ":８０"), PLACES.replace("intake-web", "")],
)  # fmt: skip
def test_a_place_that_is_none_is_said(said: str) -> None:
    with pytest.raises(CannotStart, match=door.UPSTREAMS):
        door.upstreams({door.UPSTREAMS: said})


def test_a_door_in_the_clear_is_refused(tmp_path: Path) -> None:
    import threading

    with pytest.raises(CannotStart) as refused:
        door.stand({door.UPSTREAMS: PLACES, door.KEPT: str(tmp_path)}, threading.Event())
    assert refused.value.key == "production-without-tls"


@pytest.mark.parametrize(
    ("command", "part"),
    [
        ("python -m services.intake web", ("intake", "web")),
        ("/opt/jejak/venv/bin/python -X dev -m services.archive worker", ("archive", "worker")),
        ("python -m deploy.containers.door", ("door", "")),
        ("python -m deploy.containers.prepare", ("", "")),
        ("python -m services.intake", ("", "")),
        ("jejak backup /backup", ("", "")),
        ("", ("", "")),
    ],
)
def test_whatever_runs_is_recognised(command: str, part: tuple[str, str]) -> None:
    assert health.part(command.split(" ")) == part


WEB, WORKER, DOOR = (
    ["python", "-m", "services.intake", "web"],
    ["python", "-m", "services.intake", "worker"],
    ["python", "-m", health.DOOR],
)


@pytest.mark.parametrize("forgiving", [True, False])
def test_what_does_not_answer_does_not_get_on(forgiving: bool) -> None:
    nowhere = {"JEJAK_PORT": "9", "JEJAK_HTTPS_PORT": "9"}
    assert health.why_not(WEB, nowhere, forgiving=forgiving)
    assert health.why_not(DOOR, nowhere, forgiving=forgiving)


def test_a_worker_whose_database_is_away_is_not_ready_and_is_not_started_again() -> None:
    told = {"JEJAK_DATABASE_URL": "postgresql://u:p@127.0.0.1:9/d"}
    assert "database" in health.why_not(WORKER, told, forgiving=False)
    assert health.why_not(WORKER, told, forgiving=True) == ""
    assert "p@127" not in health.why_not(WORKER, told, forgiving=False), "the check's answer is kept in a log"


def test_a_worker_that_is_told_wrongly_does_not_get_on(tmp_path: Path) -> None:
    told = {"JEJAK_DATABASE_URL_FILE": str(tmp_path / "nothing")}
    assert "JEJAK_DATABASE_URL_FILE" in health.why_not(WORKER, told, forgiving=True)


def installed() -> list[Distribution]:
    """The packages of this environment that the lock names; whatever else somebody put there is not ours."""
    named = sbom.digests((PROJECT / "requirements-dev.lock").read_text())
    return [one for one in sbom.installed_in(Path(sys.prefix)) if sbom.normal(one.name) in named]


def test_the_list_of_parts_names_what_is_installed_with_the_digests_of_the_lock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from cyclonedx.output.json import JsonV1Dot6
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    lock = (PROJECT / "requirements-dev.lock").read_text()
    packages = installed()
    few_of_the_system = list(itertools.islice(sbom._system(), 20))  # a machine of ours has hundreds
    monkeypatch.setattr(sbom, "_system", lambda: few_of_the_system)
    made = sbom.document(Path(sys.prefix), packages, lock)
    text = JsonV1Dot6(made).output_as_string()
    few = JsonV1Dot6(sbom.document(Path(sys.prefix), packages[:12], lock)).output_as_string()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(few) is None
    parts: list[dict[str, Any]] = json.loads(text)["components"]
    python = {part["name"]: part for part in parts if part["purl"].startswith("pkg:pypi/")}
    assert set(python) == {sbom.normal(one.name) for one in packages}
    assert {"fastapi", "psycopg-binary", "cryptography"} <= set(python)
    for part in python.values():
        (where,) = part["externalReferences"]
        assert where["hashes"], part["name"]
    assert {"caddy", "postgresql"} <= {part["name"] for part in parts}
    assert sum("licenses" in part for part in python.values()) > 0.9 * len(python)


def test_a_package_that_the_lock_does_not_name_is_no_part_of_an_image() -> None:
    lock = (PROJECT / "requirements-dev.lock").read_text()
    for changed in (
        lock.replace("fastapi==0.165.0", "fastapi==0.164.0"),
        lock.replace("fastapi==", "slowapi=="),
    ):
        with pytest.raises(LookupError, match="fastapi"):
            sbom.document(Path(sys.prefix), installed(), changed)


def test_a_lock_is_read_with_extras_and_markers() -> None:
    text = (
        "# a comment\npsycopg[binary]==3.3.9 ; python_version < '4' \\\n    --hash=sha256:" + "a" * 64
        + " \\\n    --hash=sha256:" + "b" * 64 + "\nuvloop==0.22.1 \\\n    --hash=sha256:" + "c" * 64 + "\n"
    )  # fmt: skip
    assert sbom.digests(text) == {
        "psycopg": ("3.3.9", ("a" * 64, "b" * 64)),
        "uvloop": ("0.22.1", ("c" * 64,)),
    }


def test_at_a_minio_each_service_may_do_what_it_may_at_the_other_store() -> None:
    for service, allowed in seaweedfs.rights().items():
        statements = stores.policy(allowed)["Statement"]
        assert {one["Effect"] for one in statements} == {"Allow"}
        assert all(one["Action"] for one in statements)
        assert "*" not in "".join(action for one in statements for action in one["Action"])
        writes = {one["Resource"][0] for one in statements if "s3:PutObject" in one["Action"]}
        assert writes == {f"arn:aws:s3:::{bucket}/*" for bucket, may in allowed.items() if "Write" in may}, (
            service
        )
        reached = {one["Resource"][0].split(":::")[1].split("/")[0] for one in statements}
        assert reached == set(allowed), service
