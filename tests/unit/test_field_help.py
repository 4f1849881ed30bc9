"""Help beside the cells: every cell of every service has it, in sentences, and what is wrong with a file is
named.
"""

from pathlib import Path

import pytest

from shared.spm import field_help
from shared.spm.catalogue import current
from shared.spm.field_help import COMMON, FIELDS, BadHelp, FieldHelp, help_of, load
from tests.support.second_catalogue import ADDED, upgraded

TEXT = (field_help.HERE / "bantuan.toml").read_text(encoding="utf-8")


def whole(told: FieldHelp, field: str) -> bool:
    """Whether it says what is counted, where from, an example and what goes wrong."""
    example = bool(told.counted) or (field in COMMON and bool(told.example.id and told.example.en))
    return all((told.definition.id, told.source.id, told.mistakes)) and example


@pytest.mark.parametrize("service", current().services)
def test_every_cell_of_every_service_has_its_help(service: str) -> None:
    told = help_of(current().services[service], current().version)
    assert tuple(told) == FIELDS
    assert [field for field in FIELDS if not whole(told[field], field)] == []


def test_sources_and_mistakes_are_those_of_the_service() -> None:
    """No filler: nothing about served is said of two services alike, but for sources that they share."""
    told = [help_of(service, 1)["served"] for service in current().services.values()]
    assert len({entry.mistakes for entry in told}) == len(told)
    assert len({entry.source for entry in told}) >= len(told) - 3


def test_a_service_of_a_later_version_has_what_holds_of_all(tmp_path: Path) -> None:
    with upgraded(tmp_path) as later:
        told = help_of(later.services[ADDED], 2)
        assert told["served"].definition.id.startswith("Remaja yang mendapat")
        assert told["served"].counted is None
        assert told["served"].source.en
        assert help_of(later.services["kes.ibu_hamil"], 2) == help_of(current().services["kes.ibu_hamil"], 1)


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("catalogue = 1", "catalogue = 9", "names no version of the catalogue"),
        ("[field.budget]", "[field.dana]", "field dana is not a cell"),
        ('[service."kes.balita"]', '[service."kes.dewasa"]', "kes.dewasa is no service"),
        ("example = [226, 225]", "example = [225, 226]", "kes.odgj_berat has no example"),
        ("example = [226, 225]", "", "kes.odgj_berat has no example"),
        ("example = [226, 225]", "example = [226, 0]", "kes.odgj_berat has no example"),
        ('"Menghitung bayi di atas 28 hari."', '"  "', "kes.bayi_baru_lahir, served: a text is missing"),
        ('"SITB: orang terduga', f'"{"x" * 300} terduga', "kes.terduga_tb, served"),
        ('"Writing millions or thousands of rupiah.", ', "", "field budget: mistakes are not the same"),
    ],
)
def test_a_file_that_lacks_something_is_refused_by_name(
    tmp_path: Path, before: str, after: str, fault: str
) -> None:
    assert before in TEXT
    path = tmp_path / "bantuan.toml"
    path.write_text(TEXT.replace(before, after), encoding="utf-8")
    with pytest.raises(BadHelp) as refused:
        load(path)
    assert any(fault in said for said in refused.value.faults), refused.value.faults
