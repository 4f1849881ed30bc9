"""On which device somebody signed in, in a few words: for a list of own sessions, and for nothing else.

Whatever a browser says of itself is taken for what it is: a hint.
"""

import re

from fastapi import Request

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
_PROGRAM = re.compile(r"[A-Za-z][A-Za-z0-9._ -]{0,38}")


def device_of(request: Request) -> str:
    """Browser and system, or the name of a program; empty where nothing is said that can be read."""
    return device(request.headers.get("user-agent", ""))


def device(said: str) -> str:
    """The same for what a browser says."""
    if not said.isascii():
        return ""
    words = [next((word for mark, word in kind if mark in said), "") for kind in (_BROWSERS, _SYSTEMS)]
    if any(words):
        return " · ".join(filter(None, words))
    program = _PROGRAM.match(said)
    return program[0].strip() if program else ""
