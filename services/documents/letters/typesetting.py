"""The typesetter's child process: one job on standard input, one PDF on standard output, then it is gone.

Role: `python -m services.documents.letters.typesetting`, started by `letters/render.py` only. Exit code 3 and
one JSON line on standard error say why not. Typst warnings are errors here: an unknown font or a lost
character must never reach a report.
"""

import base64
import json
import re
import sys
from pathlib import Path
from typing import Any, NoReturn

import typst

LETTERS = Path(__file__).parent
STANDARDS: list[Any] = ["a-2a", "ua-1"]


def refuse(message: str, glyph: str = "") -> NoReturn:
    """Ends this process with the complaint as one JSON line."""
    sys.stderr.write(json.dumps({"message": message, "glyph": glyph}, ensure_ascii=False) + "\n")
    raise SystemExit(3)


def missing_glyph(complaint: str) -> str:
    """The character that no shipped font has, from Typst's words:
    the text `"ꦗ"` could not be displayed with font …
    """
    found = re.search(r'the text [`"]+(.+?)[`"]+ could not be displayed', complaint)
    return found[1] if found else ""


def typeset(job: dict[str, Any]) -> bytes:
    """The PDF of a job, with the newline after %%EOF that signing needs,
    or with `ppi` the pages as pictures (a JSON list of base64).

    Ends the process when Typst refuses or warns.
    """
    compiler = typst.Compiler(
        input=str(LETTERS / job["template"]),
        root=str(LETTERS),
        font_paths=typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(LETTERS / "fonts")]
        ),
        sys_inputs={"data": job["data"], "fingerprint": job["fingerprint"]},
    )
    if "ppi" in job:
        pages = compiled(compiler, format="png", ppi=job["ppi"])
        return json.dumps([base64.b64encode(page).decode() for page in pages]).encode()
    content = b"".join(compiled(compiler, format="pdf", pdf_standards=STANDARDS, timestamp=job["timestamp"]))
    return content if content.endswith(b"\n") else content + b"\n"


def compiled(compiler: typst.Compiler, **options: Any) -> list[bytes]:
    """What Typst makes: one file, or one per page."""
    try:
        content, warnings = compiler.compile_with_warnings(**options)
    except typst.TypstError as error:
        complaint = "\n".join((error.message, *error.hints))
        refuse(complaint, missing_glyph(complaint))
    if warnings:
        refuse("; ".join(str(warning) for warning in warnings))
    if content is None:
        refuse("Typst gave no file")
    return content if isinstance(content, list) else [content]


def main() -> None:
    content = typeset(json.load(sys.stdin))
    sys.stdout.buffer.write(content)


if __name__ == "__main__":
    main()
