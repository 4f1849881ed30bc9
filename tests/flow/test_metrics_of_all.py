"""Metrics of a running installation: behind the front door nobody reads them, beside it they tell."""

import json
from urllib.request import urlopen

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from deploy.local.instance import Instance
from services.archive.__main__ import SERVICE as ARCHIVE
from shared.service_names import SERVICES
from tests.support.applications import service_of


def said(jejak: Instance, service: str) -> dict[str, dict[tuple[str, ...], float]]:
    """Every number by its name and the values of its labels but `service` and `node`."""
    with urlopen(f"{jejak.service_address(service)}/metrics", timeout=30) as answer:
        text = answer.read().decode()
    found = dict[str, dict[tuple[str, ...], float]]()
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = tuple(value for name, value in sample.labels.items() if name not in {"service", "node"})
            found.setdefault(sample.name, {})[labels] = sample.value
    return found


@pytest.mark.parametrize("path", ["/metrics", "/metrics/", "/api/../metrics", "//metrics", "/METRICS"])
def test_nobody_reads_them_through_the_front_door(jejak: Instance, path: str) -> None:
    for headers in ({}, {"X-Forwarded-For": "127.0.0.1"}, {"Connection": "X-Forwarded-For, Via"}):
        answer = httpx2.get(f"{jejak.address}{path}", headers=headers)
        assert "jejak_" not in answer.text
        assert answer.status_code in {303, 307, 308, 400, 404}


@pytest.mark.parametrize("service", SERVICES)
def test_every_process_tells_what_it_has_said_and_taken_in(jejak: Instance, service: str) -> None:
    found = said(jejak, service)
    declared = service_of(service)
    sources = (ARCHIVE.sources if service == "archive" else declared.room.sources) or ()
    assert set(found["jejak_lag_messages"]) == {(source,) for source in sources}
    assert found["jejak_settled_position"][()] >= found["jejak_relayed_position"][()] >= 0
    assert found["jejak_self_test_ok"][("transport",)] == 1
    assert found["jejak_self_test_ok"][("store",)] == 1


def test_targets_stand_where_prometheus_finds_them(jejak: Instance) -> None:
    targets = json.loads((jejak.folder / "run" / "metrics.json").read_text())
    assert [target["labels"] for target in targets] == [{"process": service} for service in SERVICES]
    for target, service in zip(targets, SERVICES, strict=True):
        assert f"http://{target['targets'][0]}" == jejak.service_address(service)
