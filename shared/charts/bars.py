"""Pairs of bars, one above the other: a value of now, and below it the one of before.

Used by pages, whose style sheet gives the classes their colours, and by the report, for which `alone` brings
its own. Now is a filled bar, before an outlined one, so that no colour is needed to tell them apart. What has
no value has no bar: a dashed gap with its word, because a blank is never a zero.
"""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape

WIDTH, ROOM, LINE = 360, 270, 15
"""Of the picture and of its longest bar; a line of words."""
LETTERS = 52
_ALONE = (
    "text{font:12px 'Liberation Sans',sans-serif;fill:#1b1f23}.now{fill:#0b5d57}"
    ".before{fill:#fff;stroke:#0b5d57}.gap{stroke:#5a6169;stroke-dasharray:3 3}.axis{stroke:#d5dad8}"
)


@dataclass(frozen=True, slots=True)
class Bar:
    """`share` of the whole (1 is the longest bar; what is beyond is drawn as long) and how it is written;
    without a share only its word.
    """

    share: Fraction | None
    word: str


@dataclass(frozen=True, slots=True)
class Pair:
    """What is measured, now and before; `before` is None where there was no before. `lang`: the language of
    the name, where it is not the page's.
    """

    name: str
    now: Bar
    before: Bar | None = None
    lang: str = ""


def bars(mark: str, title: str, description: str, pairs: Iterable[Pair], *, alone: bool = False) -> str:
    """The picture as SVG. `mark` tells the ids of several on one page apart."""
    drawn, at = list[str](), 4
    for pair in pairs:
        pieces = list(_pair(pair, at))
        drawn += [text for _height, text in pieces]
        at += sum(height for height, _text in pieces) + 6
    name, about = f"{escape(mark)}-judul", f"{escape(mark)}-isi"
    style = f"<style>{_ALONE}</style>" if alone else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {at}" role="img"'
        f' aria-labelledby="{name} {about}"><title id="{name}">{escape(title)}</title>'
        f'<desc id="{about}">{escape(description)}</desc>{style}'
        f"{_axis(0.5, at)}{_axis(ROOM + 1.5, at)}{''.join(drawn)}</svg>"
    )


def _axis(x: float, high: int) -> str:
    return f'<line class="axis" x1="{x}" x2="{x}" y1="0" y2="{high}"/>'


def _pair(pair: Pair, at: int) -> Iterator[tuple[int, str]]:
    """The pieces from a height on, each with how much height it takes."""
    lines: Sequence[str] = textwrap.wrap(pair.name, LETTERS) or [""]
    lang = f' lang="{escape(pair.lang)}"' if pair.lang else ""
    for line in lines:
        yield LINE, f'<text x="4" y="{at + 11}"{lang}>{escape(line)}</text>'
        at += LINE
    yield 14, _bar("now", pair.now, at, 11)
    if pair.before is not None:
        yield 14, _bar("before", pair.before, at + 14, 9)


def _bar(kind: str, bar: Bar, at: int, high: int) -> str:
    word = f'<text class="value" x="{WIDTH}" y="{at + 10}" text-anchor="end">{escape(bar.word)}</text>'
    if bar.share is None:
        middle = at + high / 2
        return f'<line class="gap" x1="1" x2="{ROOM - 10}" y1="{middle}" y2="{middle}"/>{word}'
    wide = round(float(min(max(bar.share, Fraction(0)), Fraction(1))) * ROOM, 1)
    return f'<rect class="{kind}" x="1" y="{at + 0.5}" width="{wide}" height="{high}"/>{word}'
