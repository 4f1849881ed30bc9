"""The program as its authors wrote it: each text is parsed once in a process."""

import ast
from functools import cache


@cache
def parsed(text: str) -> ast.Module:
    return ast.parse(text)
