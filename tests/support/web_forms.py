"""The forms of a page as a browser without script reads them:
what would be sent if a person pressed a button now.
"""

from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

Pairs = list[tuple[str, str]]
_NO_FIELD = {"file", "submit", "button", "image", "reset"}


@dataclass
class WebForm:
    """A form: where it goes, its fields with the values that the page gave them, its file fields,
    and where its other buttons send it.
    """

    method: str
    action: str
    fields: Pairs = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def filled(self, typed: dict[str, str]) -> Pairs:
        """The fields with what a person typed; a name that the form does not send by itself is added,
        as a ticked box is.
        """
        return [*((name, value) for name, value in self.fields if name not in typed), *typed.items()]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: dict[str, WebForm] = {}
        self._inside, self._text, self._chosen = "", "", ""
        self._field: tuple[str, str] | None = None
        self._before: dict[str, WebForm] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = {name: value or "" for name, value in attrs}
        owner, name, kind = got.get("form") or self._inside, got.get("name", ""), got.get("type", "")
        if tag == "form":
            self._inside = got.get("id") or f"#{len(self.forms)}"
            known = self._before.pop(self._inside, None) or WebForm("", "")
            self.forms[self._inside] = replace(
                known, method=got.get("method", "get"), action=got.get("action", "")
            )
        elif tag in {"textarea", "select"}:
            self._field, self._text, self._chosen = (owner, name), "", ""
        elif tag == "option" and self._field and ("selected" in got or not self._chosen):
            self._chosen = got.get("value", "")
        elif tag == "button" and got.get("formaction"):
            self._form(owner).elsewhere.append(got["formaction"])
        elif tag == "input" and kind == "file":
            self._form(owner).files.append(name)
        elif (
            tag == "input"
            and name
            and kind not in _NO_FIELD
            and (kind not in {"checkbox", "radio"} or "checked" in got)
        ):
            self._form(owner).fields.append((name, got.get("value", "")))

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = ""
        elif tag in {"textarea", "select"} and self._field:
            owner, name = self._field
            self._form(owner).fields.append(
                (name, self._text.removeprefix("\n") if tag == "textarea" else self._chosen)
            )
            self._field = None

    def _form(self, owner: str) -> WebForm:
        """The form of this id, also where it stands further down."""
        return self.forms.get(owner) or self._before.setdefault(owner, WebForm("", ""))


def form_for(page: str, path: str) -> WebForm:
    """The form that this page posts to an address (without its query), by itself or by one of its buttons;
    with that address as its action.
    """
    reader = _Reader()
    reader.feed(page)
    posted = [form for form in reader.forms.values() if form.method == "post"]
    for form in posted:
        for action in (form.action, *form.elsewhere):
            if action.partition("?")[0] == path:
                return replace(form, action=action)
    raise AssertionError(
        f"no form goes to {path}, only to {[(form.action, form.elsewhere) for form in posted]}"
    )
