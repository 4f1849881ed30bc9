"""Every kind of document and every recipient is named once, in a file that is refused where it contradicts itself."""

import pytest

from shared.sop.definition import BadDefinition, sops
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


def test_every_sop_drafts_each_kind_and_sends_to_each_recipient() -> None:
    kinds = document_kinds()
    for sop in sops().values():
        for kind in kinds.kind:
            assert sop.step_of(DRAFTING.format(kind=kind))
        for recipient in kinds.recipient:
            assert sop.step_of(SENDING.format(recipient=recipient))


def test_the_recipients_are_those_of_the_letters() -> None:
    kinds = document_kinds()
    assert [kind.recipient for kind in kinds.kind.values() if kind.recipient] == list(kinds.recipient) == ["gubernur", "kemendagri"]
