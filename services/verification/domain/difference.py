"""Difference: what changed between two revisions of a submission, cell by cell.

SOP step 8. Previous hop: `verification.py`, which asks when a revision is handed in anew. Next hop: the events that carry the answer, and
the page that shows it beside the figures. Pure: two revisions in, changed cells out, in a fixed order.
"""

from collections.abc import Iterator, Mapping, Sequence

from shared.contracts.values import AttachedEvidence, CellChange, Figure

COLUMNS = ("answer", "served", "entitled", "budget", "realised", "reason", "origin")


def cell_changes(
    figures_before: Mapping[str, Figure],
    evidence_before: Sequence[AttachedEvidence],
    figures_after: Mapping[str, Figure],
    evidence_after: Sequence[AttachedEvidence],
) -> tuple[CellChange, ...]:
    """Every cell whose text differs; a cell that is missing on one side counts as blank there. Ordered by service, then by column."""
    before = dict(cells(figures_before, evidence_before))
    after = dict(cells(figures_after, evidence_after))
    return tuple(
        CellChange(service=service, field=field, before=before.get((service, field), ""), after=after.get((service, field), ""))
        for service, field in sorted(before.keys() | after.keys(), key=_place)
        if before.get((service, field), "") != after.get((service, field), "")
    )


def cells(figures: Mapping[str, Figure], evidence: Sequence[AttachedEvidence] = ()) -> Iterator[tuple[tuple[str, str], str]]:
    """Every cell of a revision as ((service, field), text): the columns, the quality items, and one cell per evidence file."""
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


def _place(cell: tuple[str, str]) -> tuple[str, int, str]:
    service, field = cell
    return service, COLUMNS.index(field) if field in COLUMNS else len(COLUMNS), field
