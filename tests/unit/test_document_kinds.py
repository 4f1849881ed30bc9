"""Every kind of document and every recipient is named once,
in a file that is refused where it contradicts itself.
"""

import pytest

from shared.sop.definition import CURRENT, BadDefinition, sops
from shared.sop.document_kinds import FILE, document_kinds, parse
from shared.sop.parts import DRAFTING, SENDING

SHIPPED = FILE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("was", "becomes", "fault"),
    [
        ('recipient = "gubernur"', 'recipient = "raja"', "there is no recipient raja"),
        ('recipient = "kemendagri"', 'recipient = "gubernur"', "recipient.gubernur has 2 letters, not one"),
        ('name_en = "report"', "", "kind.laporan lacks 'name_en'"),
        ('office = "Gubernur"', 'ofice = "Gubernur"', "recipient.gubernur has the unknown 'ofice'"),
        ("[kind.laporan]", "[kind.Laporan]", "kind.Laporan: an id is made of small letters"),
    ],
)
def test_a_fault_in_the_file_is_named(was: str, becomes: str, fault: str) -> None:
    with pytest.raises(BadDefinition, match=fault):
        parse(SHIPPED.replace(was, becomes))


def test_each_kind_is_drafted_and_each_recipient_sent_to_by_some_sop() -> None:
    kinds = document_kinds()
    parts = [DRAFTING.format(kind=kind) for kind in kinds.kind] + [
        SENDING.format(recipient=recipient) for recipient in kinds.recipient
    ]
    assert [
        part
        for part in parts
        if not any(sop.belongs(part, step) for sop in sops().values() for step in sop.steps)
    ] == []


def test_what_only_another_sop_knows_is_of_no_step() -> None:
    sop = sops()[CURRENT]
    assert not any(sop.belongs(DRAFTING.format(kind="nota_dinas"), step) for step in sop.steps)


def test_the_recipients_are_those_of_the_letters() -> None:
    kinds = document_kinds()
    assert (
        [kind.recipient for kind in kinds.kind.values() if kind.recipient]
        == list(kinds.recipient)
        == ["gubernur", "kemendagri"]
    )
