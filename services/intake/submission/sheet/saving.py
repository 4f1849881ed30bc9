"""Storing what was typed into the sheet: one command a row, and for each cell that was
not stored the reason and what is stored instead.

SOP step 7. Previous hop: `typed_rows.py`. Next hop: `domain/submission.py`, whose refusals decide;
a refused cell is left out and the others of its row are given again.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from services.intake.submission.sheet.cell_text import show
from services.intake.submission.sheet.rows import figure_of
from services.intake.submission.sheet.typed_rows import TypedRow, label, seen_of, seen_text
from services.intake.wording import Wording
from shared.contracts.values import Figure, QualityItem
from shared.eventsourcing.commands.decider import Refused
from shared.spm.catalogue import Service
from shared.spm.cells import Value, cell, changes, with_cells
from shared.web.problems.shape import sentence_of
from shared.web.words.figure_words import ANSWERS
from shared.web.words.formats import day, time
from shared.web.words.i18n import gettext as _

Enter = Callable[[str, Figure, Figure], Awaitable[object]]
"""Gives the command for a service: its figure, and the one that was seen."""


@dataclass(frozen=True, slots=True)
class Stored:
    """The rows of the read model before the person's own saving, which say whose each is, and after it."""

    before: Mapping[str, Mapping[str, Any]]
    after: Mapping[str, Mapping[str, Any]]

    def now(self, service: str) -> Figure:
        return figure_of(self.after[service]["figure"]) if service in self.after else Figure()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A cell that is not stored as typed: its name in the form, a sentence that names row and column,
    and what is stored instead.

    `theirs` (a conflict): what somebody else stored, as the hidden field of the row would say it.
    """

    field: str
    kind: Literal["refused", "conflict"]
    sentence: str
    stored: str
    theirs: str = ""


async def store(enter: Enter, row: TypedRow) -> dict[str, Refused]:
    """Gives what the person changed in a row; answers with the cells that were refused, by name."""

    async def store_cells(cells: Collection[str]) -> dict[str, Refused]:
        if not cells:
            return {}
        figure, seen = (
            with_cells(Figure(), {name: cell(whole, name) for name in cells})
            for whole in (row.figure, row.seen)
        )
        try:
            await enter(row.service.id, figure, seen)
        except Refused as refused:
            field = refused.field
            if field is not None and field in cells:
                return {field: refused} | await store_cells([name for name in cells if name != field])
            if field in (None, "service") or len(cells) == 1:
                return dict.fromkeys(cells, refused)
            found: dict[str, Refused] = {}
            for name in cells:
                found |= await store_cells([name])
            return found
        return {}

    return await store_cells(list(changes(row.seen, row.figure)))


def troubles(row: TypedRow, refused: Mapping[str, Refused], stored: Stored, words: Wording) -> list[Trouble]:
    """What is to be said about the cells of a row that are not stored."""
    now = stored.now(row.service.id)
    return [
        *(_unreadable(row.service, error.field, error.sentence, now) for error in row.errors),
        *(_refused(row, field, why, stored, words) for field, why in refused.items()),
    ]


def news(row: TypedRow, refused: Mapping[str, Refused], stored: Stored, words: Wording) -> list[str]:
    """What somebody else changed in cells that this person did not touch, since the person saw them."""
    typed, others = changes(row.seen, row.figure), stored.before.get(row.service.id)
    changed = {
        field: value
        for field, value in changes(row.seen, stored.now(row.service.id)).items()
        if field not in typed and field not in refused
    }
    if others is None or not changed:
        return []
    told = "; ".join(
        f"{label(row.service, field)} {written(cell(row.seen, field))} → {written(value)}"
        for field, value in changed.items()
    )
    return [
        _("Diubah oleh {who}, {when}: {changes}.").format(
            who=words.who(others["by"]), when=time(others["at"]), changes=told
        )
    ]


def _unreadable(service: Service, field: str, sentence: str, now: Figure) -> Trouble:
    name = field.removeprefix(f"{service.id}.")
    kept = written(cell(now, name.removesuffix(".required").removesuffix(".fulfilled")))
    said = _("{row} – {sentence} Yang tersimpan: {stored}.").format(
        row=service.name, sentence=sentence, stored=kept
    )
    return Trouble(field=field, kind="refused", sentence=said, stored=kept)


def _refused(row: TypedRow, field: str, why: Refused, stored: Stored, words: Wording) -> Trouble:
    now = stored.now(row.service.id)
    place, kept = f"{row.service.id}.{field}", written(cell(now, field))
    if why.code == "cell-conflict":
        sentence = _(
            "{row} – {cell}: {who} mengubahnya dari {seen} menjadi {stored}, {when}. "
            "Yang Anda ketik ({typed}) belum tersimpan."
        ).format(
            row=row.service.name,
            cell=label(row.service, field),
            who=words.who(str(why.facts["who"])),
            seen=written(cell(row.seen, field)),
            stored=kept,
            typed=written(cell(row.figure, field)),
            when=_when(why, stored.before.get(row.service.id)),
        )
        theirs = seen_text(with_cells(Figure(), {field: cell(now, field)}))
        return Trouble(field=place, kind="conflict", sentence=sentence, stored=kept, theirs=theirs)
    sentence = _("{row} – {cell}: {sentence} Yang tersimpan: {stored}.").format(
        row=row.service.name, cell=label(row.service, field), sentence=sentence_of(why), stored=kept
    )
    return Trouble(field=place, kind="refused", sentence=sentence, stored=kept)


def _when(why: Refused, stored: Mapping[str, Any] | None) -> str:
    """The minute where the row was last written by the same person, else the day that the rule names."""
    if stored and stored["by"] == why.facts["who"]:
        return time(stored["at"])
    return day(str(why.facts["on"]))


def written(value: Value) -> str:
    """A value as the page writes it."""
    if value is None or value == "":
        return _("kosong")
    if isinstance(value, QualityItem):
        return f"{show(value.fulfilled)}/{show(value.required)}"
    return show(value) if isinstance(value, int) else _(ANSWERS.get(value, value))


def chosen(rows: Sequence[TypedRow], choices: Sequence[str], *, theirs: bool) -> list[TypedRow]:
    """The rows after the person chose at a conflict:
    the own value over what is stored now, or what is stored now.

    A choice is `<service>.<cell>=<what was stored, as the hidden field says it>`,
    the value of the button that was pressed.
    """
    answered = list(rows)
    for choice in choices:
        place, _equals, said = choice.partition("=")
        for index, row in enumerate(answered):
            field = place.removeprefix(f"{row.service.id}.")
            if field != place:
                value = {field: cell(seen_of(said, row.service), field)}
                figure = with_cells(row.figure, value) if theirs else row.figure
                answered[index] = replace(row, figure=figure, seen=with_cells(row.seen, value))
    return answered


def remembered(row: TypedRow, refused: Mapping[str, Refused], now: Figure) -> Figure:
    """What the person has seen of a row after saving:
    what is stored, but for the refused cells what it was before.
    """
    wrong = {
        error.field.removeprefix(f"{row.service.id}.").removesuffix(".required").removesuffix(".fulfilled")
        for error in row.errors
    }
    return with_cells(now, {field: cell(row.seen, field) for field in (*refused, *wrong)})
