"""The cells of a figure: which there are, and what differs."""

from shared.contracts.values import Figure, QualityItem
from shared.spm.cells import changes

ITEM = QualityItem(required=2, fulfilled=1)


def test_a_quality_item_that_was_emptied_is_a_change() -> None:
    assert changes(Figure(quality={"kie": ITEM}), Figure()) == {"quality.kie": None}
    assert changes(Figure(), Figure(quality={"kie": ITEM})) == {"quality.kie": ITEM}


def test_equal_figures_have_no_changes() -> None:
    assert changes(Figure(served=1, quality={"kie": ITEM}), Figure(served=1, quality={"kie": ITEM})) == {}
