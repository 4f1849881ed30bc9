"""What a cycle reached as bars beside last year's: the index of each urusan, and the capaian of each service.

SOP steps 7 and 8. Previous hop: `board/achievement_pages.py`, with what `achievement.py` found. Next hop: the
page, where each picture stands over its table. A blank has no bar but its word.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup

from services.intake.board.achievement import Achievement, Compared, OfService
from shared.charts.bars import Bar, Pair, bars
from shared.spm.catalogue import Catalogue, Urusan
from shared.web.words.figure_words import ANSWERS
from shared.web.words.formats import index, percent
from shared.web.words.i18n import gettext as _
from shared.web.words.i18n import language, ngettext


@dataclass(frozen=True, slots=True)
class OfUrusan:
    """The capaian of the services of an urusan: the picture, and its rows by the names of the services."""

    id: str
    name: str
    picture: Markup
    rows: Sequence[tuple[str, OfService]]


def of_indices(shown: Achievement, catalogue: Catalogue, *, compared: bool) -> Markup:
    """The index of each urusan and of the whole."""
    named = [(name_of(kind), shown.indices[kind.id]) for kind in catalogue.urusan]
    pairs = [
        _index_pair(name, of, compared) for name, of in [*named, (_("Seluruh urusan"), shown.indices[""])]
    ]
    return _drawn("indeks", _("Indeks pencapaian SPM"), pairs)


def of_services(shown: Achievement, catalogue: Catalogue, *, compared: bool) -> Sequence[OfUrusan]:
    """The capaian of each service that somebody answers for, urusan by urusan."""
    found = list[OfUrusan]()
    for kind in shown.urusan:
        rows = [
            (service.name, shown.services[service.id])
            for service in catalogue.of_urusan(kind.id)
            if service.id in shown.services
        ]
        pairs = [_service_pair(name, of, compared) for name, of in rows]
        title = _("Capaian tiap layanan: {urusan}").format(urusan=name_of(kind))
        found.append(OfUrusan(kind.id, name_of(kind), _drawn(f"capaian-{kind.id}", title, pairs), rows))
    return found


def name_of(kind: Urusan) -> str:
    """What an urusan is called in the language of the request."""
    return kind.name_en if language.get() == "en" else kind.name


def word_of(of: OfService) -> str:
    """The capaian as it is written, or why there is none."""
    if of.this is not None:
        return percent(of.this)
    return _("kosong") if of.answer == "filled" else _(ANSWERS[of.answer])


def _index_pair(name: str, of: Compared, compared: bool) -> Pair:
    return Pair(
        name, _of_hundred(of.this, " †" if of.incomplete else ""), _of_hundred(of.last) if compared else None
    )


def _of_hundred(value: Fraction | None, mark: str = "") -> Bar:
    return Bar(None, _("kosong")) if value is None else Bar(value / 100, f"{index(value)}{mark}")


def _service_pair(name: str, of: OfService, compared: bool) -> Pair:
    before = Bar(of.last, percent(of.last) if of.last is not None else _("kosong"))
    return Pair(name, Bar(of.this, word_of(of)), before if compared else None, "id")


def _drawn(mark: str, title: str, pairs: Iterable[Pair]) -> Markup:
    """Everything in it is escaped by `bars`."""
    every = list(pairs)
    blank = sum(pair.now.share is None for pair in every)
    without = ngettext("{n} tanpa angka.", "{n} tanpa angka.", blank).format(n=blank)
    about = _("{n} batang; tabel di bawahnya menyebut angkanya.").format(n=len(every))
    return Markup(bars(mark, title, f"{about} {without}", every))  # noqa: S704
