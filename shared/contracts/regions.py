"""Which region something belongs to, told by the name of its stream, case or cycle, and how far an office
reaches. Pure.

A region is four digits: a kabupaten or kota (`3402`), a province (`3400`), or the installation as a whole
(`0000`). Before there were several, agencies and the calendar had streams without a region: those belong to
the first region of the installation, which goes on using their names.
"""

import re
from collections.abc import Iterable

_NAMED = re.compile(r"(?:[a-z]+-)?([0-9]{4})(?:-.*)?", re.DOTALL)
OF_NO_REGION = ("account-", "login-", "checkpoint-", "probe-")
_OF_THE_FIRST = re.compile(r"agency-[a-z][a-z0-9_]*|settings-calendar|settings")
INSTALLATION = "0000"


def region_of(name: str, first: str) -> str:
    """The region of a stream, a case, a document or a cycle; empty for what is of the installation.
    `first`: its first region.
    """
    if name.startswith(OF_NO_REGION):
        return ""
    if _OF_THE_FIRST.fullmatch(name):
        return first
    named = _NAMED.fullmatch(name)
    return named[1] if named else ""


def in_stream(region: str, first: str) -> str:
    """How the region stands in the names of streams that once had none, with its hyphen."""
    return "" if region == first else f"{region}-"


def is_kabupaten(region: str) -> bool:
    """Whether it reports: a province and the installation have people and no cycles."""
    return not region.endswith("00")


def below(region: str) -> str:
    """How the codes of everything begin that lies in a province, or in the installation; for a kabupaten it
    is the whole code.
    """
    return region.removesuffix("00").removesuffix("00") if region.endswith("00") else region


def within(region: str, places: Iterable[str]) -> bool:
    """Whether a region is one of `places`, each a beginning of codes."""
    return any(region.startswith(place) for place in places)
