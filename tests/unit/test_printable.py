"""What can be printed is what the fonts of the letters have; what cannot is said when it is typed, in every
field that is printed.
"""

import json
import struct
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import chain
from pathlib import Path

import pytest
import typst

from services.documents.domain.document_commands import DecideCorrection
from services.documents.domain.report import build
from services.documents.letters import render
from services.documents.letters.compose import compose
from services.documents.letters.corrections import Correction
from services.documents.letters.wording import letters_of
from services.intake.domain.agency import RegisterAgency
from services.intake.domain.cycle import OpenCycle
from services.intake.domain.people_commands import PersonRow, RegisterPerson
from services.intake.domain.submission_commands import ExplainWarning
from shared.contracts.signs.printable import IN_THE_FONTS, NOTHING_TO_SEE, unprintable
from shared.contracts.values import CorrectedSubmission, Explanation, Figure
from shared.eventsourcing.commands import checks, gate
from shared.eventsourcing.commands.decider import Refused
from shared.spm.catalogue import current
from tests.support.report_figures import BANTUL, approvals
from tests.unit.test_gate import AT
from tests.unit.test_submission import ENTERED, FIGURE, OPENED, enter, given

FONTS = Path(render.__file__).parent / "fonts"
PAGE = """#set document(title: "x")
#let said = json(bytes(sys.inputs.data))
#for font in (("TeX Gyre Bonum", "Liberation Sans"), ("Liberation Sans", "TeX Gyre Bonum")) {
  text(font: font, said); text(font: font, weight: "bold", said); text(font: font, style: "italic", said)
}"""


def signs_of(font: Path) -> Iterator[int]:
    """The code points of a font, from its table `cmap` (format 4, Unicode)."""
    data = font.read_bytes()
    (tables,) = struct.unpack_from(">H", data, 4)
    entries = (struct.unpack_from(">4sIII", data, 12 + 16 * number) for number in range(tables))
    start = next(offset for tag, _sum, offset, _length in entries if tag == b"cmap")
    (many,) = struct.unpack_from(">H", data, start + 2)
    for number in range(many):
        platform, _encoding, offset = struct.unpack_from(">HHI", data, start + 4 + 8 * number)
        if platform == 3:
            yield from _format_4(data, start + offset)


def _format_4(data: bytes, at: int) -> Iterator[int]:
    kind, (wide,) = struct.unpack_from(">H", data, at), struct.unpack_from(">H", data, at + 6)
    assert kind == (4,)
    many = wide // 2
    columns = (at + 14, at + 16 + wide, at + 16 + 2 * wide, at + 16 + 3 * wide)
    ends, starts, deltas, offsets = (struct.unpack_from(f">{many}H", data, column) for column in columns)
    for place in range(many):
        for sign in range(starts[place], min(ends[place], 0xFFFE) + 1):
            glyph = sign
            if offsets[place]:
                here = columns[3] + 2 * place + offsets[place] + 2 * (sign - starts[place])
                (glyph,) = struct.unpack_from(">H", data, here)
            if glyph and (offsets[place] or (glyph + deltas[place]) & 0xFFFF):
                yield sign


def as_table(signs: set[int]) -> str:
    ranges = list[list[int]]()
    for sign in sorted(signs):
        if ranges and ranges[-1][1] == sign - 1:
            ranges[-1][1] = sign
        else:
            ranges.append([sign, sign])
    return " ".join(f"{first:x}" if first == last else f"{first:x}-{last:x}" for first, last in ranges)


def test_the_table_is_what_the_fonts_have() -> None:
    found = set(chain.from_iterable(map(signs_of, FONTS.glob("*.[ot]tf"))))
    public = {sign for sign in found if unicodedata.category(chr(sign)) != "Co"}
    assert as_table(public) == " ".join(IN_THE_FONTS.split())


