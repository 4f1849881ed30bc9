"""Rules of the archive (SOP step 13): what is expected is filed exactly,
and a cycle is closed only when nothing is missing.
"""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from services.archive.domain.archive_item import ExpectItem, FileHardCopy, FileItem, SealItem
from services.archive.domain.cycle_file import CloseCycle, cycle_file
from services.archive.domain.store_probe import RecordProbe, store_probe
from shared.contracts.archive import (
    CycleArchived,
    HardCopyFiled,
    ItemExpected,
    ItemFiled,
    ItemKind,
    ItemSealed,
    StoreProbed,
)
from shared.contracts.values import EventRef, StoredFile
from shared.sop.definition import CURRENT
from tests.support.given_when_then import Given

CYCLE = "3402-2026"
DAY = date(2027, 3, 30)
UNTIL = datetime(2029, 3, 30, tzinfo=UTC)
CAUSE = EventRef(source="documents", stream="document-3402-2026-laporan", version=3)


def stored(digest: str) -> StoredFile:
    return StoredFile(digest=digest * 64, name="laporan.pdf", media_type="application/pdf", size=820)


def expected(item: str = "laporan", digest: str = "a", kind: ItemKind = "laporan") -> ItemExpected:
    return ItemExpected(
        cycle=CYCLE, item=item, kind=kind, title=f"Judul {item}", file=stored(digest), cause=CAUSE
    )


def filed(item: str = "laporan", digest: str = "a", kind: ItemKind = "laporan") -> ItemFiled:
    return ItemFiled(
        cycle=CYCLE,
        item=item,
        kind=kind,
        title=f"Judul {item}",
        file=stored(digest),
        object_key=f"sha256/{digest * 64}",
        object_version="v1",
        mode="governance",
        retain_until=UNTIL,
        lock_enforced=True,
        by="tri",
        occurred_on=DAY,
    )


def sealed(item: str = "laporan") -> ItemSealed:
    return ItemSealed(
        cycle=CYCLE,
        item=item,
        object_key="sha256/" + "a" * 64,
        object_version="v1",
        mode="compliance",
        retain_until=UNTIL,
        lock_enforced=True,
    )


HARD_COPY = HardCopyFiled(
    cycle=CYCLE, item="hardcopy", location="Ruang 2, rak 3, boks 12", copies=1, by="tri", occurred_on=DAY
)
ALL = (
    expected(),
    filed(),
    expected("tanda_terima_gubernur", "b", "tanda_terima"),
    filed("tanda_terima_gubernur", "b", "tanda_terima"),
    expected("tanda_terima_kemendagri", "c", "tanda_terima"),
    filed("tanda_terima_kemendagri", "c", "tanda_terima"),
    HARD_COPY,
)
CLOSED = CycleArchived(
    cycle=CYCLE,
    items=("laporan", "tanda_terima_gubernur", "tanda_terima_kemendagri", "hardcopy"),
    checkpoint_size=512,
    by="tri",
    occurred_on=DAY,
)


def given(*history: object) -> Given:
    return Given(cycle_file, history)


def expect(digest: str = "a") -> ExpectItem:
    return ExpectItem(
        cycle=CYCLE, item="laporan", kind="laporan", title="Judul laporan", file=stored(digest), cause=CAUSE
    )


def file(digest: str = "a", item: str = "laporan") -> FileItem:
    return FileItem(
        cycle=CYCLE,
        item=item,
        digest=digest * 64,
        object_key=f"sha256/{digest * 64}",
        object_version="v1",
        mode="governance",
        retain_until=UNTIL,
        lock_enforced=True,
        by="tri",
        occurred_on=DAY,
    )


def hard_copy(location: str = "Ruang 2, rak 3, boks 12", copies: int = 1) -> FileHardCopy:
    return FileHardCopy(cycle=CYCLE, location=location, copies=copies, by="tri", occurred_on=DAY)


def seal(item: str = "laporan", version: str = "v1") -> SealItem:
    return SealItem(
        cycle=CYCLE,
        item=item,
        object_key="sha256/" + "a" * 64,
        object_version=version,
        mode="compliance",
        retain_until=UNTIL,
        lock_enforced=True,
    )


def close() -> CloseCycle:
    return CloseCycle(cycle=CYCLE, sop=CURRENT, checkpoint_size=512, by="tri", occurred_on=DAY)


def test_an_item_is_expected() -> None:
    given().when(expect()).then(expected())


def test_the_same_file_expected_again_is_no_news() -> None:
    given(expected()).when(expect()).then()


def test_a_later_file_takes_the_place_of_the_expected_one() -> None:
    given(expected(), filed()).when(expect("d")).then(expected(digest="d"))


