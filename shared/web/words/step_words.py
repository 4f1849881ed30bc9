"""How the steps of SOPs read: by their names; by their numbers where an
event was recorded before steps had keys.

Every SOP step. Previous hop: a page of a service, `forms/form_words.py`. Next hop: a person.
"""

from shared.sop.definition import named
from shared.sop.steps import Step
from shared.web.words.i18n import gettext, language


def title(step: str) -> str:
    """The name of a step by its key, `Langkah 4` for a number."""
    found = named(step)
    return short(found) if found else gettext("Langkah {n}").format(n=step)


def value(step: str) -> str:
    """The same behind the word `Langkah`: the name inside a sentence, or the number alone."""
    found = named(step)
    return short(found)[:1].lower() + short(found)[1:] if found else step


def short(step: Step) -> str:
    """Its short name in the language of the reader."""
    return step.short_en if language.get() == "en" else step.short


def place(step: str) -> int:
    """Where a step stands in its SOP, by its key or by its number."""
    found = named(step)
    return found.number if found else int(step) if step.isdecimal() else 0
