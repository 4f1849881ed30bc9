"""To whom a cycle sends, and what its archive needs before it is closed, its own SOP says:
a recipient that the file of kinds names besides is none of it.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.archive.domain.cycle_file import CloseCycle, cycle_file, needed
from services.documents.process_manager import react
from services.documents.regions import addressed
from services.documents.streams import dispatch
from shared.contracts.documents import DocumentSettled, FiguresWithdrawn
from shared.sop.definition import CURRENT, load, sops
from shared.sop.document_kinds import document_kinds
from shared.sop.steps import Sop
from tests.support.events import recorded
from tests.support.given_when_then import Given
from tests.support.steps import REVISED
from tests.unit.one_document import CYCLE, DAY, SETTLED, WITHDRAWN
from tests.unit.one_recipient_more import one_recipient_more


@pytest.fixture(autouse=True)
def one_more(tmp_path: Path) -> Iterator[None]:
    with one_recipient_more(tmp_path):
        yield


@pytest.fixture
def to_dprd(tmp_path: Path) -> Sop:
    """The revised SOP, sending to the new recipient instead of the ministry."""
    revised = tmp_path / "sop_dprd.toml"
    revised.write_text(REVISED.read_text(encoding="utf-8").replace("kemendagri", "dprd"), encoding="utf-8")
    return load(revised)


def test_a_cycle_sends_to_whom_its_sop_names(to_dprd: Sop) -> None:
    assert set(document_kinds().recipient) == {"gubernur", "kemendagri", "dprd"}
    assert sops()[CURRENT].recipients == load(REVISED).recipients == ("gubernur", "kemendagri")
    assert to_dprd.recipients == ("gubernur", "dprd")
    assert to_dprd.papers == {"sk_tim", "laporan", "pengantar_gubernur", "pengantar_dprd"}


@pytest.mark.parametrize("event", [SETTLED, WITHDRAWN])
def test_the_report_lies_ready_for_whom_the_sop_names_and_for_nobody_else(
    event: DocumentSettled | FiguresWithdrawn, to_dprd: Sop
) -> None:
    for sop, recipients in (
        (sops()[CURRENT], ["gubernur", "kemendagri"]),
        (load(REVISED), ["gubernur", "kemendagri"]),
        (to_dprd, ["gubernur", "dprd"]),
    ):
        orders = react(recorded(event, f"document-{CYCLE}-laporan", 3), sop, addressed=addressed)
        assert [order.stream for order in orders] == [dispatch(CYCLE, one) for one in recipients]


@pytest.mark.parametrize("event", [SETTLED, WITHDRAWN])
def test_nothing_lies_ready_while_nobody_knows_the_sop_of_the_cycle(
    event: DocumentSettled | FiguresWithdrawn,
) -> None:
    with pytest.raises(LookupError):
        react(recorded(event, f"document-{CYCLE}-laporan", 3), addressed=addressed)


def test_the_archive_needs_the_receipts_of_whom_the_sop_names(to_dprd: Sop) -> None:
    for sop in (sops()[CURRENT], load(REVISED)):
        assert list(needed(sop)) == [
            "laporan",
            "tanda_terima_gubernur",
            "tanda_terima_kemendagri",
            "hardcopy",
        ]
    assert needed(to_dprd) == {
        "laporan": "laporan",
        "tanda_terima_gubernur": "tanda terima Gubernur",
        "tanda_terima_dprd": "tanda terima DPRD",
        "hardcopy": "naskah asli",
    }


def test_a_cycle_under_an_sop_that_nobody_knows_is_not_closed() -> None:
    unknown = CloseCycle(cycle=CYCLE, sop="99/SOP/2099", checkpoint_size=1, by="tri", occurred_on=DAY)
    Given(cycle_file, ()).when(unknown).refused("sop-unknown", field="sop")
