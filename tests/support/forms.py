"""The forms of a page as a browser without script reads them: where they go, which fields they have,
and what would be sent if a person pressed a button now.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

_TICKED = {"checkbox", "radio"}
_NOT_SENT = {"file", "submit", "button", "image", "reset"}


@dataclass(frozen=True)
class Field:
    """`sent`: it goes along though nobody touches it. `longest`: the browser takes no more characters."""

    name: str
    kind: str
    value: str
    sent: bool
    longest: int = 0

    @property
    def is_typed(self) -> bool:
        """Whether a person writes something into it, seen by everybody."""
        return self.kind in {"text", "search", "textarea"}


@dataclass
class Form:
    """`elsewhere`: where its other buttons send it."""

    method: str = "get"
    action: str = ""
    fields: list[Field] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    @property
    def hidden(self) -> dict[str, str]:
        return {one.name: one.value for one in self.fields if one.kind == "hidden"}

    @property
    def files(self) -> list[str]:
        return [one.name for one in self.fields if one.kind == "file"]

    def filled(self, typed: Mapping[str, str]) -> list[tuple[str, str]]:
        """The fields with what a person typed; a name that the form does not send by itself is added,
        as a ticked box is.
        """
        kept = [(one.name, one.value) for one in self.fields if one.sent and one.name not in typed]
        return [*kept, *typed.items()]

    def goes_to(self, path: str) -> bool:
        """Whether a route of this path (`/isian/{case}`) answers the form."""
        return re.fullmatch(re.sub(r"{\w+(:\w+)?}", "[^/]+", path), self.action.partition("?")[0]) is not None


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: dict[str, Form] = {}
        self._inside, self._text, self._chosen = "", "", None
        self._field: tuple[str, str, int] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = {name: value or "" for name, value in attrs}
        owner, name = got.get("form") or self._inside, got.get("name", "")
        longest = int(got.get("maxlength") or 0)
        if tag == "form":
            self._inside = got.get("id") or f"#{len(self.forms)}"
            form = self._form(self._inside)
            form.method, form.action, owner = (
                got.get("method", "get").lower(),
                got.get("action", ""),
                self._inside,
            )
        elif tag in {"textarea", "select"}:
            self._field, self._text, self._chosen = (owner, name, longest), "", None
        elif tag == "option" and self._field and ("selected" in got or self._chosen is None):
            self._chosen = got.get("value", "")
        elif tag in {"input", "button"} and name and owner:
            kind = got.get("type", "text") if tag == "input" else "button"
            sent = kind not in _NOT_SENT and (kind not in _TICKED or "checked" in got)
            self._form(owner).fields.append(Field(name, kind, got.get("value", ""), sent, longest))
        for verb in ("hx-post", "formaction"):
            if owner and got.get(verb, "").startswith("/"):
                self._form(owner).elsewhere.append(got[verb])

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = ""
        elif tag in {"textarea", "select"} and self._field:
            (owner, name, longest), self._field = self._field, None
            value = self._text.removeprefix("\n") if tag == "textarea" else self._chosen or ""
            if owner and name:
                self._form(owner).fields.append(Field(name, tag, value, True, longest))

    def _form(self, owner: str) -> Form:
        """The form of this id, also where it stands further down."""
        return self.forms.setdefault(owner, Form())


def posted(page: str, at: str = "") -> list[Form]:
    """The forms in the main part of a page that change something, each button's way as one of its own;
    one without an action goes to the address `at` of the page.
    """
    reader = _Reader()
    reader.feed(page[page.find("<main") :] if "<main" in page else page)
    return [
        replace(form, action=action)
        for form in reader.forms.values()
        if form.method == "post" or form.elsewhere
        for action in ([form.action or at] if form.method == "post" else []) + form.elsewhere
    ]


def first_form(page: str) -> Form:
    return posted(page)[0]


def leading_nowhere(page: str) -> list[str]:
    """The links of the summary of what is to be mended that lead to nothing on this page."""
    summary = page.partition('id="kesalahan"')[2].partition("</section>")[0]
    return [at for at in re.findall(r'<a href="#([^"]*)">', summary) if f'id="{at}"' not in page]
