"""Alert rules and dashboard: every query can be parsed, asks for numbers and labels that there are, and every
alert says in one line what to do.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml

import deploy.metrics
from services.archive.check import ages, saved
from services.intake.board import measured as steps_of_regions
from services.intake.login import live
from shared import counted
from shared.web.watched import metrics

FOLDER = Path(deploy.metrics.__file__).parent
RULES: list[dict[str, Any]] = [
    rule for group in yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"] for rule in group["rules"]
]
DASHBOARD: dict[str, Any] = json.loads((FOLDER / "dashboard.json").read_text())
QUERIES = [rule["expr"] for rule in RULES] + [
    target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]
]
LABELS = {
    "service",
    "source",
    "node",
    "route",
    "method",
    "status",
    "cause",
    "test",
    "kind",
    "state",
    "le",
    "way",
    "region",
}
OF_PROMETHEUS = {"up"}
OF_TARGETS = {"process"}


def known() -> set[str]:
    """Every name that the programs write, as Prometheus stores it."""
    looked = {
        name
        for module in (metrics, saved, ages, live, steps_of_regions)
        for name in re.findall(
            r'(?:Measure|_one|_count)\(\s*"([a-z_]+)"', Path(module.__file__ or "").read_text()
        )
    }
    source = Path(metrics.__file__).read_text()
    counters = [
        *re.findall(r'_count\(\s*"([a-z_]+)"', source),
        *re.findall(r'Measure\(\s*"([a-z_]+)"(?:(?!Measure\().)*?counts=True', source, re.DOTALL),
    ]
    of_counted = {family.name for family in counted.REGISTRY.collect()}
    return (
        {f"jejak_{name}" for name in looked}
        | {f"jejak_{name}_total" for name in counters}
        | {f"{name}_total" for name in of_counted}
        | {f"{name}_bucket" for name in of_counted}
    )


def selectors(expression: Any) -> Iterator[Any]:
    """Every selector in a parsed query."""
    found: list[Any] = []
    promql_parser.walk(expression, lambda node: found.append(node) or True)
    for node in found:
        if isinstance(node, promql_parser.VectorSelector):
            yield node
        elif isinstance(node, promql_parser.MatrixSelector):
            yield node.vector_selector


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_asks_for_numbers_and_labels_that_there_are(query: str) -> None:
    found = list(selectors(promql_parser.parse(query)))
    assert found
    assert {one.name for one in found} <= known() | OF_PROMETHEUS
    assert set(re.findall(r"(\w+)(?==~?\")", query)) <= LABELS | {"job"}
    for named in re.findall(r"\b(?:by|on)\s*\(([^)]*)\)", query):
        assert {label.strip() for label in named.split(",")} <= LABELS


@pytest.mark.parametrize("rule", RULES, ids=[rule["alert"] for rule in RULES])
def test_an_alert_says_what_to_do_in_one_line(rule: dict[str, Any]) -> None:
    said = rule["annotations"]
    assert "\n" not in said["runbook"]
    assert said["runbook"].endswith(".")
    assert len(said["runbook"].split()) > 5
    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert re.fullmatch(r"Jejak[A-Z]\w+", rule["alert"])
    for text in said.values():
        assert set(re.findall(r"\$labels\.(\w+)", text)) <= LABELS | OF_TARGETS
    assert re.fullmatch(r"\d+[mh]", rule.get("for", "1m"))


def test_every_number_is_looked_at_by_a_person_or_an_alert() -> None:
    asked = {one.name for query in QUERIES for one in selectors(promql_parser.parse(query))}
    unseen = {name.removesuffix("_total").removesuffix("_bucket") for name in known()} - {
        name.removesuffix("_total").removesuffix("_bucket") for name in asked
    }
    assert unseen == {"jejak_parked_oldest_seconds", "jejak_pool_requests", "jejak_pool_waits"}


def test_panels_do_not_overlap_and_have_a_name() -> None:
    places = [panel["gridPos"] for panel in DASHBOARD["panels"]]
    cells = [
        (x, y)
        for place in places
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells))
    assert all(panel["title"] for panel in DASHBOARD["panels"])
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
