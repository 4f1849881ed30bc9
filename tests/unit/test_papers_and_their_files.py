"""How papers are told apart: states of a letter on its way, marks of a correction, names of files."""

import re
from itertools import combinations
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.documents.dispatch.shapes import DispatchOut
from services.documents.file_names import files_of, parts_of
from services.documents.papers import corrections
from services.documents.papers.queries import DocumentRow, State
from shared.contracts.values import StoredFile
from shared.web.files.downloads import telling
from tests.unit.test_correction_decided import DECIDED

PIECES = Path(__file__).parents[2] / "services/documents/templates/documents_pieces.html"
LETTER = "pengantar_gubernur"
FILE = {
    "digest": "d",
    "name": "Surat-Pengantar-Gubernur-2026.pdf",
    "media_type": "application/pdf",
    "size": 1,
}
NOTHING: dict[str, Any] = dict.fromkeys(("settled_digest", "decree_number", "handed_over_digest"))
DRAFTED = {
    **NOTHING,
    "step": "letters",
    "revision": 2,
    "digest": "d",
    "holds": True,
    "file": FILE,
    "basis": {},
}


def letter(went: Any = "", kind: str = LETTER, **said: Any) -> DocumentRow:
    return DocumentRow(kind, {**DRAFTED, **said}, {}, 0, went)


@pytest.mark.parametrize(
    ("row", "state"),
    [
        (DocumentRow(LETTER, {}, {}, 0), "closed"),
        (letter(revision=None), "open"),
        (letter(), "drafted"),
        (letter("sent"), "sent"),
        (letter("received"), "received"),
        (letter(holds=False), "stale"),
        (letter("sent", holds=False), "stale"),
        (letter("received", holds=False), "stale"),
    ],
)
def test_a_letter_says_how_far_it_is(row: DocumentRow, state: State) -> None:
    assert row.state == state
    assert row.may_be_drafted == (state in {"open", "drafted", "stale"})


@pytest.mark.parametrize(
    ("macro", "known"),
    [("state", get_args(State)), ("dispatch_state", get_args(DispatchOut.model_fields["status"].annotation))],
)
def test_every_state_has_its_words(macro: str, known: tuple[str, ...]) -> None:
    text = PIECES.read_text(encoding="utf-8").split(f"macro {macro}(")[1].split("endmacro")[0]
    assert sorted(re.findall(r'"(\w+)": \("', text)) == sorted(known)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (letter(kind="laporan", digest="draft-1", file={**FILE, "digest": "draft-1"}), (0, 1)),
        (letter(kind="laporan"), (1, 0)),
        (letter(), (1, 0)),
        (letter("sent"), (1, 0)),
        (letter("received", holds=False), (0, 1)),
        (letter(file=None), (0, 0)),
        (letter(kind="sk_tim"), (0, 0)),
    ],
)
def test_a_paper_says_of_which_correction_it_is_or_by_which_it_is_replaced(
    row: DocumentRow, told: tuple[int, int]
) -> None:
    assert corrections.of_draft(row, [DECIDED]) == told
    assert corrections.of_draft(row, []) == (0, 0)


def act(what: str, stream: str = "document-3402-2026-laporan", **facts: Any) -> dict[str, Any]:
    named = {"document-handed-over": "receipt", "receipt-recorded": "scan"}.get(what, "file")
    return {"act": what, "stream": stream, "facts": {**facts, named: {**FILE, "name": "pindaian.pdf"}}}


OF_ONE_CYCLE = [
    act("document-drafted", revision=1),
    act("document-drafted", revision=2),
    act("document-drafted", revision=3, correction=1),
    act("document-drafted", revision=4, correction=2),
    act("document-handed-over", revision=1),
    act("document-handed-over", revision=2),
    act("team-decree-issued"),
    act("correction-decided", revision=2, correction=1),
    act("correction-decided", revision=3, correction=2),
    *(
        act("receipt-recorded", stream=f"dispatch-3402-2026-{to}")
        for to in (
            "gubernur",
            "kemendagri",
            "gubernur_koreksi_1",
            "kemendagri_koreksi_1",
            "gubernur_koreksi_2",
        )
    ),
]


def test_no_two_files_of_a_cycle_are_taken_along_under_one_name() -> None:
    """Whatever they were called when they were scanned."""
    names = [file.name for file in files_of(OF_ONE_CYCLE)]
    assert len(set(names)) == len(names) == len(OF_ONE_CYCLE)
    assert names[2] == "pindaian-koreksi-1-revisi-3.pdf"
    assert names[-1] == "pindaian-tanda-terima-gubernur-koreksi-2.pdf"


@pytest.mark.parametrize(
    ("name", "act", "facts", "told"),
    [
        ("keputusan.pdf", "correction-decided", {"correction": 1}, "keputusan-koreksi-1.pdf"),
        ("Surat Keputusan.pdf", "correction-decided", {"correction": 2}, "Surat Keputusan-koreksi-2.pdf"),
        ("tanda_terima.png", "receipt-recorded", {}, "tanda_terima-gubernur.png"),
        ("serah.pdf", "document-handed-over", {"revision": 1}, "serah-serah-revisi-1.pdf"),
        ("1.pdf", "correction-decided", {"correction": 1}, "1-keputusan-koreksi-1.pdf"),
    ],
)
def test_what_a_name_says_already_is_not_said_again(
    name: str, act: str, facts: dict[str, Any], told: str
) -> None:
    parts = parts_of(act, facts, "dispatch-3402-2026-gubernur")
    file = StoredFile(digest="d", name=name, media_type="application/pdf", size=1)
    assert telling(file, *parts).name == told


def test_what_is_settled_is_called_as_it_was_drafted() -> None:
    said = {"revision": 3, "correction": 1}
    assert parts_of("document-settled", said, "s") == parts_of("document-drafted", said, "s")


@given(st.text(max_size=40), st.sampled_from(list(combinations(range(len(OF_ONE_CYCLE)), 2))))
def test_one_name_for_two_files_becomes_two(name: str, pair: tuple[int, int]) -> None:
    file = StoredFile(digest="d", name=name, media_type="application/pdf", size=1)
    told = [
        telling(file, *parts_of(one["act"], one["facts"], one["stream"])).name
        for one in (OF_ONE_CYCLE[place] for place in pair)
    ]
    assert told[0] != told[1]
