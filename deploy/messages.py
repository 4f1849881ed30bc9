"""The sentences of the command line (messages.toml) in the terminal's language."""

import os
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def sentences() -> Mapping[str, Mapping[str, str]]:
    """Every sentence by its key, as {"id": …, "en": …}."""
    return tomllib.loads(files("deploy").joinpath("messages.toml").read_text(encoding="utf-8"))


def english() -> bool:
    """True when the terminal asks for English (JEJAK_LANGUAGE first, then the locale);
    Indonesian otherwise.
    """
    asked = (
        os.environ.get("JEJAK_LANGUAGE")
        or os.environ.get("LC_ALL")
        or os.environ.get("LC_MESSAGES")
        or os.environ.get("LANG")
        or ""
    )
    return asked.lower().startswith("en")


def sentence(key: str, **facts: object) -> str:
    """The sentence of that key in the terminal's language with its facts filled in."""
    return sentences()[key]["en" if english() else "id"].format(**facts)


class CannotStart(Exception):
    """A reason not to go on that a person can act on; its text is the whole sentence."""

    def __init__(self, key: str, **facts: object) -> None:
        self.key = key
        self.facts = facts
        super().__init__(sentence(key, **facts))
