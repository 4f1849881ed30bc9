"""Helm itself on the chart: it lints, it renders what is kept, and the options make what they say."""

import json
import subprocess
from typing import Any

import kubernetes_validate
import pytest
import yaml

from tests.composed import chart

pytestmark = pytest.mark.test_all


def documents(*options: str, version: str = chart.VERSIONS[-1]) -> list[dict[str, Any]]:
    return [one for one in yaml.safe_load_all(chart.rendered(*options, version=version)) if one]


def kinds(found: list[dict[str, Any]]) -> dict[str, int]:
    return {one["kind"]: sum(other["kind"] == one["kind"] for other in found) for one in found}


def test_it_lints_and_renders_what_is_kept() -> None:
    words = [chart.helm(), "lint", "--strict", chart.CHART, "--values", chart.VALUES]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert chart.KEPT.read_text() == chart.kept(), "run `python -m tests.composed.chart`"


@pytest.mark.parametrize("version", chart.VERSIONS)
def test_every_version_takes_it(version: str) -> None:
    for one in documents(version=version):
        if one["apiVersion"] != "keda.sh/v1alpha1":
            kubernetes_validate.validate(one, version, strict=True)


def test_options_leave_out_and_put_in_what_they_say() -> None:
    plain = kinds(documents())
    assert plain["ScaledObject"] == 4
    alone = documents(
        *("--set", "worker.keda.enabled=false"),
        *("--set", "web.autoscaling.enabled=false"),
        *("--set", "networkPolicy.enabled=false"),
        *("--set", "login=local"),
        *("--set", "services.intake.web.replicas=3"),
    )
    assert not {"ScaledObject", "HorizontalPodAutoscaler", "NetworkPolicy"} & set(kinds(alone))
    replicas = {
        one["metadata"]["name"]: one["spec"]["replicas"] for one in alone if one["kind"] == "Deployment"
    }
    assert (replicas["jejak-intake-web"], replicas["jejak-archive-web"]) == (3, 2)
    assert "JEJAK_OIDC" not in json.dumps(alone)
    pinned = documents("--set", f"image.digest=sha256:{'a' * 64}")
    assert f"registry.contohkab.go.id/jejak@sha256:{'a' * 64}" in json.dumps(pinned)


@pytest.mark.parametrize(
    "wrong",
    ["mode=development", "login=development", "domain=", "region=34", "worker.replicas=5", "wrok.replicas=1",
     "image.digest=latest", "producerKeys=intake=ab", "web.resources.limits=null"],
)  # fmt: skip
def test_values_that_could_not_work_are_refused(wrong: str) -> None:
    with pytest.raises(subprocess.CalledProcessError) as refused:
        chart.rendered("--set", wrong)
    assert wrong.partition("=")[0].split(".")[0] in refused.value.stderr
