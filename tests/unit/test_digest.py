"""The digest covers figures, evidence and revision, and nothing about their order."""

import json
import math
from dataclasses import replace

import pytest

from shared.contracts.values import AttachedEvidence, Figure, QualityItem, StoredFile
from shared.spm.digest import canonical, digest

FIGURE = Figure(
    served=4075,
    entitled=4122,
    quality={"vaksin_td": QualityItem(required=10, fulfilled=9)},
    reason="½ data – kél.",
)
FILE = StoredFile(digest="a" * 64, name="rekap.pdf", media_type="application/pdf", size=10)
EVIDENCE = AttachedEvidence(file=FILE, services=("kes.balita", "kes.ibu_hamil"))


def test_the_bytes_are_canonical_json() -> None:
    text = canonical({"kes.ibu_hamil": FIGURE}, [EVIDENCE], 1).decode()
    assert text == (
        '{"evidence":[{"digest":"' + "a" * 64 + '","services":["kes.balita","kes.ibu_hamil"]}],'
        '"figures":{"kes.ibu_hamil":{"answer":"filled","budget":null,"entitled":4122,"origin":"",'
        '"quality":{"vaksin_td":{"fulfilled":9,"required":10}},"realised":null,"reason":"½ data – '
        'kél.","served":4075}},"revision":1}'
    )
    assert json.loads(text)["revision"] == 1


def test_order_does_not_matter() -> None:
    other = AttachedEvidence(file=replace(FILE, digest="b" * 64), services=("kes.ibu_hamil",))
    two = {"kes.balita": Figure(served=1, entitled=1), "kes.ibu_hamil": FIGURE}
    turned = dict(reversed(two.items()))
    evidence_turned = replace(EVIDENCE, services=tuple(reversed(EVIDENCE.services)))
    assert digest(two, [EVIDENCE, other], 1) == digest(turned, [other, evidence_turned], 1)


def test_every_part_counts() -> None:
    base = digest({"kes.ibu_hamil": FIGURE}, [EVIDENCE], 1)
    assert len(base) == 64
    assert base != digest({"kes.ibu_hamil": FIGURE}, [EVIDENCE], 2)
    assert base != digest({"kes.ibu_hamil": FIGURE}, [], 1)
    assert base != digest({"kes.ibu_hamil": replace(FIGURE, reason="")}, [EVIDENCE], 1)
    assert base != digest({"kes.ibu_hamil": replace(FIGURE, quality={})}, [EVIDENCE], 1)


def test_what_is_no_number_has_no_digest() -> None:
    with pytest.raises(ValueError, match="Out of range"):
        digest({"kes.ibu_hamil": Figure(served=math.nan)}, [], 1)  # type: ignore[arg-type]
