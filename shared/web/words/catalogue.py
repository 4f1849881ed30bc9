"""Keeps the English catalogue in step with the sentences in code, rules and templates:
`python -m shared.web.words.catalogue`.

Prints the sentences that still want a translation.
A test fails while there is one, or one that nobody says any more.
"""

import ast
import io
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from shared.web.words.i18n import CATALOGUE

ROOT = Path(__file__).parents[3]
ROOMS = ("services", "shared")
METHODS = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "later": None,
    "Refused": (2,),
    "refuse": (2,),
}
OPTIONS = {
    "**/templates/**.html": {"extensions": "jinja2.ext.i18n", "trim_blocks": "true", "silent": "false"}
}


def spoken(root: Path = ROOT) -> Catalog:
    """Every sentence that a person may read, as found in the code now."""
    found = Catalog(project="Jejak", locale="en", charset="utf-8", fuzzy=False, header_comment="")
    for room in ROOMS:
        for _file, _line, message, _comments, _context in _extracted(root / room):
            found.add(message)
    for rule in sorted((root / "services").glob("*/domain/*.py")):
        for sentence in tabled(ast.parse(rule.read_text(encoding="utf-8"))):
            found.add(sentence)
    return found


def tabled(module: ast.Module) -> Iterator[str]:
    """Sentences that a rule takes from a table, a constant or a name of its own:
    `Refused(code, NOT_WAITING[status])`.
    """
    named: dict[str, list[ast.expr]] = {}
    for node in ast.walk(module):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                named.setdefault(getattr(target, "id", ""), []).append(node.value)
    for call in ast.walk(module):
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Refused" and len(call.args) > 1:
            said = call.args[1].value if isinstance(call.args[1], ast.Subscript) else call.args[1]
            for table in named.get(said.id, ()) if isinstance(said, ast.Name) else ():
                values = table.values if isinstance(table, ast.Dict) else [table]
                yield from (
                    value.value
                    for value in values
                    if isinstance(value, ast.Constant) and isinstance(value.value, str)
                )


def _extracted(folder: Path) -> Iterable[tuple[str, int, str | tuple[str, ...], list[str], str | None]]:
    return extract_from_dir(folder, METHODS, OPTIONS, KEYWORDS)


def translated() -> Catalog:
    """The catalogue as it is committed."""
    with CATALOGUE.open("rb") as source:
        return read_po(source, locale="en")


def missing(catalogue: Catalog, sentences: Catalog) -> list[str]:
    """Sentences without a translation."""
    ids = [message.id for message in sentences if message.id]
    return [
        str(wanted)
        for wanted in ids
        if (entry := catalogue.get(wanted)) is None or not _complete(entry.string)
    ]


def obsolete(catalogue: Catalog, sentences: Catalog) -> list[str]:
    """Translations of sentences that nobody says any more."""
    return [str(message.id) for message in catalogue if message.id and sentences.get(message.id) is None]


def _complete(string: str | Iterable[str] | None) -> bool:
    return bool(string) and all(string or ())


def update() -> list[str]:
    """Writes the catalogue anew: known translations kept, new sentences empty, obsolete ones gone.
    Answers with what is missing.
    """
    before, sentences = translated(), spoken()
    for message in sentences:
        if message.id and (entry := before.get(message.id)) is not None:
            message.string = entry.string
    target = io.BytesIO()
    write_po(target, sentences, width=160, no_location=True, omit_header=True, sort_output=True)
    header = (
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Language: '
        'en\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
    )
    CATALOGUE.write_text(header + target.getvalue().decode(), encoding="utf-8")
    return missing(before, sentences)


if __name__ == "__main__":
    sys.stdout.write("".join(f"{sentence}\n" for sentence in update()))
