"""Two languages: Indonesian sentences are the source,
the English catalogue is `locale/en/LC_MESSAGES/jejak.po`.

A sentence is found by `_("…")` in code and templates and by `Refused(code, "…")` in the rules;
`python -m shared.web.words.catalogue` keeps the catalogue in step and a test holds it there.
"""

import gettext as gettext_module
import io
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from shared import sentences

SOURCE = "id"
LANGUAGES = ("id", "en")
COOKIE = "jejak_bahasa"
CATALOGUE = Path(__file__).parent / "locale" / "en" / "LC_MESSAGES" / "jejak.po"

later = sentences.later
language: ContextVar[str] = ContextVar("language", default=SOURCE)


@cache
def _translations(code: str) -> gettext_module.NullTranslations:
    if code == SOURCE:
        return gettext_module.NullTranslations()
    from babel.messages.mofile import write_mo  # only who asks for English pays for Babel
    from babel.messages.pofile import read_po

    with CATALOGUE.open("rb") as source:
        catalogue = read_po(source, locale=code)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext_module.GNUTranslations(compiled)


def gettext(sentence: str) -> str:
    """The sentence in the language of this request."""
    return _translations(language.get()).gettext(sentence) if sentence else ""


def ngettext(one: str, many: str, count: int) -> str:
    """The sentence for a count; Indonesian has one form,
    so its `one` and `many` usually are the same words.
    """
    return _translations(language.get()).ngettext(one, many, count)


def choose(asked: str | None, remembered: str | None, accepted: str | None) -> str:
    """The language of a request: `?lang=`, else the cookie, else Indonesian,
    unless the browser's list knows English and no Indonesian.

    Many office computers in Indonesia speak English to their users and still list Indonesian:
    Indonesian comes first.
    """
    for wish in (asked, remembered):
        if wish in LANGUAGES:
            return wish
    listed = {part.strip().lower()[:2] for part in (accepted or "").split(",")}
    return "en" if "en" in listed and SOURCE not in listed else SOURCE
