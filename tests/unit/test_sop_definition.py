"""The SOP as data: the thirteen steps are as printed,
and a file that contradicts itself is refused with every fault.
"""

from pathlib import Path

import pytest

from shared.sop.definition import CURRENT, HERE, BadDefinition, load, sops
from tests.support.steps import KEY

SOP = sops()[CURRENT]


def written(tmp_path: Path, *changes: tuple[str, str]) -> Path:
    text = (HERE / "sop_04_2022.toml").read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after, 1)
    path = tmp_path / "sop_try.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_there_are_thirteen_steps_in_one_line() -> None:
    assert [step.number for step in SOP.steps] == list(range(1, 14))
    assert SOP.first() == (SOP.step("guidance"),)
    assert all(SOP.next_after(KEY[number]) == (SOP.step(KEY[number + 1]),) for number in range(1, 13))
    assert SOP.next_after("archiving") == ()


def test_roles_are_those_of_the_sop() -> None:
    roles = {step.number: step.role for step in SOP.steps}
    assert {number for number, role in roles.items() if role == "kabag"} == {1, 6}
    assert {number for number, role in roles.items() if role == "subkoordinator"} == {2, 3, 4, 5}
    assert {number for number, role in roles.items() if role == "unsur_opd"} == {7}
    assert {number for number, role in roles.items() if role == "tim_spm"} == {8, 9, 10, 11, 12}
    assert {number for number, role in roles.items() if role == "arsiparis"} == {13}


def test_plain_steps_are_completed_by_a_person() -> None:
    assert [step.number for step in SOP.steps if step.plain] == [1, 2, 3, 6]


def test_the_endorsement_step_waits_for_three_things() -> None:
    assert SOP.step("endorsement").fixed_parts == (
        "report-endorsed",
        "pengantar_gubernur",
        "pengantar_kemendagri",
    )


def test_the_parts_of_the_filling_step_are_known_only_in_the_cycle() -> None:
    assert SOP.step("filling").fixed_parts == ()


def test_an_event_finds_the_step_that_waits_for_it() -> None:
    found = [
        (step.number, part.name) for step, part in SOP.waiting_for("documents", "document-drafted", "laporan")
    ]
    assert found == [(9, "laporan")]
    assert [step.number for step, _ in SOP.waiting_for("intake", "submission-received", "dinkes")] == [7]
    assert [step.number for step, _ in SOP.waiting_for("archive", "cycle-archived")] == [13]
    assert list(SOP.waiting_for("documents", "document-drafted", "surat_lain")) == []


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        (
            'key = "follow_up"\n',
            'key = "guidance"\n',
            "step guidance shares its key or its place with another step",
        ),
        ('place = "02"\n', 'place = "01"\n', "step follow_up shares its key or its place with another step"),
        (
            'key = "follow_up"\n',
            'key = "Follow up"\n',
            "step Follow up: a key is made of small letters and underscores",
        ),
        (
            '"verification.report-endorsed",\n    "documents.document-drafted:pengantar_gubernur"',
            '"verification.report-endorsed:laporan",\n    "documents.document-drafted:laporan"',
            "step endorsement waits for two parts of one name: laporan, laporan, pengantar_kemendagri",
        ),
        ('role = "kabag"', 'role = "bupati"', "step guidance names the unknown role 'bupati'"),
        ('owner = "archive"', 'owner = "gudang"', "step archiving names the unknown owner 'gudang'"),
        (
            'after = ["guidance"]',
            'after = ["follow_up"]',
            "step follow_up waits for step follow_up, which does not come before it",
        ),
        ('completed_by = ["person"]', "completed_by = []", "step guidance is completed by nothing"),
        (
            '["person"]',
            '["person", "archive.x"]',
            "step guidance is completed by a person and by events at once",
        ),
        (
            '["archive.cycle-archived"]',
            '["cycle-archived"]',
            "step archiving is completed by 'cycle-archived', which is no event of a service",
        ),
        ('unit = "bulan"', 'unit = "windu"', "step filling counts in the unknown unit 'windu'"),
        (
            "min = 30\nmax = 45",
            "min = 45\nmax = 30",
            "step follow_up has the duration 45 to 30; both must be whole, above 0 and in order",
        ),
        ('version = "04/SOP/2022"\n', "", "the SOP lacks 'version'"),
        ('name_en = "Work plan"\n', "", "step 3 lacks 'name_en'"),
    ],
)
def test_a_contradiction_is_named(tmp_path: Path, before: str, after: str, fault: str) -> None:
    with pytest.raises(BadDefinition) as refused:
        load(written(tmp_path, (before, after)))
    assert fault in refused.value.faults
    assert str(refused.value).startswith("sop_try.toml: ")


def test_a_file_without_steps_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sop_empty.toml"
    path.write_text('version = "1"\ntitle = "x"\nsigned_on = 2022-01-03\nsigned_by = "y"\n', encoding="utf-8")
    with pytest.raises(BadDefinition, match="the SOP has no steps"):
        load(path)


def test_a_step_without_duration_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadDefinition, match="step archiving has no duration"):
        load(
            written(tmp_path, ('[[step.duration]]\nmin = 10\nmax = 15\nunit = "menit"\n', "duration = []\n"))
        )
