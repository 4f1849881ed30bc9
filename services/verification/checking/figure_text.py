"""The text of a figure in one cell, and of the difference between two figures in it, as verifiers read them.

SOP step 8. Previous hop: `comparison.py`, which says what is compared. Next hop: the lines that it makes.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction

from shared.contracts.values import Figure, QualityItem
from shared.spm.index import capaian
from shared.web.words import formats
from shared.web.words.formats import number, percent, percent_apart
from shared.web.words.i18n import gettext as _

LONGEST_PLACES = 6


def amount_text(field: str, form: Callable[[int | None], str]) -> Callable[[Figure], str]:
    return lambda figure: form(getattr(figure, field))


def words_text(field: str) -> Callable[[Figure], str]:
    return lambda figure: str(getattr(figure, field))


def quality_text(item: str) -> Callable[[Figure], str]:
    def text(figure: Figure) -> str:
        amount: QualityItem | None = figure.quality.get(item)
        if amount is None:
            return ""
        return _("{fulfilled} dari {required}").format(
            fulfilled=number(amount.fulfilled), required=number(amount.required)
        )

    return text


def difference_text(field: str, now: Figure, form: Callable[[int | None], str]) -> Callable[[Figure], str]:
    """How much more or less than in another figure, and how much that is of it: `+159 (+3,86 %)`."""

    def difference(other: Figure) -> str:
        this, that = getattr(now, field), getattr(other, field)
        if this is None or that is None:
            return ""
        more = this - that
        share = f" ({_signed(percent(Fraction(abs(more), that)), more)})" if that and more else ""
        return f"{_signed(form(abs(more)), more)}{share}"

    return difference


def quality_points(item: str, now: Figure) -> Callable[[Figure], str]:
    """How much more or less of the standard is fulfilled than in another figure."""

    def share(figure: Figure) -> Fraction | None:
        amount = figure.quality.get(item)
        return Fraction(amount.fulfilled, amount.required) if amount and amount.required else None

    return lambda other: points(share(now), share(other), 2)


def decimals(now: Figure, others: Sequence[Figure]) -> int:
    """So many decimals that each difference in points is what the eye makes of the two values."""
    this = capaian(now)
    pairs = [(this, that) for that in map(capaian, others) if this is not None and that is not None]
    return next(
        (
            places
            for places in range(2, LONGEST_PLACES)
            if all(percent_apart(*pair, places) for pair in pairs)
        ),
        LONGEST_PLACES,
    )


def points(this: Fraction | None, that: Fraction | None, places: int) -> str:
    """The change in points, computed from the two shares as they are shown."""
    if this is None or that is None:
        return ""
    return _signed(_("{percent} poin").format(percent=formats.points(this, that, places)), this - that)


def _signed(text: str, difference: Fraction | int) -> str:
    return text if not difference else f"{'+' if difference > 0 else '−'}{text}"
