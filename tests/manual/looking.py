"""What stands on a page for whoever reads it: the names of everything that can be pressed, filled in or read
as a heading, and the page's build for comparing.
"""

import re
from collections.abc import Iterable

import httpx2
from playwright.sync_api import Page

from tests.manual.reading import PageSpoken

STANDS = r"""() => {
  document.querySelectorAll("main details, header.frame details").forEach((one) => { one.open = true; });
  const shown = (e) => e.tagName === "OPTION" || e.checkVisibility({ checkVisibilityCSS: true });
  const what = "h1, h2, h3, button, .button, a, label, th, legend, summary, option, dt, .chip, strong, caption";
  return [...document.querySelectorAll(`header.frame a, header.frame summary, main :is(${what})`)].filter(shown)
    .map((e) => [e.tagName.toLowerCase(), e.scope || "", (e.innerText || e.textContent).trim().replace(/\s+/g, " ")]);
}"""  # noqa: E501
MARK = re.compile(r"^[^\w(]+|\s*\(boleh kosong\)$|\s*:\s*urutkan$|\s+[^\w).?:%]+$")
BUILD = {"h1", "h2", "h3", "button", "label", "legend", "summary"}
DAY = re.compile(r"\b(?:Sen|Sel|Rab|Kam|Jum|Sab|Min), \d+ \w+ \d{4}\b")

Standing = tuple[str, str, str]


def signed_in(address: str, person: str) -> str:
    """Somebody's token."""
    return str(httpx2.post(f"{address}/api/intake/session", json={"person": person}).json()["token"])


def opened(page: Page, address: str, spoken: PageSpoken, cycles: dict[str, str]) -> int:
    """Goes to a page; answers its status."""
    answer = page.goto(address + spoken.path.format(**cycles))
    if spoken.follow:
        with page.expect_navigation() as going:
            page.get_by_role("link", name=spoken.follow).first.click()
        answer = going.value
    return answer.status if answer is not None else 0


def standing(page: Page) -> list[Standing]:
    """(tag, scope, text) of everything that a manual may name, with whatever is folded unfolded."""
    return [(tag, scope, text) for tag, scope, text in page.evaluate(STANDS) if text]


def names(stands: Iterable[Standing]) -> set[str]:
    """The same without the marks around them."""
    return {plain(text) for _, _, text in stands}


def plain(text: str) -> str:
    return MARK.sub("", MARK.sub("", DAY.sub("", text))).strip()


def is_named(word: str, known: set[str]) -> bool:
    """A word that ends in … is the beginning of a name, like a button's with a year in it."""
    if word.endswith("…"):
        return any(name.startswith(word[:-1].rstrip()) for name in known)
    return word in known


def build(stands: Iterable[Standing]) -> list[str]:
    """The page without its data: headings, buttons, fields and columns in order, no numbers, no days."""
    found: dict[str, None] = {}
    for tag, scope, text in stands:
        if tag in BUILD or scope == "col":
            said = re.sub(r"\d[\d.,]*", "#", DAY.sub("#", text))
            if not (tag == "summary" and "#" in said):
                found[f"{tag} {said}"] = None
    return list(found)
