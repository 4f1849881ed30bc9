"""What changed between two revisions, cell by cell."""

from dataclasses import replace

import pytest

from services.verification.domain.difference import base_of, cell_changes, in_form_order
from shared.contracts.values import AttachedEvidence, CellChange, Figure, QualityItem, StoredFile
from shared.spm.catalogue import current

FIGURE = Figure(served=4075, entitled=4122, budget=10, realised=9)
FILE = StoredFile(digest="e" * 64, name="kohort.pdf", media_type="application/pdf", size=9)


def change(field: str, before: str, after: str, service: str = "kes.ibu_hamil") -> CellChange:
    return CellChange(service=service, field=field, before=before, after=after)


def differ(before: Figure, after: Figure) -> tuple[CellChange, ...]:
    return cell_changes(current(), {"kes.ibu_hamil": before}, (), {"kes.ibu_hamil": after}, ())


def test_equal_revisions_do_not_differ() -> None:
    assert differ(FIGURE, replace(FIGURE)) == ()


def test_each_changed_column_is_named_in_the_order_of_the_form() -> None:
    assert differ(FIGURE, replace(FIGURE, entitled=4200, served=4100)) == (
        change("entitled", "4122", "4200"),
        change("served", "4075", "4100"),
    )


def test_a_number_that_was_taken_away_becomes_blank_and_zero_stays_zero() -> None:
    assert differ(FIGURE, replace(FIGURE, budget=None, realised=0)) == (
        change("budget", "10", ""),
        change("realised", "9", "0"),
    )


def test_nihil_is_a_change_of_the_answer() -> None:
    nihil = Figure(answer="nihil", reason="tidak ada bencana")
    assert differ(Figure(served=0), nihil) == (
        change("answer", "filled", "nihil"),
        change("served", "0", ""),
        change("reason", "", "tidak ada bencana"),
    )


def test_quality_items_are_cells_of_their_own() -> None:
    before = replace(FIGURE, quality={"bidan": QualityItem(required=10, fulfilled=9)})
    after = replace(
        FIGURE,
        quality={
            "bidan": QualityItem(required=10, fulfilled=10),
            "dokter": QualityItem(required=2, fulfilled=2),
        },
    )
    assert differ(before, after) == (
        change("quality.dokter.required", "", "2"),
        change("quality.dokter.fulfilled", "", "2"),
        change("quality.bidan.fulfilled", "9", "10"),
    )


def test_a_service_that_is_new_shows_every_cell_that_is_not_blank() -> None:
    changes = cell_changes(current(), {}, (), {"kes.ibu_hamil": Figure(served=1, entitled=2)}, ())
    assert changes == (change("answer", "", "filled"), change("entitled", "", "2"), change("served", "", "1"))


def test_a_service_that_is_gone_shows_every_cell_that_was_not_blank() -> None:
    changes = cell_changes(current(), {"kes.ibu_hamil": Figure(served=1)}, (), {}, ())
    assert changes == (change("answer", "filled", ""), change("served", "1", ""))


IN_THE_FORM = [
    change("answer", "nihil", "filled"),
    change("entitled", "", "10"),
    change("realised", "", "9"),
    change("quality.dokter.required", "1", "2"),
    change("quality.dokter.fulfilled", "1", "2"),
    change("quality.bidan.required", "1", "2"),
    change("quality.bidan.fulfilled", "1", "2"),
    change("reason", "a", ""),
    change("origin", "", "b"),
    change(f"evidence.{FILE.digest}", "", "kohort.pdf"),
    change("served", "1", "2", service="kes.ibu_bersalin"),
    change("served", "1", "2", service="sos.anak"),
]


def test_changes_that_an_event_keeps_in_another_order_are_shown_as_the_form_has_them() -> None:
    by_id = sorted(IN_THE_FORM, key=lambda change: (change.service, change.field))
    assert by_id != IN_THE_FORM
    assert in_form_order(current(), by_id) == IN_THE_FORM


def test_what_the_catalogue_does_not_know_comes_last_and_is_kept() -> None:
    foreign = change("quality.a.required", "1", "2", service="kes.aaa")
    assert in_form_order(current(), [foreign, *IN_THE_FORM]) == [*IN_THE_FORM, foreign]


def test_a_part_of_a_quality_item_that_this_version_does_not_know_stands_with_its_item() -> None:
    newer = change("quality.bidan.lain.dua", "1", "2")
    required, fulfilled = (change(f"quality.bidan.{part}", "1", "2") for part in ("required", "fulfilled"))
    reason = change("reason", "a", "b")
    assert in_form_order(current(), [reason, fulfilled, required, newer]) == [
        newer,
        required,
        fulfilled,
        reason,
    ]


def test_evidence_that_came_or_went_is_named_by_its_file_for_each_service() -> None:
    attached = AttachedEvidence(file=FILE, services=("kes.balita", "kes.ibu_hamil"))
    came = cell_changes(current(), {}, (), {}, (attached,))
    assert came == (
        change(f"evidence.{FILE.digest}", "", "kohort.pdf"),
        change(f"evidence.{FILE.digest}", "", "kohort.pdf", service="kes.balita"),
    )
    assert cell_changes(current(), {}, (attached,), {}, (attached,)) == ()
    assert [(gone.before, gone.after) for gone in cell_changes(current(), {}, (attached,), {}, ())] == [
        ("kohort.pdf", "")
    ] * 2


@pytest.mark.parametrize(
    ("acts", "revision", "base"),
    [
        pytest.param([], 1, None, id="the first hand-in of a first round rests on nothing"),
        pytest.param(
            [("waiting", 1), ("withdrawn", 1), ("waiting", 2)],
            2,
            None,
            id="what nobody decided on is no base",
        ),
        pytest.param(
            [("waiting", 1), ("returned", 1), ("waiting", 2)],
            2,
            ("returned", 1),
            id="in the first round the last returned",
        ),
        pytest.param(
            [("approved", 6), ("voided", 6), ("waiting", 7), ("returned", 7), ("waiting", 8)],
            8,
            ("approved", 6),
            id="never the one between",
        ),
        pytest.param(
            [("approved", 6), ("voided", 6), ("withdrawn", 7), ("approved", 8)],
            8,
            ("approved", 6),
            id="the same after it was approved",
        ),
        pytest.param(
            [("approved", 1), ("voided", 1), ("approved", 2), ("voided", 2)],
            3,
            ("approved", 2),
            id="the latest approval",
        ),
    ],
)
def test_a_revision_is_compared_with_the_last_one_approved_before_it(
    acts: list[tuple[str, int]], revision: int, base: tuple[str, int] | None
) -> None:
    assert base_of(acts, revision) == base
