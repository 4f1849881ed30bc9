"""The manuals say what stands on the pages: every button, field, column and state that a manual names is
looked for on the real page, and a page that changed since its picture was taken is found.

`make pictures` takes the pictures anew, from the same pages, and writes down what stood there.
"""

import io
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from deploy.local.instance import Instance
from shared.access.session import COOKIE
from tests.browser.windows import WIDTHS, sized
from tests.manual.looking import Standing, build, is_named, names, opened, signed_in, standing
from tests.manual.reading import MANUALS, PICTURES, SEEN, PageSpoken, pages, pictures, sections

TAKING = bool(os.environ.get("JEJAK_TAKE_PICTURES"))
ROOT = MANUALS.parents[1]
TEXTS = sorted(MANUALS.glob("*.md"))
BIGGEST, MOST, COLOURS = 60_000, 20, 48
AWAY = {"akun.md": "local accounts are off in the demonstration: tests/browser/test_local_accounts.py"}
"""Manuals of pages that this Jejak has not, and what walks them."""


@contextmanager
def window(browser: Browser, address: str, token: str, width: str) -> Iterator[Page]:
    context = browser.new_context(**sized(width))
    context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def stands(jejak: Instance, cycles: dict[str, str], browser: Browser) -> Mapping[str, list[Standing]]:
    """What stands on each page that the manuals speak of; its picture is taken on the way where asked for."""
    found, seen = {}, {}
    tokens = {spoken.person: signed_in(jejak.address, spoken.person) for spoken in pages().values()}
    for name, spoken in pages().items():
        with window(browser, jejak.address, tokens[spoken.person], spoken.width) as page:
            assert opened(page, jejak.address, spoken, cycles) == 200, name
            assert page.locator("header .trial").is_visible(), (
                f"{name} does not say that it is a demonstration"
            )
            if TAKING and spoken.picture:
                take(page, spoken)
            found[name] = standing(page)
            if spoken.whole:
                seen[name] = build(found[name])
    if TAKING:
        SEEN.write_text(json.dumps(seen, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return found


def take(page: Page, spoken: PageSpoken) -> None:
    """The upper part of a page, small enough for a repository."""
    page.set_viewport_size({"width": WIDTHS[spoken.width][0], "height": spoken.height})
    with Image.open(io.BytesIO(page.screenshot())) as shot:
        flat = shot.convert("RGB").quantize(
            COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
        )
        flat.convert("RGB").save(PICTURES / f"{spoken.name}.webp", lossless=True, method=6)


@pytest.mark.parametrize(
    "manual", [text for text in TEXTS if text.name not in AWAY], ids=lambda path: path.stem
)
def test_what_a_manual_names_stands_on_the_page(manual: Path, stands: Mapping[str, list[Standing]]) -> None:
    missing = [
        f"{section.title}: *{word}* stands on none of {', '.join(section.pages) or 'no page'}"
        for section in sections(manual.read_text(encoding="utf-8"))
        for word in section.words
        if not any(is_named(word, names(stands[page])) for page in section.pages)
    ]
    assert missing == []


def test_no_page_changed_since_its_picture_was_taken(stands: Mapping[str, list[Standing]]) -> None:
    """Look at the page, mend the manual, then `make pictures`."""
    taken = json.loads(SEEN.read_text(encoding="utf-8"))
    assert {name: build(stands[name]) for name, spoken in pages().items() if spoken.whole} == taken


def test_every_picture_is_shown_somewhere_and_small() -> None:
    wanted = {f"{spoken.name}.webp" for spoken in pages().values() if spoken.picture}
    there = {path.name: path.stat().st_size for path in PICTURES.glob("*.webp")}
    shown = {
        (text.parent / place).resolve().name
        for text in [*TEXTS, ROOT / "README.md"]
        for _, place in pictures(text.read_text(encoding="utf-8"))
    }
    assert set(there) == wanted == shown
    assert {name: size for name, size in there.items() if size > BIGGEST} == {}
    assert len(there) <= MOST


@pytest.mark.parametrize("text", [*TEXTS, ROOT / "README.md"], ids=lambda path: path.name)
def test_every_picture_is_there_and_said_in_words(text: Path) -> None:
    for said, file in pictures(text.read_text(encoding="utf-8")):
        assert (text.parent / file).is_file(), file
        assert len(said.split()) > 3, f"{file} is not described for who cannot see it"


def test_every_manual_speaks_of_pages_that_are_known() -> None:
    for text in TEXTS:
        said = text.read_text(encoding="utf-8")
        assert "**" not in said, f"{text.name}: what stands on a page is in *italics*, and nothing is bold"
        assert {page for section in sections(said) for page in section.pages} <= pages().keys(), text.name


def test_a_name_that_is_on_no_page_is_found() -> None:
    page = [
        ("button", "", "Serahkan ke Tim SPM"),
        ("th", "col", "OPD : urutkan"),
        ("summary", "", "Buka siklus 2027"),
    ]
    known = names(page)
    assert [is_named(word, known) for word in ("Serahkan ke Tim SPM", "OPD", "Buka siklus …")] == [True] * 3
    assert [is_named(word, known) for word in ("Serahkan", "Kirim", "Buka …x", "Buka siklus")] == [False] * 4
    said = (
        "## Isi\n<!-- halaman: isian -->\nTekan *Serahkan ke\nTim SPM*, bukan `*kode*`.\n### Lagi\n*Kirim*\n"
    )
    assert [(one.pages, one.words) for one in sections(said)] == [
        (("isian",), ("Serahkan ke Tim SPM",)),
        (("isian",), ("Kirim",)),
    ]


def test_numbers_and_days_are_no_change_of_a_page() -> None:
    one = [("h2", "", "5 layanan"), ("summary", "", "Sen, 9 Mar 2026"), ("th", "col", "Tahun 2025")]
    two = [("h2", "", "12 layanan"), ("summary", "", "Sel, 10 Mar 2026"), ("th", "col", "Tahun 2026")]
    assert build(one) == build(two) == ["h2 # layanan", "th Tahun #"]
    assert build([*one, ("button", "", "Hapus")]) != build(one)
