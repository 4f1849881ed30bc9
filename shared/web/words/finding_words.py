"""What a rule found as a sentence for a person: translated, with its figures as the language writes them.

SOP steps 7 and 8. Previous hop: the sheet, the verifier's page and the findings list. Next hop: a person.
"""

import re
from collections.abc import Mapping
from fractions import Fraction

from shared.contracts.values import Explanation
from shared.spm.rules import Finding
from shared.web.words.formats import number, percent
from shared.web.words.i18n import gettext as _
from shared.web.words.i18n import later

THRESHOLDS: Mapping[str, str] = {
    "overspent": later("Realisasi dibanding anggaran"),
    "entitled": later("Perubahan Berhak dari tahun lalu"),
    "capaian": later("Perubahan capaian dari tahun lalu"),
    "population": later("Selisih Berhak dari penduduk acuan"),
    "births": later("Selisih bayi baru lahir dari ibu bersalin"),
}
"""What a threshold is about."""
LEVELS: Mapping[str, str] = {
    "block": later("menghalangi"),
    "warn": later("perlu penjelasan"),
    "inform": later("pemberitahuan"),
}
STATES: Mapping[str, str] = {
    "open": later("belum dijelaskan"),
    "explained": later("dijelaskan"),
    "stops": later("belum diperbaiki"),
    "told": later("untuk diketahui"),
    "resolved": later("selesai"),
}
UNITS: Mapping[str, str] = {"percent": later("%"), "points": later("poin")}
TEXTS = frozenset(
    {"service", "services", "unit", "items", "item", "file", "digest", "neighbours", "neighbour", "agency"}
)
"""Facts that are names, whatever they look like."""
_NUMBER, _SHARE = re.compile(r"-?\d{1,18}"), re.compile(r"\d{1,18}/\d{1,18}")


def sentence_of(about: Finding | Explanation) -> str:
    """The sentence; one whose facts another version left out is given as it was kept."""
    facts = about.said if isinstance(about, Finding) else about.facts
    return filled_in(about.sentence, facts)


def whole_sentence_of(finding: Finding) -> str:
    """With what other agencies handed in: for who may see that (`findings/region.py` takes away the rest)."""
    theirs = (filled_in(one.sentence, one.said) for one in finding.elsewhere)
    return " ".join((sentence_of(finding), *theirs))


def filled_in(sentence: str, facts: Mapping[str, str]) -> str:
    """A kept sentence with its kept facts."""
    try:
        return _(sentence).format(**{name: _written(name, text) for name, text in facts.items()})
    except (KeyError, IndexError, ValueError):
        return sentence


def _written(name: str, text: str) -> str:
    if name in TEXTS:
        return text
    if _SHARE.fullmatch(text) and not text.endswith("/0"):
        return percent(Fraction(text))
    return number(int(text)) if _NUMBER.fullmatch(text) else text
