"""The Helm chart as it was last rendered (`tests/composed/chart.yaml`; Helm itself runs in test-all):
valid for the oldest and the newest version, every service accepts what its pods are told, no pod has rights
to spare, each is looked after and stands in a network policy.
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml

from deploy.containers import door, folder, health
from deploy.front_door import settings as door_settings
from deploy.installing.making import Wanted
from shared import settings
from shared.service_names import SERVICES
from tests.composed import chart

Json = dict[str, Any]


@pytest.fixture(scope="module")
def documents() -> list[Json]:
    return [one for one in yaml.safe_load_all(chart.KEPT.read_text()) if one]


def pods(documents: list[Json]) -> Iterator[tuple[str, str, Json]]:
    """Kind, name and template of everything that makes pods."""
    for one in documents:
        if one["kind"] in {"Deployment", "StatefulSet", "Job"}:
            yield one["kind"], one["metadata"]["name"], one["spec"]["template"]


def named(documents: list[Json], name: str) -> Json:
    found = next(template for _, other, template in pods(documents) if other == f"jejak-{name}")
    spec: Json = found["spec"]
    return spec


def test_what_is_kept_is_of_this_chart() -> None:
    first = chart.KEPT.read_text().splitlines()[0]
    assert first == f"# digest: {chart.digest()}", "run `python -m tests.composed.chart`"


def test_the_chart_is_of_this_version() -> None:
    project = tomllib.loads((chart.CHART.parents[2] / "pyproject.toml").read_text())["project"]
    assert yaml.safe_load((chart.CHART / "Chart.yaml").read_text())["appVersion"] == project["version"]


@pytest.mark.parametrize("version", [chart.VERSIONS[0], chart.VERSIONS[-1]])
def test_the_oldest_and_the_newest_version_take_it(version: str, documents: list[Json]) -> None:
    kinds = {one["kind"] for one in documents}
    assert {"PodDisruptionBudget", "NetworkPolicy", "HorizontalPodAutoscaler", "ScaledObject"} <= kinds
    for one in documents:
        if one["kind"] != "ScaledObject":
            kubernetes_validate.validate(one, version, strict=True)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the secrets and the configuration would hold, from an installation's folder."""
    place = tmp_path_factory.mktemp("cluster")
    wanted = Wanted(domain="jejak.contohkab.go.id", login="oidc", region="3402", tls="public")
    list(folder.make(place, wanted))
    return place


def inside(container: Json, files: Path, service: str) -> dict[str, str]:
    environment = {}
    for one in container["env"]:
        value = one.get("value", f"jejak-{service}-worker-0")
        for there, here in (("/run/secrets", files / "told" / service), ("/config", files / "config")):
            if value.startswith(there):
                value = f"{here}{value.removeprefix(there)}"
        environment[one["name"]] = value
    return environment


@pytest.mark.parametrize("part", ["web", "worker"])
@pytest.mark.parametrize("service", SERVICES)
def test_every_service_accepts_what_its_pods_are_told(
    service: str, part: str, documents: list[Json], files: Path
) -> None:
    (container,) = named(documents, f"{service}-{part}")["containers"]
    environment = inside(container, files, service)
    said = dict(line.partition("=")[::2] for line in (files / ".env").read_text().splitlines() if "=" in line)
    environment["JEJAK_PRODUCER_KEYS"] = said["JEJAK_PRODUCER_KEYS"].strip("'")
    (files / "config" / "oidc.toml").write_text(
        '[[provider]]\nid = "sso"\nname = "Akun"\nissuer = "https://sso.go.id"\nclient_id = "jejak"\n'
    )
    read = settings.read(service, environment)
    assert (read.mode, read.public_url) == ("production", "https://jejak.contohkab.go.id")
    assert read.hosts == (f"jejak-{service}-web",)
    assert dict(read.feeds) == {name: f"http://jejak-{name}-web:8000" for name in SERVICES}
    assert health.part(container["command"]) == (service, part)


def test_the_door_stands_before_every_service(documents: list[Json]) -> None:
    (container,) = named(documents, "door")["containers"]
    told = {one["name"]: one["value"] for one in container["env"]}
    assert door.upstreams(told) == {name: [f"jejak-{name}-web:8000"] for name in SERVICES}
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    assert told["JEJAK_HTTPS_PORT"] == str(ports["https"])
    assert set(told) - {door.UPSTREAMS, door.KEPT} <= set(door_settings.NAMES)


