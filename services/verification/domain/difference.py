"""Difference: what changed between two revisions of a submission, cell by cell.

SOP step 8. Previous hop: `verification.py`, which asks when a revision is handed in anew. Next hop: the
events that carry the answer, and the page that shows it beside the figures. Pure: two revisions in, changed
cells out, in a fixed order.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from shared.contracts.values import AttachedEvidence, CellChange, Figure
from shared.spm.catalogue import Catalogue, Service

COLUMNS = ("answer", "entitled", "served", "budget", "realised", "reason", "origin")
LAST = ("reason", "origin")
PARTS = ("required", "fulfilled")


def cell_changes(
    catalogue: Catalogue,
    figures_before: Mapping[str, Figure],
    evidence_before: Sequence[AttachedEvidence],
    figures_after: Mapping[str, Figure],
    evidence_after: Sequence[AttachedEvidence],
) -> tuple[CellChange, ...]:
    """Every cell whose text differs; a cell that is missing on one side counts as blank there.
    In the order of the form of this catalogue.
    """
    before = dict(cells(figures_before, evidence_before))
    after = dict(cells(figures_after, evidence_after))
    texts = {cell: (before.get(cell, ""), after.get(cell, "")) for cell in before.keys() | after.keys()}
    changed = (cell for cell, (was, now) in texts.items() if was != now)
    return tuple(
        CellChange(service=cell[0], field=cell[1], before=texts[cell][0], after=texts[cell][1])
        for cell in sorted(changed, key=lambda cell: _place(cell, catalogue))
    )


def in_form_order(catalogue: Catalogue, changes: Iterable[CellChange]) -> list[CellChange]:
    """Changed cells as the form has them; events of before the order was settled kept them by id."""
    return sorted(changes, key=lambda change: _place((change.service, change.field), catalogue))


def base_of(acts: Iterable[tuple[str, int]], revision: int) -> tuple[str, int] | None:
    """What a revision is compared with, whoever looks: what was approved last before it,
    else what was returned last, else nothing.

    `acts` are what happened to the submission, in order, as (act, revision).
    """
    before = [(act, of) for act, of in acts if of < revision]
    for wanted in ("approved", "returned"):
        found = [act for act in before if act[0] == wanted]
        if found:
            return found[-1]
    return None


def cells(
    figures: Mapping[str, Figure], evidence: Sequence[AttachedEvidence] = ()
) -> Iterator[tuple[tuple[str, str], str]]:
    """Every cell of a revision as ((service, field), text):
    the columns, the quality items, and one cell per evidence file.
    """
    for service, figure in figures.items():
        for column in COLUMNS:
            yield (service, column), _text(getattr(figure, column))
        for item, quality in figure.quality.items():
            yield (service, f"quality.{item}.required"), _text(quality.required)
            yield (service, f"quality.{item}.fulfilled"), _text(quality.fulfilled)
    for attached in evidence:
        for service in attached.services:
            yield (service, f"evidence.{attached.file.digest}"), attached.file.name


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _place(cell: tuple[str, str], catalogue: Catalogue) -> tuple[int, str, int, int, str]:
    """Where a cell stands in the form: service, figures, quality items, reason and origin, evidence."""
    service, field = cell
    return catalogue.place(service), service, *_place_of_field(catalogue.services.get(service), field), field


def _place_of_field(service: Service | None, field: str) -> tuple[int, int]:
    if field.startswith("quality."):
        item, _, part = field.removeprefix("quality.").partition(".")
        place = service.quality_place(item) if service else 0
        return len(COLUMNS), place * len(PARTS) + (PARTS.index(part) if part in PARTS else 0)
    if field in COLUMNS:
        return COLUMNS.index(field) + (len(COLUMNS) if field in LAST else 0), 0
    return 3 * len(COLUMNS), 0
