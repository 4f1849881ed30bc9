"""What archive does by itself, its retention schedule, and its words for kinds of events."""

from datetime import date, datetime

import pytest

from services.archive.process_manager import REACTS, react
from services.archive.proof.export import safe
from services.archive.shelf import retention
from services.archive.shelf.view import FATES
from services.archive.trail.event_words import WORDS, words_of
from shared.clock import WIB
from shared.contracts.archive import ItemKind
from shared.contracts.documents import DocumentHandedOver, TeamDecreeIssued
from shared.contracts.registry import all_declared
from shared.contracts.values import StoredFile
from shared.messaging.envelope import Received
from tests.support.archive_room import CYCLE, drafted, event_of, receipt, settled

FILE = StoredFile(digest="a" * 64, name="x.pdf", media_type="application/pdf", size=3)


def expected(event: Received) -> list[tuple[str, str, str]]:
    """(stream, item, title) of what is expected after an event."""
    return [(order.stream, order.command.item, order.command.title) for order in react(event.recorded())]


def handed_over(receipt_of_it: StoredFile | None) -> Received:
    event = DocumentHandedOver(
        cycle=CYCLE, document="sk_tim", revision=1, digest="d" * 64, handed_to="Bagian Hukum", reference="A1",
        receipt=receipt_of_it, by="budi",
        occurred_on=date(2026, 2, 2),
    )  # fmt: skip
    return event_of(event, stream=f"document-{CYCLE}-sk_tim")


def decree(file: StoredFile | None) -> Received:
    event = TeamDecreeIssued(
        cycle=CYCLE,
        document="sk_tim",
        number="130/2026",
        issued_on=date(2026, 2, 9),
        file=file,
        by="budi",
        occurred_on=date(2026, 2, 9),
    )
    return event_of(event, stream=f"document-{CYCLE}-sk_tim")


@pytest.mark.parametrize(
    ("event", "item", "title"),
    [
        (settled(FILE), "laporan", "Laporan SPM"),
        (drafted("pengantar_gubernur", FILE), "pengantar_gubernur", "Surat pengantar kepada Gubernur"),
        (
            drafted("pengantar_kemendagri", FILE),
            "pengantar_kemendagri",
            "Surat pengantar kepada Kementerian Dalam Negeri",
        ),
        (receipt("gubernur", FILE), "tanda_terima_gubernur", "Tanda terima Gubernur, TT-gubernur"),
        (receipt("gubernur", FILE, ""), "tanda_terima_gubernur", "Tanda terima Gubernur"),
        (receipt("bpkp", FILE), "tanda_terima_bpkp", "Tanda terima bpkp, TT-bpkp"),
        (handed_over(FILE), "serah_sk", "Bukti penyerahan draf SK kepada Bagian Hukum"),
        (decree(FILE), "sk_tim", "SK Tim SPM nomor 130/2026"),
    ],
)
def test_what_is_final_or_received_is_expected_on_the_shelf_of_its_cycle(
    event: Received, item: str, title: str
) -> None:
    assert expected(event) == [("cyclefile-3402-2026", item, title)]
    assert (event.source, event.type) in REACTS


@pytest.mark.parametrize(
    "event", [handed_over(None), decree(None), drafted("laporan", FILE), drafted("sk_tim", FILE)]
)
def test_what_has_no_file_or_is_only_a_draft_is_not_expected(event: Received) -> None:
    assert expected(event) == []


def test_a_running_cycle_is_locked_for_the_years_of_the_schedule() -> None:
    assert retention.load().while_running(date(2027, 3, 12)) == datetime(2029, 3, 12, tzinfo=WIB)
    assert retention.load().while_running(date(2028, 2, 29)) == datetime(2030, 3, 1, tzinfo=WIB)


def test_the_final_lock_counts_from_the_closing_and_never_exceeds_the_cap() -> None:
    schedule = retention.load()
    assert schedule.final("laporan", date(2027, 3, 12)) == datetime(2034, 3, 12, tzinfo=WIB)
    longest = retention.Schedule(
        version="t", source="t", running_years=1, longest_final_days=10, kinds=schedule.kinds
    )
    assert longest.final("laporan", date(2027, 3, 12)) == datetime(2027, 3, 22, tzinfo=WIB)


def test_every_kind_of_item_has_a_rule() -> None:
    assert {*ItemKind.__args__, "sertifikat"} == set(retention.load().kinds)


def test_every_declared_event_has_words_and_no_word_is_left_over() -> None:
    assert set(WORDS) == {(entry.producer, entry.name) for entry in all_declared()}


def test_an_unknown_event_is_shown_by_its_name() -> None:
    assert words_of("intake", "figure-entered") == "Angka diisi"
    assert words_of("intake", "thing-of-the-future") == "intake.thing-of-the-future"


def test_a_file_name_stays_inside_the_export() -> None:
    assert [safe(name) for name in ("../a b.pdf", "laporan.pdf", "...", "é/ü")] == [
        "_a_b.pdf",
        "laporan.pdf",
        "_",
        "é_ü",
    ]


def test_every_fate_of_the_schedule_has_words() -> None:
    assert {rule.fate for rule in retention.load().kinds.values()} <= set(FATES)