def test_no_pod_has_more_rights_than_it_needs(documents: list[Json]) -> None:
    for _, name, template in pods(documents):
        spec = template["spec"]
        assert spec["automountServiceAccountToken"] is False, name
        assert spec["enableServiceLinks"] is False, "JEJAK_…_PORT of a service would be taken for a setting"
        assert spec["securityContext"]["runAsNonRoot"] is True, name
        assert spec["securityContext"]["runAsUser"] == folder.IMAGE_USER, name
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert not {"hostNetwork", "hostPID", "hostIPC"} & set(spec), name
        for container in spec["containers"]:
            context = container["securityContext"]
            assert context["readOnlyRootFilesystem"] is True, name
            assert context["allowPrivilegeEscalation"] is False, name
            assert context["capabilities"] == {"drop": ["ALL"]}, name
            assert container["resources"]["limits"]["memory"], name
            assert container["resources"]["requests"]["cpu"], name
            assert all(
                "SECRET" not in one["name"] or one["name"].endswith("_FILE") for one in container["env"]
            )


def test_every_pod_that_stays_is_looked_after_and_spread(documents: list[Json]) -> None:
    budgets = {one["metadata"]["name"] for one in documents if one["kind"] == "PodDisruptionBudget"}
    for kind, name, template in pods(documents):
        if kind == "Job":
            continue
        (container,) = template["spec"]["containers"]
        assert {"startupProbe", "livenessProbe", "readinessProbe"} <= set(container), name
        assert name in budgets
        assert len(template["spec"]["topologySpreadConstraints"]) == 2, name
        if name.endswith("-worker"):
            assert container["livenessProbe"]["exec"]["command"][-1] == "--alive", name


def test_a_pod_sees_its_own_secrets_and_nobody_elses(documents: list[Json]) -> None:
    for _, name, template in pods(documents):
        seen = {one["secret"]["secretName"] for one in template["spec"]["volumes"] if "secret" in one}
        owner = name.removeprefix("jejak-").removesuffix("-web").removesuffix("-worker")
        wanted = {"door": {"jejak-tls"}, "prepare": {f"jejak-{one}" for one in (*SERVICES, "prepare")}}
        assert seen == wanted.get(owner, {f"jejak-{owner}"}), name
    for volume in named(documents, "prepare")["volumes"]:
        if volume["name"] in SERVICES:
            keys = {one["key"] for one in volume["secret"]["items"]}
            assert keys == {"database-url", "access-database-url"}, "of a service no more than that"


def test_nothing_goes_in_or_out_that_no_policy_names(documents: list[Json]) -> None:
    policies = {one["metadata"]["name"]: one["spec"] for one in documents if one["kind"] == "NetworkPolicy"}
    shut = policies["jejak-nothing"]
    assert shut["policyTypes"] == ["Ingress", "Egress"]
    assert not {"ingress", "egress"} & set(shut)
    for _, name, template in pods(documents):
        labels = template["metadata"]["labels"]
        assert shut["podSelector"]["matchLabels"].items() <= labels.items(), name
    (web,) = policies["jejak-web"]["ingress"]
    asked_by = {one["podSelector"]["matchLabels"]["app.kubernetes.io/component"] for one in web["from"]}
    assert asked_by == {"door", "web", "worker"}
    into = [name for name, spec in policies.items() if "ingress" in spec]
    assert sorted(into) == ["jejak-door", "jejak-web"], "nobody reaches a worker"


def test_the_workers_grow_by_their_own_group(documents: list[Json]) -> None:
    from deploy.local.broker.access import GROUP

    scaled = {one["metadata"]["name"]: one["spec"] for one in documents if one["kind"] == "ScaledObject"}
    for service in SERVICES:
        (trigger,) = scaled[f"jejak-{service}-worker"]["triggers"]
        assert trigger["metadata"]["consumerGroup"] == GROUP.format(service=service)


def values(**changed: Any) -> Json:
    def over(one: Json, other: Json) -> Json:
        both = {**one, **other}
        return {
            name: over(one[name], other[name])
            if isinstance(one.get(name), dict) and isinstance(other.get(name), dict)
            else value
            for name, value in both.items()
        }

    plain = yaml.safe_load((chart.CHART / "values.yaml").read_text())
    return over(over(plain, yaml.safe_load(chart.VALUES.read_text())), changed)


SCHEMA = yaml.safe_load((chart.CHART / "values.schema.json").read_text())


def test_the_example_is_accepted() -> None:
    jsonschema.validate(values(), SCHEMA)


@pytest.mark.parametrize(
    "wrong",
    [{"mode": "development"}, {"login": "development"}, {"domain": ""}, {"domain": "https://a.go.id"},
     {"region": "34"}, {"region": 3402}, {"worker": {"replicas": 5}}, {"web": {"replicas": 0}},
     {"wrok": {}}, {"secrets": {"intake": "A B"}}, {"networkPolicy": {"kafka": {"ports": []}}},
     {"config": {"other.toml": ""}}, {"letters": {"34": ""}}, {"producerKeys": "intake=00"}],
)  # fmt: skip
def test_values_that_could_not_work_are_refused(wrong: Json) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(values(**wrong), SCHEMA)
