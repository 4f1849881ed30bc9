"""The front door is made from what services declare about their paths;
here that is held against what they really serve.
"""

import re
from pathlib import Path

import pytest

from deploy.front_door.config import HEALTH, paths_of
from shared.service_names import SERVICES
from shared.web.frame.nav import PLACES
from shared.web.frame.static_files import FOLDER, PREFIX, static
from tests.architecture.test_roles_table import app_of, routes

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(
    [*ROOT.glob("shared/web/frame/templates/*.html"), *ROOT.glob("services/**/templates/*.html")]
)


BESIDE = {"/metrics"}
"""What every process answers beside the front door, and none behind it."""


def under(path: str, claimed: str) -> bool:
    return path == claimed or (claimed != "/" and path.startswith(f"{claimed}/"))


def served(service: str) -> set[str]:
    return {route.path for route in routes(service)} | {str(app_of(service).openapi_url)}


@pytest.mark.parametrize("service", SERVICES)
def test_every_route_of_a_service_lies_under_its_own_paths_and_under_nobody_elses(service: str) -> None:
    for path in served(service):
        owners = [other for other in SERVICES if any(under(path, claimed) for claimed in paths_of(other))]
        assert owners == ([] if path in BESIDE else [service]), path


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_claims_nothing_that_it_does_not_serve(service: str) -> None:
    for claimed in paths_of(service):
        assert any(under(path, claimed) for path in served(service)), claimed


def test_no_two_services_claim_the_same_nor_what_the_door_answers_itself() -> None:
    claimed = [(service, path) for service in SERVICES for path in paths_of(service)]
    both = [
        (one, other) for one in claimed for other in claimed if one[0] != other[0] and under(one[1], other[1])
    ]
    assert both == []
    assert not [path for _, path in claimed if under(HEALTH, path) or under(PREFIX, path)]
    assert all(path == path.lower() and re.fullmatch(r"/[a-z-/]*", path) for _, path in claimed)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.path)
def test_a_place_of_the_menu_belongs_to_a_service_whose_permission_it_needs(place: object) -> None:
    path, needs = place.path, place.needs  # type: ignore[attr-defined]
    owners = [service for service in SERVICES if any(under(path, claimed) for claimed in paths_of(service))]
    assert len(owners) == 1
    assert owners[0] in {name.partition(".")[0] for name in needs}


def test_templates_name_static_files_by_their_digest_only() -> None:
    assert len(TEMPLATES) > 10
    wrong = [
        (path.name, found)
        for path in TEMPLATES
        for found in re.findall(r"""["'](/static/[^"']*)""", path.read_text())
    ]
    assert wrong == []
    named = {
        name for path in TEMPLATES for name in re.findall(r"""static\(["']([^"']+)["']\)""", path.read_text())
    }
    assert {"jejak.css", "jejak.js"} <= named
    assert all((FOLDER / name).is_file() for name in named)


def test_the_digest_of_a_static_file_follows_its_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.web.frame.static_files.FOLDER", tmp_path)
    (tmp_path / "a.css").write_text("1")
    first = static("a.css")
    static.cache_clear()
    (tmp_path / "a.css").write_text("2")
    assert static("a.css") != first
    static.cache_clear()
