"""Rules R01, R02, R03 and R17: what they find, where, and in which words."""

import pytest

from shared.contracts.values import Figure, QualityItem
from shared.spm.catalogue import current
from shared.spm.rules import RULES, findings

IBU_HAMIL = current().services["kes.ibu_hamil"]
BENCANA = current().services["sos.bencana"]


def found(figure: Figure, *, complete: bool = False, service: object = IBU_HAMIL) -> list[tuple[str, str]]:
    return [(finding.rule, finding.field) for finding in findings(service, figure, complete=complete)]


def test_rules_have_an_id_a_level_and_a_title() -> None:
    assert [(rule.id, rule.level) for rule in RULES] == [("R01", "block"), ("R02", "block"), ("R03", "block")]
    assert all(rule.title for rule in RULES)


def test_a_good_figure_has_no_finding() -> None:
    assert found(Figure(served=4075, entitled=4122, budget=0, realised=0), complete=True) == []


def test_a_blank_is_no_fault_while_filling_in() -> None:
    assert found(Figure(served=4075)) == []


def test_a_blank_is_a_fault_when_handing_in() -> None:
    assert found(Figure(served=4075), complete=True) == [("R01", "entitled")]
    assert found(Figure(), complete=True) == [("R01", "served"), ("R01", "entitled")]


@pytest.mark.parametrize("name", ["served", "entitled", "budget", "realised"])
def test_a_negative_number_is_a_fault_at_once(name: str) -> None:
    assert ("R01", name) in found(Figure(**{name: -1}))


@pytest.mark.parametrize(
    "item", [QualityItem(required=-1, fulfilled=0), QualityItem(required=1, fulfilled=-1)]
)
def test_a_negative_quality_number_is_a_fault(item: QualityItem) -> None:
    assert found(Figure(quality={"vaksin_td": item})) == [("R01", "quality.vaksin_td")]


def test_of_a_quality_item_nothing_may_be_required_and_nothing_fulfilled() -> None:
    assert found(Figure(quality={"vaksin_td": QualityItem(required=0, fulfilled=0)})) == []
    assert found(Figure(quality={"vaksin_td": QualityItem(required=1, fulfilled=0)})) == []


def test_zero_served_is_an_answer() -> None:
    assert found(Figure(served=0, entitled=10), complete=True) == []


def test_more_served_than_entitled_is_a_fault() -> None:
    assert found(Figure(served=4123, entitled=4122)) == [("R02", "served")]
    (finding,) = findings(IBU_HAMIL, Figure(served=4123, entitled=4122), complete=False)
    assert finding.text == "Terlayani (4123) melebihi Berhak (4122); periksa kedua angka."


def test_nobody_entitled_must_be_said_as_nihil() -> None:
    assert found(Figure(served=0, entitled=0), service=BENCANA) == [("R03", "entitled")]


def test_nihil_needs_a_service_that_may_be_nihil() -> None:
    assert found(Figure(answer="nihil", reason="tidak ada")) == [("R03", "answer")]
    assert found(Figure(answer="nihil", reason="tidak ada bencana"), service=BENCANA, complete=True) == []


def test_nihil_needs_a_reason() -> None:
    assert found(Figure(answer="nihil", reason=" "), service=BENCANA) == [("R03", "reason")]


@pytest.mark.parametrize(
    "figure", [Figure(answer="nihil", reason="x", served=3), Figure(answer="nihil", reason="x", entitled=3)]
)
def test_nihil_with_recipients_contradicts_itself(figure: Figure) -> None:
    assert found(figure, service=BENCANA) == [("R03", "answer")]


def test_not_yet_needs_a_reason_and_nothing_else() -> None:
    assert found(Figure(answer="not_yet", reason="data DKB terbit Maret"), complete=True) == []
    assert found(Figure(answer="not_yet")) == [("R03", "reason")]
