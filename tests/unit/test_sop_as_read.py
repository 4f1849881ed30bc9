"""What of an SOP file becomes of it: every field, what is taken where nothing is said, what else is refused;
and the questions that are asked of it.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from shared.sop.calendar import seed
from shared.sop.deadlines import back_plan
from shared.sop.definition import CURRENT, HERE, BadDefinition, load, named, sops
from shared.sop.document_kinds import FILE, document_kinds, parse
from shared.sop.parts import CHECKING, FILING
from shared.sop.steps import Duration, Part, Sop
from tests.support.steps import REVISED, revised_sop

TEXT = (HERE / "sop_04_2022.toml").read_text(encoding="utf-8")


@pytest.fixture
def revised() -> Iterator[Sop]:
    with revised_sop() as sop:
        yield sop


def loaded(folder: Path, *changes: tuple[str, str]) -> Sop:
    text = TEXT
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after, 1)
    path = folder / "sop_try.toml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def faults(folder: Path, *changes: tuple[str, str]) -> tuple[str, ...]:
    with pytest.raises(BadDefinition) as refused:
        loaded(folder, *changes)
    return refused.value.faults


def test_an_sop_says_what_it_is() -> None:
    sop = load(HERE / "sop_04_2022.toml")
    assert (sop.version, sop.title, sop.signed_on, sop.signed_by) == (
        CURRENT,
        "Penyusunan Laporan SPM",
        date(2022, 1, 3),
        "Kepala Bagian Tata Pemerintahan",
    )


def test_a_step_is_as_its_file_has_it() -> None:
    step = load(HERE / "sop_04_2022.toml").step("guidance")
    assert (step.number, step.place, step.role, step.owner) == (1, "01", "kabag", "intake")
    assert step.name == "Koordinasi dengan Kemendagri dan Provinsi tentang pedoman"
    assert step.name_en == "Coordinate with Kemendagri and the province on the guideline"
    assert (step.short, step.short_en) == ("Koordinasi pedoman", "Guideline")
    assert (step.after, step.parts, step.evidence_min) == ((), (), 1)
    assert step.durations == (
        Duration(30, 30, "menit", "di tempat"),
        Duration(1, 2, "hari_kerja", "perjalanan dinas"),
    )


def test_where_nothing_is_said_the_place_is_the_key_and_nothing_else_is_wanted(tmp_path: Path) -> None:
    step = loaded(tmp_path, ('place = "02"\n', ""), ("evidence_min = 0\n", "")).step("follow_up")
    assert (step.place, step.evidence_min, step.reopened_by, step.redone_by) == ("follow_up", 0, (), ())
    assert step.durations == (Duration(30, 45, "menit", ""),)


def test_a_key_may_not_be_the_place_of_another_step(tmp_path: Path) -> None:
    shared = "shares its key or its place with another step"
    assert faults(tmp_path, ('place = "02"\n', ""), ('place = "01"', 'place = "follow_up"')) == (
        f"step guidance {shared}",
        f"step follow_up {shared}",
    )


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        (
            '["archive.cycle-archived"]',
            '["gudang.cycle-archived"]',
            "step archiving is completed by 'gudang.cycle-archived', which is no event of a service",
        ),
        (
            "min = 30\nmax = 45",
            "min = 0\nmax = 45",
            "step follow_up has the duration 0 to 45; both must be whole, above 0 and in order",
        ),
        (
            '"verification.figures-unsettled:report-endorsed"',
            '"verification.figures-unsettled:laporan"',
            (
                "step endorsement is reopened or redone by 'verification.figures-unsettled:laporan', "
                "which names no part that it waits for"
            ),
        ),
        (
            '"verification.figures-unsettled:report-endorsed"',
            '"gudang.figures-unsettled:report-endorsed"',
            (
                "step endorsement is reopened or redone by 'gudang.figures-unsettled:report-endorsed', "
                "which names no part that it waits for"
            ),
        ),
        (
            'redone_by = ["verification.endorsement-requested:laporan",',
            'redone_by = ["verification.endorsement-requested:naskah",',
            (
                "step report_draft is reopened or redone by 'verification.endorsement-requested:naskah', "
                "which names no part that it waits for"
            ),
        ),
    ],
)
def test_one_contradiction_is_one_fault(tmp_path: Path, before: str, after: str, fault: str) -> None:
    assert faults(tmp_path, (before, after)) == (fault,)


def test_a_step_is_called_as_the_newest_sop_has_it(revised: Sop) -> None:
    assert named("apip_review") == revised.step("apip_review")
    assert named("guidance") == revised.step("guidance")
    assert named("dispatch") == sops()[CURRENT].step("dispatch")
    assert named("from_a_newer_jejak") is None


def test_an_sop_knows_its_own_steps_only() -> None:
    sop = sops()[CURRENT]
    assert sop.has("guidance")
    assert not sop.has("apip_review")
    assert not replace(sop, steps=sop.steps[:1]).has("archiving")
    with pytest.raises(KeyError, match="04/SOP/2022 has no step 'apip_review'"):
        sop.step("apip_review")


def test_an_event_that_a_step_waits_for_whatever_it_is_about_is_found_with_and_without_saying_what() -> None:
    sop = sops()[CURRENT]
    for which in ("", "dinkes"):
        found = [(step.key, part) for step, part in sop.waiting_for("verification", "report-endorsed", which)]
        assert found == [("endorsement", Part("verification", "report-endorsed"))]
    assert sop.completing("intake", "submission-received").key == "filling"
    with pytest.raises(KeyError, match=r"has no step that waits for archive\.item-filed:laporan"):
        sop.completing("archive", "item-filed", "laporan")


def test_a_name_belongs_to_a_step_as_key_as_part_or_as_the_first() -> None:
    sop = sops()[CURRENT]
    assert sop.step_of("first") is sop.steps[0]
    assert sop.step_of("printing") is sop.step("printing")
    assert sop.step_of(CHECKING) is sop.step("verification")
    assert sop.belongs(FILING, sop.last)
    assert not sop.belongs(FILING, sop.steps[0])
    assert not sop.belongs("apip_review", sop.steps[0])


def test_the_plan_takes_the_longer_of_two_ways_whichever_is_named_first() -> None:
    sop = sops()[CURRENT]
    short, long = Duration(2, 3, "hari_kerja", "di tempat"), Duration(1, 9, "hari_kerja", "perjalanan")
    for durations in ((short, long), (long, short)):
        steps = tuple(
            replace(step, durations=durations) if step.key == "dispatch" else step for step in sop.steps
        )
        plan = {one.step: one for one in back_plan(replace(sop, steps=steps), date(2027, 3, 31), seed())}
        assert plan["dispatch"].first == seed().first_of(plan["dispatch"].last, 9)


def test_every_recipient_has_its_letter_and_the_sop_sends_to_each() -> None:
    kinds = document_kinds()
    assert {name: recipient.letter for name, recipient in kinds.recipient.items()} == {
        "gubernur": "pengantar_gubernur",
        "kemendagri": "pengantar_kemendagri",
    }
    assert sops()[CURRENT].recipients == ("gubernur", "kemendagri")
    assert kinds.letters["pengantar_gubernur"] == "gubernur"


def test_no_letter_is_said_twice_in_the_file_of_document_kinds() -> None:
    twice = FILE.read_text(encoding="utf-8").replace(
        "[recipient.gubernur]\n", '[recipient.gubernur]\nletter = "x"\n'
    )
    with pytest.raises(BadDefinition) as refused:
        parse(twice)
    assert refused.value.faults == ("recipient.gubernur has the unknown 'letter'",)
    assert str(refused.value).startswith("document_kinds.toml: ")


def test_a_file_of_document_kinds_may_name_none() -> None:
    assert (parse("").kind, parse("").recipient) == ({}, {})


def test_the_revised_sop_names_every_place_by_its_key() -> None:
    assert [step.place for step in load(REVISED).steps] == [step.key for step in load(REVISED).steps]
