"""Papers that a demonstration needs and nobody has: notes, attendance lists, scans of receipts.
Each says on its face that it is a sample.
"""

import tempfile
from functools import cache
from pathlib import Path

_TEMPLATE = """
#set document(title: sys.inputs.title, date: none)
#set page(paper: "a5", margin: 2cm)
#set text(lang: "id", size: 11pt)
= #sys.inputs.title
#sys.inputs.text
#v(1fr)
#text(fill: rgb("#8a1c1c"))[CONTOH PERAGAAN: bukan dokumen resmi, dibuat oleh Jejak.]
"""


@cache
def paper(title: str, text: str) -> bytes:
    """A one-page PDF with a title and a sentence."""
    import typst

    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "paper.typ"
        source.write_text(_TEMPLATE, encoding="utf-8")
        return bytes(
            typst.compile(source, sys_inputs={"title": title, "text": text}, ignore_system_fonts=True)
        )
