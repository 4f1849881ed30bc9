"""Every sentence of the command line: both languages, the same facts, one sentence."""

import re
import string
from pathlib import Path

import pytest

from deploy import messages

FAILURES = re.compile(r'CannotStart\(\s*"([^"]+)"')
USES = re.compile(r'sentence\(\s*"([^"]+)"')


def facts(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("key", sorted(messages.sentences()))
def test_both_languages_tell_the_same_facts(key: str) -> None:
    entry = messages.sentences()[key]
    assert set(entry) == {"id", "en"}
    assert facts(entry["id"]) == facts(entry["en"])


def test_every_sentence_that_the_code_names_is_there_and_failures_end_like_sentences() -> None:
    sources = [file.read_text(encoding="utf-8") for file in Path(messages.__file__).parent.rglob("*.py")]
    failures = {key for text in sources for key in FAILURES.findall(text)}
    assert {"port-taken", "disk-full", "no-network", "newer-data", "already-running"} <= failures
    named = failures | {key for text in sources for key in USES.findall(text)}
    assert named <= set(messages.sentences())
    assert all(
        messages.sentences()[key][language].count(".") >= 1 for key in failures for language in ("id", "en")
    )


def test_the_terminal_speaks_indonesian_unless_it_asks_for_english(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("JEJAK_LANGUAGE", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    assert "sudah dipakai" in messages.sentence("port-taken", port=8400)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    assert "8400 is taken" in messages.sentence("port-taken", port=8400)
    monkeypatch.setenv("JEJAK_LANGUAGE", "id")
    assert "sudah dipakai" in messages.sentence("port-taken", port=8400)
