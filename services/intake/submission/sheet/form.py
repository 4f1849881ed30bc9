"""One post of the sheet: whatever the person does next, what the sheet shows is stored first,
and what could not be stored is told.

SOP step 7. Previous hop: `submission/pages.py`, with or without script.
Next hop: `saving.py`, then `view.py`, which shows the rest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from uuid import uuid4

from starlette.datastructures import FormData

from services.intake import streams
from services.intake.queries import catalogue_of
from services.intake.submission import orders, queries
from services.intake.submission.sheet import saving
from services.intake.submission.sheet.rows import figures_of, next_digest
from services.intake.submission.sheet.saving import Stored, Trouble
from services.intake.submission.sheet.typed_explanations import give_explanations
from services.intake.submission.sheet.typed_rows import TypedRow, rows_of
from services.intake.wording import Wording
from shared.contracts.values import Figure, StoredFile
from shared.eventsourcing.commands.decider import Refused
from shared.spm.cells import changes, with_cells
from shared.web.acting import Acting, Looking
from shared.web.problems.shape import FieldError, NotFound, sentence_of
from shared.web.words.i18n import LANGUAGES, language

ANSWERED = "jawab:"
"""What the name of the field begins with in which a point is answered: `jawab:<service>:<cell>`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What the page says after an act, and shows as it was typed."""

    troubles: Sequence[Trouble] = ()
    news: Mapping[str, Sequence[str]] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)
    seen: Mapping[str, Figure] = field(default_factory=dict)
    errors: Sequence[FieldError] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    supports: Sequence[str] = ()
    explained: Mapping[str, str] = field(default_factory=dict)
    answered: Mapping[str, str] = field(default_factory=dict)
    kept: Sequence[StoredFile] = ()

    def and_error(self, field: str, sentence: str) -> "Feedback":
        return replace(self, errors=(*self.errors, FieldError(field, sentence)))

    def and_refusal(self, refused: Refused, field: str | None = None) -> "Feedback":
        """With why the decision refused; at this field, or at the one that it names."""
        return self.and_error(field or refused.field or "", sentence_of(refused))

    @property
    def faults(self) -> Sequence[FieldError]:
        """Everything to mend, for the summary on top."""
        return (*self.errors, *(FieldError(trouble.field, trouble.sentence) for trouble in self.troubles))


@dataclass(frozen=True, slots=True)
class Typed:
    """What a form carries of the sheet, read by the language in which the page was shown."""

    rows: Sequence[TypedRow]

    def over(self, figures: Mapping[str, Figure]) -> dict[str, Figure]:
        """The figures as they are once everything typed is stored."""
        blank = Figure()
        after = {
            row.service.id: with_cells(figures.get(row.service.id, blank), changes(row.seen, row.figure))
            for row in self.rows
        }
        return {name: figure for name, figure in {**figures, **after}.items() if figure != blank}


async def typed_of(act: Acting, case: str, form: FormData) -> Typed:
    """The sheet of a form, by the catalogue of its cycle, with the choices at conflicts applied.
    Raises Forbidden, and NotFound for an unknown cycle.
    """
    orders.refuse_strangers(act, case, "intake.EnterFigure")
    async with act.running.pool.connection() as conn:
        catalogue = await catalogue_of(conn, streams.cycle_of(case))
    shown = str(form.get("bahasa", ""))
    before = language.set(shown) if shown in LANGUAGES else None
    try:
        rows = rows_of(form, catalogue)
    finally:
        if before is not None:
            language.reset(before)
    mine, theirs = ([str(choice) for choice in form.getlist(name)] for name in ("mine", "theirs"))
    return Typed(saving.chosen(saving.chosen(rows, mine, theirs=False), theirs, theirs=True))


async def save_sheet(act: Acting, case: str, form: FormData, typed: Typed) -> Feedback:
    """Stores what was typed, cell by cell. A row may be given twice without harm:
    it names what it replaces, so it needs no remembered key.
    """
    stream = streams.submission(case)
    giving = Acting(act.request, act.response, key=uuid4().hex, expected=None)
    orders.refuse_strangers(giving, case, "intake.EnterFigure")

    numbers = count()

    async def enter(service: str, figure: Figure, seen: Figure) -> object:
        return await orders.enter_figure(giving, case, service, figure, seen, part=str(next(numbers)))

    async with act.running.pool.connection() as conn:
        before = await queries.figures(conn, stream)
    refused: dict[str, Mapping[str, Refused]] = {}
    for row in typed.rows:
        refused[row.service.id] = await saving.store(enter, row)
    async with act.running.pool.connection() as conn:
        stored = await queries.figures(conn, stream)
    feedback = _feedback(
        typed.rows, refused, Stored(before, stored), form, Wording(act.running.people, act.region)
    )
    for name, (text, error) in (await give_explanations(giving, case, form)).items():
        feedback = feedback.and_refusal(error, name)
        feedback = replace(feedback, explained={**feedback.explained, name: text})
    return feedback


async def digest_seen(act: Acting, case: str, typed: Typed, shown: str) -> str:
    """The digest of what the person sees: that of the page, with what was typed since over it.

    Where the page is older than what is stored, its digest stays, and the decision refuses it.
    """
    stream = streams.submission(case)
    async with act.running.pool.connection() as conn:
        found = await queries.submission_of(conn, Looking(act.request, act.response).viewer, stream)
        if found is None:
            raise NotFound
        figures = figures_of(await queries.figures(conn, stream))
        attached = await queries.evidence_of(conn, stream)
    return (
        next_digest(found, typed.over(figures), attached)
        if next_digest(found, figures, attached) == shown
        else shown
    )


def _feedback(
    rows: Sequence[TypedRow],
    refused: Mapping[str, Mapping[str, Refused]],
    stored: Stored,
    form: FormData,
    words: Wording,
) -> Feedback:
    troubles: list[Trouble] = []
    news, seen = {}, {}
    for row in rows:
        name, why = row.service.id, refused[row.service.id]
        now = stored.now(name)
        troubles += saving.troubles(row, why, stored, words)
        seen[name] = saving.remembered(row, why, now)
        if told := saving.news(row, why, stored, words):
            news[name] = told
    kept = [trouble.field for trouble in troubles]
    typed = {
        name: value
        for name, value in form.items()
        if isinstance(value, str) and any(name == at or name.startswith(f"{at}.") for at in kept)
    }
    pairs = {at.rpartition(".")[0] for at in kept if at.endswith((".required", ".fulfilled"))}
    typed |= {
        name: value
        for name, value in form.items()
        if isinstance(value, str) and name.rpartition(".")[0] in pairs
    }
    return Feedback(troubles=troubles, news=news, typed=typed, seen=seen)
