"""A form that could not be taken now, kept so that nothing typed is lost:
it goes through signing in, and comes back to be sent once more.

Without JavaScript. What is carried is never believed: it becomes a form again,
whose sending is guarded like every other.
"""

import re
from urllib.parse import urlsplit

import msgspec
from fastapi import Request
from starlette.datastructures import FormData, UploadFile

from shared.web.forms import csrf
from shared.web.forms.csrf import BY, form_of, is_form
from shared.web.forms.form_words import Words, value_words, word

PAGE, COMMAND = "_page", "_command"
"""Hidden fields of every form, beside who saw it (`BY`):
on which page it was, and the id of the command that it gives.
"""
CARRIED = "isian"
CARRIED_LIMIT = 250_000
"""Characters of JSON that travel through the sign-in form; what is longer is shown, to be copied."""
_NOT_CARRIED = frozenset({csrf.FIELD, BY, PAGE, CARRIED})
_SECRET = re.compile(r"passw|sandi|secret|token|\bpin\b|otp", re.IGNORECASE)


class SentForm(msgspec.Struct, frozen=True, kw_only=True):
    """Where a form was going (`action`), from which `page`, who had it on the screen (`by`),
    and what was in it. Files are only named.

    `words` are what the service that took the form calls its fields:
    another one may show it, after signing in.
    """

    action: str
    page: str
    by: str = ""
    multipart: bool = False
    fields: list[tuple[str, str]] = []
    files: list[tuple[str, str]] = []
    words: dict[str, str] = {}

    @property
    def typed(self) -> list[tuple[str, str]]:
        """What a person may want to read again or copy, each with the word that stands beside it in the form:
        no helpers, no empty fields.
        """
        return [
            (self.words[name], value_words(name, value))
            for name, value in self.fields
            if value.strip() and name in self.words
        ]

    def packed(self) -> str | None:
        """As text for a hidden field; None where it is too long to travel."""
        text = msgspec.json.encode(self).decode()
        return text if len(text) <= CARRIED_LIMIT else None


def unpack(text: str) -> SentForm | None:
    """What `packed` made; None for anything that leads out of our pages or cannot be read."""
    try:
        sent = msgspec.json.decode(text, type=SentForm)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return None
    return (
        msgspec.structs.replace(sent, page=inside(sent.page))
        if inside(sent.action) == sent.action != "/"
        else None
    )


def inside(target: str) -> str:
    """Only a path of our own, of a sane length; anything else goes home."""
    own = (
        target.startswith("/")
        and not target.startswith(("//", "/\\"))
        and target.isprintable()
        and len(target) <= 2000
    )
    return target if own else "/"


def place_of(request: Request) -> str:
    """Path and query of a request exactly as they were asked."""
    raw: bytes = request.scope.get("raw_path") or request.url.path.encode()
    query: bytes = request.scope["query_string"]
    return raw.decode("latin-1") + (f"?{query.decode('latin-1')}" if query else "")


def page_of(request: Request) -> str:
    """The page that a form is on: this one, or where the form that is being answered stood."""
    if request.method in {"GET", "HEAD"}:
        return place_of(request)
    form: FormData = getattr(request.state, "form", None) or FormData()
    return inside(str(form.get(PAGE) or "/"))


def came_from(request: Request) -> str:
    """The page of ours from which a request came, where its body was too much to be read; else the first."""
    came = urlsplit(request.headers.get("referer", ""))
    place = came.path + (f"?{came.query}" if came.query else "")
    return inside(place) if came.netloc == request.headers.get("host") else "/"


async def sent_form_of(request: Request) -> SentForm | None:
    """The form of a request that is being refused; None where there is none, or its body was broken off."""
    if request.method != "POST" or not is_form(request) or request.url.path in {"/masuk", "/keluar"}:
        return None
    form: FormData | None = getattr(request.state, "form", None)
    try:
        form = form if form is not None else await form_of(request)
    except Exception:  # noqa: BLE001  whatever is wrong with the body, the answer to the request must not fail for it
        return None
    called: Words = getattr(request.app.state, "words", word)
    fields = [
        (name, value) for name, value in form.multi_items() if isinstance(value, str) and not _hidden(name)
    ]
    files = [
        (name, value.filename)
        for name, value in form.multi_items()
        if isinstance(value, UploadFile) and value.filename
    ]
    return SentForm(
        action=place_of(request),
        page=page_of(request),
        by=str(form.get(BY) or "")[:100],
        multipart=request.headers.get("content-type", "").startswith("multipart/"),
        fields=fields,
        files=files,
        words={name: found for name, _value in (*fields, *files) if (found := called(name))},
    )


def _hidden(name: str) -> bool:
    return name in _NOT_CARRIED or _SECRET.search(name) is not None
