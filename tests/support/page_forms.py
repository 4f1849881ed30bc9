"""The forms of the pages as a browser gets them: where they go, and which fields they have."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from shared.service_names import SERVICES

UNSEEN = {
    # shown where something is parked
    *(f"POST /{service}/macet{what}" for service in SERVICES for what in ("", "/kirim", "/diperiksa")),
    "POST /langkah/{cycle}/{step}",  # the story has no plain step, no day that a calendar moved,
    "POST /langkah/{cycle}/{step}/tenggat",
    "POST /dokumen/{cycle}/sk_tim/serahkan",  # no decree,
    "POST /dokumen/{cycle}/sk_tim/tetapkan",
    "POST /pengiriman/{cycle}/{recipient}/kirim",  # no letter beside its report,
    "POST /arsip/{cycle}/tutup",  # and no paper of both receipts
}
"""Forms that no state of `two_agencies` shows; their fields are tried one by
one under the names that stand in the source.
"""


@dataclass
class PageForm:
    """One form of a rendered page: its address without the query, and its fields in order:
    name → (kind, value).
    """

    action: str
    fields: dict[str, tuple[str, str]] = field(default_factory=dict)

    def goes_to(self, path: str) -> bool:
        """Whether a route of this path (`/isian/{case}`) answers the form."""
        return re.fullmatch(re.sub(r"{\w+(:\w+)?}", "[^/]+", path), self.action) is not None


class _Forms(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.page, self.found, self._open = page, list[PageForm](), None
        self._named: dict[str, PageForm] = {}
        self._select: str | None = None

    _open: PageForm | None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._begin(said)
        name, form = said.get("name", ""), self._named.get(said.get("form", "")) or self._open
        if tag in {"input", "select", "textarea", "button"} and name and form is not None:
            kind = said.get("type", "text") if tag == "input" else tag
            if kind not in {"radio", "checkbox"} or "checked" in said or name not in form.fields:
                form.fields[name] = (kind, said.get("value", ""))
            self._select = name if tag == "select" else None
        if (
            tag == "option"
            and self._select
            and form is not None
            and ("selected" in said or not form.fields[self._select][1])
        ):
            form.fields[self._select] = ("select", said.get("value", ""))
        for verb in ("hx-post", "formaction"):
            if verb in said and form is not None and said[verb].startswith("/"):
                self.found.append(PageForm(said[verb].partition("?")[0], form.fields))

    def _begin(self, said: dict[str, str]) -> None:
        self._open = PageForm((said.get("action") or self.page).partition("?")[0])
        self._named[said.get("id", "")] = self._open
        if said.get("method", "get").lower() == "post":
            self.found.append(self._open)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None


def forms_of(page: str, html: str) -> Iterator[PageForm]:
    """Every form of a page that changes something; `page` is the address at which it was asked for."""
    parser = _Forms(page)
    parser.feed(html)
    yield from parser.found
