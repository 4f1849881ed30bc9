"""Rows of the form as they were typed: a figure, the figure that the person had seen,
and the cells that could not be read.

SOP step 7. Previous hop: the fields `<service>.<cell>` of a form. Next hop: `saving.py`, which gives the
commands. A cell that the form does not carry, that cannot be read, or that came back as it was shown, is as
it was seen, so it changes nothing; the other cells of its row are not held up.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, get_args

from services.intake.submission.sheet.cell_text import Column, Unreadable, read, show
from shared.contracts.values import Answer, Figure, QualityItem
from shared.spm.catalogue import Catalogue, QualityKind, Service
from shared.spm.cells import NUMBERS
from shared.web.problems.shape import FieldError
from shared.web.words.figure_words import CELLS, cell_name
from shared.web.words.i18n import gettext as _

MONEY = frozenset({"budget", "realised"})
SEEN = ".was"


@dataclass(frozen=True, slots=True)
class TypedRow:
    """One service as typed. `errors` name cells by their field in the form."""

    service: Service
    figure: Figure
    seen: Figure
    errors: tuple[FieldError, ...]


def rows_of(form: Mapping[str, Any], catalogue: Catalogue) -> list[TypedRow]:
    """The rows of this catalogue that a form carries, in its order;
    each says by its field `<service>.was` what the person had seen.
    """
    names = [name.removesuffix(SEEN) for name in form if name.endswith(SEEN)]
    return [row_of(form, catalogue.services[name]) for name in names if name in catalogue.services]


def row_of(form: Mapping[str, Any], service: Service) -> TypedRow:
    """The row of a service."""
    seen = seen_of(str(form.get(f"{service.id}{SEEN}", "")), service)
    errors: list[FieldError] = []
    typed: dict[str, Any] = {}
    for name in NUMBERS:
        try:
            typed[name] = _number(_text(form, service, name), getattr(seen, name), column(service, name))
        except Unreadable as wrong:
            errors.append(FieldError(f"{service.id}.{name}", str(wrong)))
    for name in ("reason", "origin"):
        text = _text(form, service, name)
        typed[name] = (
            getattr(seen, name) if text is None or _same(text, getattr(seen, name)) else text.strip()
        )
    answer = _text(form, service, "answer")
    typed["answer"] = answer if answer in get_args(Answer) else seen.answer
    figure = replace(seen, **typed, quality=dict(_quality(form, service, seen, errors)))
    return TypedRow(service, figure, seen, tuple(errors))


def column(service: Service, field: str) -> Column:
    """What a cell is called and what it counts."""
    if field in MONEY:
        return Column(_(CELLS[field]), "rupiah", money=True)
    return Column(label(service, field), service.unit)


def label(service: Service, field: str) -> str:
    """The name of a column or of a quality item, as the page writes it."""
    return cell_name(service, field) or field


def seen_text(figure: Figure) -> str:
    """A figure as the hidden field of its row: its cells by name as JSON, blanks left out."""
    cells: dict[str, int | str] = {"answer": figure.answer}
    cells |= {
        name: value
        for name in (*NUMBERS, "reason", "origin")
        if (value := getattr(figure, name)) not in (None, "")
    }
    for item, amount in figure.quality.items():
        cells |= {f"quality.{item}.required": amount.required, f"quality.{item}.fulfilled": amount.fulfilled}
    return json.dumps(cells, ensure_ascii=False, separators=(",", ":"))


def seen_of(text: str, service: Service) -> Figure:
    """The figure that a hidden field names; a blank one where it names none,
    so that whatever is stored counts as another's.
    """
    try:
        cells = json.loads(text)
    except ValueError:
        cells = None
    if not isinstance(cells, dict):
        return Figure()
    items = (
        (kind.id, cells.get(f"quality.{kind.id}.required"), cells.get(f"quality.{kind.id}.fulfilled"))
        for kind in service.quality
    )
    return Figure(
        answer=cells["answer"] if cells.get("answer") in get_args(Answer) else "filled",
        **{name: _whole(cells.get(name)) for name in NUMBERS},
        quality={
            item: QualityItem(required=required, fulfilled=fulfilled)
            for item, required, fulfilled in items
            if isinstance(required, int) and isinstance(fulfilled, int)
        },
        reason=str(cells.get("reason", "")),
        origin=str(cells.get("origin", "")),
    )


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _number(text: str | None, seen: int | None, of: Column) -> int | None:
    """The number of a cell; one that came back as it was shown is not read again,
    whatever this language reads.
    """
    return seen if text is None or _same(text, show(seen)) else read(text, of)


def _same(text: str, shown: str) -> bool:
    """Whether a field came back as it was shown: browsers send line breaks and
    spaces at the ends otherwise than they got them.
    """
    return " ".join(text.split()) == " ".join(shown.split())


def _text(form: Mapping[str, Any], service: Service, name: str) -> str | None:
    text = form.get(f"{service.id}.{name}")
    return text if isinstance(text, str) else None


def _quality(
    form: Mapping[str, Any], service: Service, seen: Figure, errors: list[FieldError]
) -> Iterator[tuple[str, QualityItem]]:
    for kind in service.quality:
        before = seen.quality.get(kind.id)
        amount = _pair(form, service, kind, before, errors)
        if amount is not None:
            yield kind.id, amount


def _pair(
    form: Mapping[str, Any],
    service: Service,
    kind: QualityKind,
    before: QualityItem | None,
    errors: list[FieldError],
) -> QualityItem | None:
    """A quality item: both of its numbers, or neither;
    as it was seen where one of them is missing or cannot be read.
    """
    numbers: dict[str, int | None] = {}
    for part in ("required", "fulfilled"):
        name = f"quality.{kind.id}.{part}"
        text = _text(form, service, name)
        try:
            numbers[part] = _number(text, getattr(before, part) if before else None, column(service, name))
        except Unreadable as wrong:
            errors.append(FieldError(f"{service.id}.{name}", str(wrong)))
            return before
    required, fulfilled = numbers["required"], numbers["fulfilled"]
    if required is not None and fulfilled is not None:
        return QualityItem(required=required, fulfilled=fulfilled)
    if (required is None) != (fulfilled is None):
        sentence = _("{item}: isi keduanya, yang dibutuhkan dan yang terpenuhi.").format(item=kind.name)
        errors.append(FieldError(f"{service.id}.quality.{kind.id}", sentence))
        return before
    return None
