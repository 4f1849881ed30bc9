"""What a person typed into the editor of a letter:
its fields among those of the form, and what each is called.

SOP steps 4, 9, 10. Previous hop: a form. Next hop: `papers/editor_pages.py`,
and every page of the service that shows a form away from its page.
"""

from collections.abc import Mapping
from typing import Any

from services.documents.letters.catalogue import load
from shared.web.forms.form_words import word

LETTER = "isi:"
"""Before the id of a letter's field, in the name of the form's field."""


def letter_fields(form: Mapping[str, Any]) -> dict[str, str]:
    """The fields of a letter (`isi:<field>`) as they were typed."""
    return {name.removeprefix(LETTER): str(value) for name, value in form.items() if name.startswith(LETTER)}


def field_word(name: str) -> str | None:
    """What a field of our forms is called; those of a letter by their label."""
    wanted = name.removeprefix(LETTER)
    if wanted == name:
        return word(name)
    return next(
        (field.label for kind in load().kind.values() for field in kind.field if field.id == wanted), wanted
    )