def typeset(text: str) -> bytes:
    """Raises TypstError as the letters do."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])
    compiler = typst.Compiler(input=PAGE.encode(), font_paths=fonts, sys_inputs={"data": json.dumps(text)})
    content: bytes = compiler.compile(format="pdf", pdf_standards=["a-2a", "ua-1"])
    return content


def test_every_sign_of_it_is_typeset_and_no_other_is_let_through() -> None:
    entries = (entry.partition("-") for entry in IN_THE_FONTS.split())
    ranges = (range(int(first, 16), int(last or first, 16) + 1) for first, _, last in entries)
    every = [*map(chr, chain.from_iterable(ranges)), *NOTHING_TO_SEE]
    assert unprintable("".join(every)) == ""
    assert typeset(" x".join(every))
    for sign in ("😀", "✓", "ꦗ", "中", "\ufeff", "\u0600", "\ue000"):
        assert unprintable(f"Rekap {sign} 2026") in {sign, f"U+{ord(sign):04X}"}
    for sign in ("😀", "✓", "ꦗ", "\ufeff"):
        with pytest.raises(typst.TypstError):
            typeset(f"x{sign}")
    assert unprintable("Kohort “ibu hamil” – 95,2 % ≥ ½ • naïve µg\n") == ""


PRINTED = {
    "region_name": ((OpenCycle, "region_name"),),
    "agency_name": ((RegisterAgency, "name"),),
    "verified_by": ((RegisterPerson, "name"), (PersonRow, "name")),
    "text": ((ExplainWarning, "text"),),
    "number": ((DecideCorrection, "number"),),
    "reason": (),
    "origin": (),
}
"""What people type and the report prints, with the commands that say it; `reason` and `origin` of a figure
are the rule's, as a figure goes along that was stored before.
"""


def test_every_text_that_the_report_prints_is_bounded_where_it_is_typed() -> None:
    """The report of texts that are all marked: which of them are in it."""
    named = {service.id: Figure(answer="nihil", reason="«reason»") for service in current().services.values()}
    said = {"service": "kes.ibu_hamil", "rule": "R06", "field": "budget", "facts": {"entitled": "1"}}
    explained = Explanation(**said, sentence="Anggaran {entitled}", text="«text»", by="«by»")
    first, *others = approvals()
    marked = {"agency_name": "«agency_name»", "verified_by": "«verified_by»", "explanations": (explained,)}
    figures = {name: replace(figure, origin="«origin»") for name, figure in first.figures.items()}
    approved = [replace(one, figures={name: named[name] for name in one.figures}, **marked) for one in others]
    whose = {"submission": first.submission, "agency": "dinkes", "agency_name": "«of»"}
    corrected = CorrectedSubmission(**whose, revision=1, digest="a" * 64, figures={})
    decided = {"number": "«number»", "issued_on": date(2027, 3, 1), "submissions": (corrected,)}
    correction = Correction(correction=1, revision=1, digest="a" * 64, **decided)
    facts = replace(BANTUL, region_name="«region_name»")
    report = build(current(), [replace(first, figures=figures), *approved])
    letters = letters_of(BANTUL.region)
    more = {"report": report, "correction": correction, "report_digest": "d"}
    made = compose(letters, "laporan", facts, {}, date(2027, 3, 1), **more)
    text = " ".join(found for _place, found in render.texts(made.data))
    printed = {mark for mark in (*PRINTED, "by", "of") if f"«{mark}»" in text}
    assert printed == set(PRINTED)
    for command, field in chain.from_iterable(PRINTED.values()):
        assert "printed=True" in checks.rules_of(command)[field], f"{command.__name__}.{field}"


@pytest.mark.parametrize("place", ["reason", "origin"])
def test_a_figure_says_only_what_can_be_printed_and_keeps_what_was_stored_before(place: str) -> None:
    typed, before = replace(FIGURE, **{place: "Rekap ✓"}), replace(FIGURE, **{place: "lama ✓"})
    given(OPENED).when(enter(typed)).refused("glyph-missing", field=place)
    given(OPENED, ENTERED).when(enter(typed)).refused("glyph-missing", field=place)
    stored = replace(ENTERED, figure=before)
    given(OPENED, stored).when(enter(typed)).refused("glyph-missing", field=place)
    mended = replace(before, served=1)
    given(OPENED, stored).when(enter(mended)).then(replace(ENTERED, figure=mended))


def test_an_explanation_is_refused_by_the_gate_with_the_sign() -> None:
    said = {"service": "kes.balita", "rule": "R08", "place": "served", "text": "Sudah 😀"}
    command = ExplainWarning(**said, by="sri", occurred_on=date(2027, 1, 18))
    with pytest.raises(Refused) as refused:
        gate.admit(command, AT)
    assert (refused.value.code, refused.value.field) == ("glyph-missing", "text")
    assert "“😀”" in str(refused.value)
