"""Addresses of static files: each carries the digest of its content,
so that a browser keeps it for a year and never shows an old one.
"""

import hashlib
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("static")
PREFIX = "/static"


@cache
def static(name: str) -> str:
    """The address of a file in `shared/web/frame/static`.
    Raises FileNotFoundError for a name that is none.
    """
    digest = hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()
    return f"{PREFIX}/{name}?v={digest[:12]}"
