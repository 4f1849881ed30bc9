"""The text of a PDF as a reader copies it, for PDFs that Chromium prints:
glyphs through the ToUnicode map of their font. Nothing else is read.
"""

import io
import re
from collections.abc import Iterator
from typing import Any

import pikepdf

_PAIR = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
_RANGE = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*(?:<([0-9A-Fa-f]+)>|\[([^\]]*)\])")


def text_of(pdf: bytes) -> str:
    """All text, page by page, without any white space."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return re.sub(
            r"\s",
            "",
            "".join(
                piece for page in opened.pages for piece in _pieces(page.obj, page.obj.get("/Resources"))
            ),
        )


def _pieces(holder: Any, resources: Any) -> Iterator[str]:
    fonts = {name: _unicode(font) for name, font in (resources.get("/Font") or {}).items()}
    known: dict[int, str] = {}
    for operands, operator in pikepdf.parse_content_stream(holder):
        match str(operator):
            case "Tf":
                known = fonts[str(operands[0])]
            case "Tj" | "'":
                yield _read(bytes(operands[0]), known)
            case "TJ":
                yield "".join(
                    _read(bytes(part), known) for part in operands[0] if isinstance(part, pikepdf.String)
                )
            case "Do":
                inner = resources["/XObject"][str(operands[0])]
                if inner.get("/Subtype") == "/Form":
                    yield from _pieces(inner, inner.get("/Resources", resources))


def _read(codes: bytes, known: dict[int, str]) -> str:
    return "".join(known.get(int.from_bytes(codes[at : at + 2], "big"), "") for at in range(0, len(codes), 2))


def _unicode(font: Any) -> dict[int, str]:
    found: dict[int, str] = {}
    if "/ToUnicode" not in font:
        return found
    said = font["/ToUnicode"].read_bytes()
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", said, re.DOTALL):
        found |= {int(code, 16): _text(text) for code, text in _PAIR.findall(block)}
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", said, re.DOTALL):
        for first, last, start, listed in _RANGE.findall(block):
            codes = range(int(first, 16), int(last, 16) + 1)
            texts = [_text(each) for each in re.findall(rb"<([0-9A-Fa-f]+)>", listed)] or _following(
                start, len(codes)
            )
            found |= dict(zip(codes, texts, strict=False))
    return found


def _following(start: bytes, many: int) -> list[str]:
    first = _text(start)
    return [first[:-1] + chr(ord(first[-1]) + step) for step in range(many)]


def _text(code: bytes) -> str:
    return bytes.fromhex(code.decode()).decode("utf-16-be")