def test_an_expected_item_is_filed_with_what_the_store_reported() -> None:
    given(expected()).when(file()).then(filed())


def test_filing_twice_is_no_news() -> None:
    given(expected(), filed()).when(file()).then()


def test_a_file_that_nobody_expects_is_refused() -> None:
    given().when(file()).refused("item-unknown", field="item")


def test_bytes_other_than_the_expected_ones_are_refused() -> None:
    given(expected()).when(file("d")).refused("item-changed", field="item")


def test_after_a_later_file_the_earlier_one_no_longer_counts_and_the_later_can_be_filed() -> None:
    given(expected(), filed(), expected(digest="d")).when(file()).refused("item-changed", field="item")
    given(expected(), filed(), expected(digest="d")).when(file("d")).then(filed(digest="d"))


def test_the_paper_original_is_filed_at_its_place() -> None:
    given().when(hard_copy(" Ruang 2, rak 3, boks 12 ")).then(HARD_COPY)


def test_the_same_place_again_is_no_news_and_another_is_a_move() -> None:
    given(HARD_COPY).when(hard_copy()).then()
    moved = HardCopyFiled(cycle=CYCLE, item="hardcopy", location="Depo", copies=1, by="tri", occurred_on=DAY)
    given(HARD_COPY).when(hard_copy("Depo")).then(moved)


def test_paper_without_place_or_copies_is_refused() -> None:
    given().when(hard_copy("  ")).refused("location-missing", field="location")
    given().when(hard_copy(copies=0)).refused("copies-missing", field="copies")


def test_a_complete_cycle_is_closed() -> None:
    given(*ALL).when(close()).then(CLOSED)


@pytest.mark.parametrize("left_out", [1, 3, 5, 6])
def test_a_cycle_without_report_receipt_or_paper_stays_open(left_out: int) -> None:
    given(*ALL[:left_out], *ALL[left_out + 1 :]).when(close()).refused("items-missing", field="items")


def test_the_refusal_names_what_is_missing() -> None:
    refusal = given(*ALL[:3], *ALL[4:6]).when(close()).refusal
    assert str(refusal) == "Belum diarsipkan: tanda terima Gubernur, naskah asli."


def test_a_report_replaced_after_filing_keeps_the_cycle_open() -> None:
    given(*ALL, expected(digest="d")).when(close()).refused("items-missing", field="items")


def test_a_closed_cycle_is_not_closed_again() -> None:
    given(*ALL, CLOSED).when(close()).refused("already-archived")


def test_a_filed_item_is_sealed_once() -> None:
    given(*ALL, CLOSED).when(seal()).then(sealed())
    given(*ALL, CLOSED, sealed()).when(seal()).then()


def test_a_sealed_item_is_still_filed_and_a_later_file_is_sealed_anew() -> None:
    given(*ALL, CLOSED, sealed()).when(file()).then()
    later = (expected(digest="d"), replace(filed(digest="d"), object_version="v2"))
    again = replace(sealed(), object_key="sha256/" + "d" * 64, object_version="v2")
    given(*ALL, CLOSED, sealed(), *later).when(
        replace(seal(version="v2"), object_key="sha256/" + "d" * 64)
    ).then(again)


def test_a_file_that_is_expected_again_after_all_is_filed_already() -> None:
    given(expected(), filed(), expected(digest="d"), expected()).when(file()).then()


def test_what_is_filed_is_called_as_it_was_expected_last() -> None:
    renamed = replace(expected(digest="d", kind="surat_pengantar"), title="Judul baru")
    given(expected(), renamed).when(file("d")).then(
        replace(filed(digest="d", kind="surat_pengantar"), title="Judul baru")
    )
    given(expected(), renamed).when(file("e")).refused("item-changed", field="item", title="Judul baru")


def test_what_is_not_filed_or_not_that_version_is_not_sealed() -> None:
    given(expected()).when(seal()).then()
    given(*ALL).when(seal("entah")).then()
    given(*ALL).when(seal(version="v2")).then()


def test_something_that_arrives_late_can_still_be_filed_after_the_closing() -> None:
    late = expected("sk_tim", "e", "sk_tim")
    given(*ALL, CLOSED, late).when(file("e", "sk_tim")).then(filed("sk_tim", "e", "sk_tim"))


def test_every_probe_of_the_store_is_recorded() -> None:
    at = datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC)
    event = StoreProbed(store="jejak-archive", checks=11, failed=("shorten",), at=at)
    command = RecordProbe(store="jejak-archive", checks=11, failed=("shorten",), at=at)
    Given(store_probe, ()).when(command).then(event)
    Given(store_probe, (event,)).when(command).then(event)
