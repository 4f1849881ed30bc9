"""No English word on an Indonesian page, and no Indonesian one on an English page: every page of every
service that a role may see, what stands on it and what a reader of screens says, and every problem.

What is English and what Indonesian, the catalogue says itself: words of its English sentences that stand in
no Indonesian one, and the other way round. What people typed, names, and official nouns stay as they are.
"""

import re
from collections.abc import AsyncIterator, Iterator
from functools import cache
from html.parser import HTMLParser
from typing import Any

import pytest
import structlog
from fastapi import FastAPI

from services.archive.trail.event_words import WORDS
from shared.access.people import ROLES
from shared.service_names import SERVICES
from shared.sop.calendar import seed as seed_calendar
from shared.sop.document_kinds import document_kinds
from shared.spm.catalogue import known_services
from shared.web.words.catalogue import translated
from shared.web.words.service_words import SERVICE_WORDS, stream_word
from tests.architecture.test_endpoint_matrix import guarded, path_of, scopes
from tests.support.applications import AGENCIES, PEOPLE, application, bearer, fill, visiting
from tests.support.archive_room import archive_room, event_of
from tests.support.events import LEFT_OUT, happened
from tests.support.parts import PostgresPart

ENGLISH = ("the", "and", "with", "for", "not", "this", "that", "from", "been", "was", "were", "you", "please")
INDONESIAN = ("yang", "dengan", "untuk", "tidak", "belum", "sudah", "oleh", "pada", "dari", "ini", "bila")
"""Words that no sentence of the other language has."""
QUOTED: set[str] = set()
OF_THE_BROWSER = re.compile(r'type="(?:date|time|month|week|datetime-local)"')
"""Fields that a browser shows in the order of its own language."""
EXACT = {"code", "pre", "script", "style", "textarea", "template"}
"""What is copied letter by letter, or was typed by a person: it has no language of ours."""
VOID = {"input", "br", "meta", "link", "img", "hr", "wbr", "source", "col"}
SPOKEN = ("aria-label", "title", "placeholder", "alt", "data-label")
WORD = re.compile(r"\b[^\W\d_]{3,}\b")
"""Letters between digits are of a digest."""


class _Read(HTMLParser):
    """What a person reads of a page, or is read: texts, and the attributes that have words."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        exact = self._exact or tag in EXACT or (tag != "html" and "lang" in said)
        if not exact:
            self.texts += [value for name in SPOKEN if (value := said.get(name))]
        if tag not in VOID:
            self._open.append((tag, exact))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self._exact and data.strip():
            self.texts.append(" ".join(data.split()))

    @property
    def _exact(self) -> bool:
        return bool(self._open) and self._open[-1][1]


def read(page: str) -> list[str]:
    reader = _Read()
    reader.feed(page)
    return reader.texts


def words(text: str) -> Iterator[str]:
    yield from (
        word.casefold() for word in WORD.findall(re.sub(r"{\w*}|https?://\S+|SHA-256 \w+", " ", text))
    )


def _said(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from (*_said(key), *_said(one))
    elif isinstance(value, list | tuple | set | frozenset):
        for one in value:
            yield from _said(one)
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            yield from _said(getattr(value, name))


@cache
def of_people() -> frozenset[str]:
    """Words of names, of what people of the fixtures typed, and of the catalogue of services."""
    texts = [
        *_said([event for _producer, _stream, event in happened()]),
        *_said(PEOPLE),
        "nobody",
        seed_calendar().seed,
    ]
    texts += [*(to.office for to in document_kinds().recipient.values()), *AGENCIES.values()]
    texts += [*seed_calendar().holidays.values()]
    return frozenset(word for text in [*texts, *_said(known_services())] for word in words(text))


def texts_of(said: Any) -> list[str]:
    """A sentence of the catalogue, or its two for a count."""
    return [str(text) for text in said] if isinstance(said, tuple | list) else [str(said)]


@cache
def languages() -> dict[str, frozenset[str]]:
    """By language the words that only the other one has."""
    found: dict[str, set[str]] = {"id": set(), "en": set()}
    for message in translated():
        ids, strings = (
            one if isinstance(one, tuple | list) else [one] for one in (message.id, message.string)
        )
        found["id"].update(word for text in ids for word in words(text))
        found["en"].update(word for text in strings for word in words(text))
    return {"id": frozenset(found["en"] - found["id"]), "en": frozenset(found["id"] - found["en"])}


@pytest.fixture(scope="module", params=SERVICES)
def service(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def app(service: str, postgres: PostgresPart) -> AsyncIterator[FastAPI]:
    structlog.configure(
        processors=[structlog.processors.KeyValueRenderer()], logger_factory=structlog.ReturnLoggerFactory()
    )
    database = postgres.fresh_database(f"languages_{service}")
    await fill(service, database)
    async with application(service, database) as made:
        yield made
    structlog.reset_defaults()


def strange(page: str, language: str) -> dict[str, str]:
    """Words of the other language on a page, each with where it stands."""
    other = languages()[language] | frozenset(ENGLISH if language == "id" else INDONESIAN)
    return {word: text[:90] for text in read(page) for word in (set(words(text)) & other) - of_people()}


@pytest.mark.parametrize("language", ["id", "en"])
async def test_no_page_says_a_word_of_the_other_language(service: str, app: FastAPI, language: str) -> None:
    wrong, looked = dict[str, Any](), 0
    async with visiting(app) as browser:
        for route in guarded(service, reading=True):
            role = next((role for role in ROLES if scopes(route, role)), None)
            if role is None or route.path.startswith("/api/"):
                continue
            path = path_of(route, "dinkes")
            page = await browser.http.get(path, params={"lang": language}, headers=bearer(f"as_{role}"))
            if page.headers.get("content-type", "").startswith("text/html"):
                looked += 1
                if found := strange(page.text, language):
                    wrong[path] = found
                assert not OF_THE_BROWSER.search(page.text), path
    assert wrong == {}
    assert looked


@pytest.mark.parametrize("language", ["id", "en"])
async def test_the_audit_trail_tells_every_event_in_one_language(
    postgres: PostgresPart, language: str
) -> None:
    wrong, versions, looked = dict[str, Any](), dict[str, int](), 0
    async with archive_room(postgres.fresh_database("languages_trail")) as room:
        for _producer, stream, event in happened():
            versions[stream] = versions.get(stream, 0) + 1
            await room.log(event_of(event, stream=stream, version=versions[stream]))
        pages = ["/jejak-audit", *(f"/jejak-audit/{index}" for index in range(sum(versions.values())))]
        for path in pages:
            page = await room.page("ina", f"{path}?lang={language}")
            looked += page.status_code == 200
            if found := strange(page.text, language):
                wrong[path] = found
    assert wrong == {}
    assert looked > len(WORDS) - len(LEFT_OUT)


@pytest.mark.parametrize(("language", "foreign"), [("id", ENGLISH), ("en", INDONESIAN)])
def test_no_sentence_of_the_catalogue_is_in_the_other_language(
    language: str, foreign: tuple[str, ...]
) -> None:
    said = [one.id if language == "id" else one.string for one in translated()]
    sentences = [text for one in said for text in texts_of(one)]
    assert [text for text in sentences if set(words(text)) & set(foreign) and text not in QUOTED] == []


def test_every_stream_and_service_has_its_word() -> None:
    assert set(SERVICE_WORDS) == set(SERVICES)
    assert {stream for _producer, stream, _event in happened() if not stream_word(stream)} == set()
