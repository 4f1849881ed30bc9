"""Versions of the catalogue stand beside each other: what is of a cycle goes by its own,
names for all cycles by the newest that has them.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from services.archive.trail import field_values
from services.documents.domain.report import Approved, build
from services.intake.domain.cycle import cycle
from services.intake.domain.submission import submission
from services.intake.domain.submission_commands import EnterFigure, HandIn
from services.intake.in_force import CycleNotKnown, InForce
from services.verification.checking.cell_words import cell_label
from services.verification.checking.comparison import Marks, compare
from services.verification.domain.difference import cell_changes
from services.verification.domain.verification import OpenVerification, verification
from shared.access.people import People
from shared.contracts.intake import SubmissionOpened
from shared.contracts.values import Figure, QualityItem
from shared.sop.calendar import seed
from shared.spm import catalogue
from shared.spm.catalogue import BadCatalogue, Catalogue, catalogues, current, known_services, named
from shared.web.forms import form_words
from tests.support.given_when_then import Given
from tests.support.second_catalogue import (
    ADDED,
    ADDED_NAME,
    ITEM_NAME,
    NEW_ITEM,
    NEW_NAME,
    NIHIL,
    OLD_NAME,
    RENAMED,
    second,
    upgraded,
)

ONE = QualityItem(required=1, fulfilled=1)
DAY, PEOPLE = date(2026, 9, 1), People({}, {})


@pytest.fixture(autouse=True)
def second_version(tmp_path: Path) -> Iterator[Catalogue]:
    with upgraded(tmp_path) as newest:
        yield newest


def test_every_version_stays_and_the_newest_is_the_current_one(second_version: Catalogue) -> None:
    assert list(catalogues()) == [1, 2]
    assert current() is second_version is catalogues()[2]
    assert [catalogues()[version].services[RENAMED].name for version in (1, 2)] == [OLD_NAME, NEW_NAME]
    assert [ADDED in catalogues()[version].services for version in (1, 2)] == [False, True]


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("version = 2\n", "version = 1\n", "2 files say that they are version 1"),
        (
            'id = "kes.lansia"',
            'id = "kes.lanjut_usia"',
            "version 2 has no kes.lansia, and does not retire it",
        ),
        (
            "version = 2\n",
            'version = 2\nretired = ["kes.lansia"]\n',
            "version 2 retires kes.lansia, which it has",
        ),
        (
            "version = 2\n",
            'version = 2\nretired = ["kes.lama"]\n',
            "version 2 retires kes.lama, which no version before it has",
        ),
    ],
)
def test_versions_that_contradict_each_other_are_refused(before: str, after: str, fault: str) -> None:
    (catalogue.HERE / "layanan_2.toml").write_text(second().replace(before, after, 1), encoding="utf-8")
    catalogues.cache_clear()
    with pytest.raises(BadCatalogue) as refused:
        catalogues()
    assert refused.value.faults == (fault,)


def test_a_service_that_a_version_retires_keeps_its_name() -> None:
    text = (
        second()
        .replace("version = 2\n", 'version = 2\nretired = ["kes.lansia"]\n')
        .replace('id = "kes.lansia"', 'id = "kes.usia_lanjut"')
    )
    (catalogue.HERE / "layanan_2.toml").write_text(text, encoding="utf-8")
    catalogues.cache_clear()
    known_services.cache_clear()
    assert "kes.lansia" not in current().services
    gone, kept = named("kes.lansia"), catalogues()[1].services["kes.lansia"]
    assert gone == kept
    assert list(known_services())[-1] == "kes.lansia", "after everything that the newest version has"


def test_a_name_for_all_cycles_is_that_of_the_newest_version_with_every_item_that_there_ever_was() -> None:
    text = second().replace('    { id = "gizi", group = "sdm", name = "Gizi" },\n', "")
    (catalogue.HERE / "layanan_2.toml").write_text(text, encoding="utf-8")
    catalogues.cache_clear()
    known_services.cache_clear()
    assert current().services[RENAMED].quality_item("gizi") is None
    known = named(RENAMED)
    assert known is not None
    assert (known.name, known.quality[0].id, known.quality[-1].id) == (NEW_NAME, NEW_ITEM, "gizi")
    assert form_words.word(f"{RENAMED}.quality.gizi.required") == f"{NEW_NAME} – Gizi, dibutuhkan"
    assert form_words.value_words("service", ADDED) == ADDED_NAME
    assert field_values.plain(("service",), RENAMED, PEOPLE) == NEW_NAME
    assert field_values.title(("quality", "gizi"), PEOPLE).startswith("Gizi")


def opened(version: int) -> SubmissionOpened:
    return SubmissionOpened(
        cycle="3402-2026",
        catalogue=version,
        agency="dinkes",
        agency_name="Dinas Kesehatan",
        period="tahunan",
        services=(RENAMED, NIHIL),
        occurred_on=DAY,
    )


def entering(service: str, **cells: object) -> EnterFigure:
    return EnterFigure(service=service, figure=replace(Figure(), **cells), by="sri", occurred_on=DAY)  # type: ignore[arg-type]  # cells of a figure


def test_a_submission_goes_by_the_catalogue_that_it_was_opened_under() -> None:
    nihil, item = (
        entering(NIHIL, answer="nihil", reason="tidak ada"),
        entering(RENAMED, quality={NEW_ITEM: ONE}),
    )
    Given(submission, [opened(1)]).when(nihil).refused("R03", field="answer")
    Given(submission, [opened(1)]).when(item).refused("quality-item-unknown", field=f"quality.{NEW_ITEM}")
    for command in (nihil, item):
        (entered,) = Given(submission, [opened(2)]).when(command).events or ()
        assert entered.figure == command.figure


@pytest.mark.parametrize(("version", "name"), [(1, OLD_NAME), (2, NEW_NAME)])
def test_a_refusal_calls_services_as_the_catalogue_of_the_submission_does(version: int, name: str) -> None:
    said = Given(submission, [opened(version)]).when(HandIn(by="sri", occurred_on=DAY)).refusal
    assert said is not None
    assert str(said.facts["services"]).startswith(name)


def test_a_version_that_this_jejak_does_not_have_is_never_taken_for_another() -> None:
    with pytest.raises(KeyError):
        Given(submission, [opened(3)]).when(entering(RENAMED, served=1))
    with pytest.raises(CycleNotKnown):
        _ = InForce(seed(), "04/SOP/2022", cycle.initial.catalogue).catalogue


def test_comparison_order_and_labels_are_those_of_the_given_version() -> None:
    figure = Figure(served=1, entitled=2, quality={NEW_ITEM: ONE, "buku_kia": ONE})
    for version, name, item, order in (
        (1, OLD_NAME, NEW_ITEM, ["buku_kia", NEW_ITEM]),
        (2, NEW_NAME, ITEM_NAME, [NEW_ITEM, "buku_kia"]),
    ):
        by = catalogues()[version]
        (card,) = compare(by, {RENAMED: figure}, (), {}, Marks.of((), ()))
        assert card.name == name
        assert [
            line.field.removeprefix("quality.") for line in card.lines if line.field.startswith("quality.")
        ] == order
        changed = [
            change.field.split(".")[1]
            for change in cell_changes(by, {}, (), {RENAMED: figure}, ())
            if "required" in change.field
        ]
        assert changed == order
        assert cell_label(by, RENAMED, f"quality.{NEW_ITEM}") == f"{name} · {item}"


@pytest.mark.parametrize(("version", "order"), [(1, ["buku_kia", NEW_ITEM]), (2, [NEW_ITEM, "buku_kia"])])
def test_verification_tells_changed_cells_in_the_order_of_the_catalogue_of_the_submission(
    version: int, order: list[str]
) -> None:
    def handed_in(revision: int, figure: Figure) -> OpenVerification:
        said = {
            "cycle": "3402-2026",
            "catalogue": version,
            "agency": "dinkes",
            "agency_name": "Dinas Kesehatan",
            "period": "tahunan",
        }
        what = {
            "submission": "submission-3402-2026-dinkes-tahunan",
            "digest": "d",
            "figures": {RENAMED: figure},
            "evidence": (),
        }
        return OpenVerification(
            **said, **what, revision=revision, contributors=("sri",), by="sri", occurred_on=DAY
        )  # type: ignore[arg-type]

    first = Given(verification, []).when(handed_in(1, Figure(served=1))).events or []
    both = Figure(served=1, quality={"buku_kia": ONE, NEW_ITEM: ONE})
    (second_time,) = Given(verification, first).when(handed_in(2, both)).events or []
    assert [
        change.field.split(".")[1] for change in second_time.changes if change.field.endswith("required")
    ] == order


def test_the_report_weighs_as_its_catalogue_does() -> None:
    half = {
        RENAMED: Figure(
            served=1, entitled=2, quality={kind.id: ONE for kind in catalogues()[1].services[RENAMED].quality}
        )
    }
    approved = Approved(
        submission="submission-a",
        agency_name="Dinas Kesehatan",
        revision=1,
        digest="d",
        verified_by="Rina",
        figures=half,
    )
    now, then = (build(catalogues()[version], [approved]) for version in (1, 2))
    assert now.index.services[RENAMED].index == 60  # half of 80, all of 20
    # half of 60, all of 40: the item that nobody filled in is no zero, and is named
    assert then.index.services[RENAMED].index == 70
    assert then.index.services[RENAMED].missing == ("quality.timbangan_digital",)
    assert (now.catalogue.version, then.catalogue.version) == (1, 2)
