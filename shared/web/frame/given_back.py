"""What a page that could not take a form gives back: every text that was typed, and links that lead
somewhere.

Every SOP step. Previous hop: `rendering.py`, with the page as it would be shown. Next hop: the same page,
with what its forms do not hold any more (an answer to a question that was settled meanwhile) to be read and
copied. `sent_on` gives a form back to the page of another service; `unsent` says what the act that was done
did not need.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote, unquote

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from markupsafe import escape

from shared.web.forms.form_words import Words
from shared.web.problems.shape import FieldError
from shared.web.running import is_https

REFUSED = "jejak_tolak"
"""Cookie with the sentence by which another service refused a form of this page."""
LOST = "diketik"
"""Where on the page stands what was typed and has no field any more."""
_PROSE = frozenset({"reason", "text", "note", "resolution"})
_PROSE_ABOUT = ("catatan:", "jelas:", "reason.", "tanya:", "jawab:")
_LONGEST = 300


def lost_of(form: Mapping[str, Any], page: str, words: Words) -> list[tuple[str, str]]:
    """The texts of a form that stand in no field of the page, each by its word."""
    return [
        (word, value)
        for name, value in form.items()
        if isinstance(value, str) and value.strip() and _is_prose(name) and (word := words(name))
        if not _stands(value, page)
    ]


def unsent(form: Mapping[str, Any], *sent: str) -> dict[str, str]:
    """What was typed into a form of several acts, and is no part of the one that was done (`sent`): the texts
    of the others. They go back to the page; without a script nobody else would keep them.
    """
    return {
        name: value
        for name, value in form.items()
        if isinstance(value, str) and value.strip() and _is_prose(name) and name not in sent
    }


def _is_prose(name: str) -> bool:
    return name in _PROSE or name.startswith(_PROSE_ABOUT)


def _stands(value: str, page: str) -> bool:
    """Whether a field of the page holds this text, as it was sent or without the spaces around it."""
    texts = {str(escape(value)), str(escape(value.strip()))}
    shown = (">{}</textarea>", ">\n{}</textarea>", 'value="{}"')
    return any(way.format(text) in page for text in texts for way in shown)


def leading_somewhere(errors: Sequence[FieldError], page: str, otherwise: str) -> list[FieldError]:
    """The same; what would lead to nothing on this page leads to `otherwise`, empty: nowhere."""
    return [error if _leads(error, page) else replace(error, field=otherwise) for error in errors]


def _leads(error: FieldError, page: str) -> bool:
    return not error.field or bool(error.page) or f'id="{escape(error.field)}"' in page


def sent_on(request: Request, path: str, sentence: str = "") -> Response:
    """The form itself goes on (307) to the page of another service where it was typed, with why this one
    refused it; without a sentence it was taken, and what else was typed is for that page.
    """
    answer = RedirectResponse(path, status_code=307)
    if not sentence:
        return answer
    answer.set_cookie(
        REFUSED,
        quote(sentence[:_LONGEST]),
        max_age=60,
        httponly=True,
        samesite="lax",
        secure=is_https(request),
    )
    return answer


def why_sent_on(request: Request) -> str:
    """The sentence that `sent_on` gave along; empty where there is none."""
    return unquote(request.cookies.get(REFUSED, ""))
