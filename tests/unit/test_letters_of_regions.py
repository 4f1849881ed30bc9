"""Letters of regions: each says its own, the installation's folder comes first, and a region without
its own data gets a sentence, never another region's letterhead.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from deploy.installing.making import letters_text
from services.documents import process_manager, regions
from services.documents.letters.compose import CycleFacts, compose
from services.documents.letters.wording import LettersOfRegion, letters_of, worded
from services.documents.regions import PLACES, RegionFileInvalid, addressed
from shared.contracts.intake import StepStarted
from shared.contracts.values import DueDate
from shared.eventsourcing.commands.decider import Refused
from tests.support.events import made, recorded

BANTUL = (regions.SHIPPED / "3402" / regions.NAME).read_text(encoding="utf-8")
OTHER = (
    BANTUL.replace("Bantul", "Contoh")
    .replace("BANTUL", "CONTOH")
    .replace("Daerah Istimewa Yogyakarta", "Jawa Contoh")
    .replace(
        'recipient_place = "Yogyakarta"', 'recipient_place = "Kota Contoh"\nnumber = "{next_year}/TAPEM"'
    )
)


def parse(text: str) -> LettersOfRegion:
    return worded(regions.parse(text))


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Path]:
    """The folder of an installation that has the letters of another region."""
    (tmp_path / "3399").mkdir()
    (tmp_path / "3399" / regions.NAME).write_text(OTHER, encoding="utf-8")
    PLACES.tell(tmp_path)
    yield tmp_path
    PLACES.tell(None)


def facts(region: str) -> CycleFacts:
    return CycleFacts(cycle=f"{region}-2026", region=region, region_name="Kabupaten Contoh", year=2026)


@pytest.mark.usefixtures("installation")
def test_each_region_has_its_own_letterhead_governor_signer_and_number() -> None:
    data = compose(letters_of("3399"), "pengantar_gubernur", facts("3399"), {}, date(2027, 3, 10)).data
    assert data["office"]["government"] == "PEMERINTAH KABUPATEN CONTOH"
    assert data["fields"]["recipient"][0] == "Gubernur Jawa Contoh"
    assert data["fields"]["number"] == "2027/TAPEM"
    assert addressed("3399", "gubernur") == "Gubernur Jawa Contoh"
    assert addressed("3402", "gubernur") == "Gubernur Daerah Istimewa Yogyakarta"
    assert "Bantul" not in str(data).title()


def test_the_folder_of_the_installation_comes_before_what_is_shipped(installation: Path) -> None:
    assert letters_of("3402").office.head == "Bupati Bantul"
    (installation / "3402").mkdir()
    (installation / "3402" / regions.NAME).write_text(OTHER, encoding="utf-8")
    assert letters_of("3402").office.head == "Bupati Contoh"


@pytest.mark.parametrize("region", ["3471", "", "../3402", "3402/", "٣٤٠٢", "default"])
def test_a_region_without_letters_is_refused_and_named(region: str) -> None:
    with pytest.raises(Refused, match=r"belum punya kop, penanda tangan, dan tujuan surat") as refused:
        letters_of(region)
    assert refused.value.code == "letters-missing"
    assert addressed(region, "gubernur") == "Gubernur"
    assert addressed(region, "kemendagri") == "Kementerian Dalam Negeri"


@pytest.mark.parametrize(
    ("was", "becomes", "fault"),
    [
        ('head = "Bupati Bantul"', 'head = " "', "office.head is empty"),
        ('place = "Bantul"\n', "", "missing required field `place`"),
        (
            'government = "PEMERINTAH KABUPATEN BANTUL"',
            'government = "{county}"',
            "office.government: unknown",
        ),
        ("gubernur = ", "presiden = ", "recipient.presiden is nobody; recipient.gubernur is missing"),
        ("gubernur = ", 'kemendagri = "X"\ngubernur = ', "recipient.kemendagri is the same for every region"),
        ("recalling = ", "recollecting = ", "text.sk_tim.recollecting is no field; text.sk_tim.recalling is"),
        ("Ketua | Sekretaris Daerah", "Ketua, Sekretaris Daerah", "text.sk_tim.team: 'Ketua, Sekretaris"),
        ("[text.sk_tim]", "[text.sk_lain]", "sk_lain"),
        ("version = 1", 'version = 1\nlogo = "x"', "logo"),
        ("{region_name}", "{region_name.__class__.__mro__[9]}", "unknown placeholder"),
        ("version = 1", "version = ", "Invalid value"),
        ("version = 1", f"version = 1 # {'x' * 200_000}", "longer than 200000"),
    ],
)
def test_a_fault_in_the_letters_of_a_region_is_named(
    installation: Path, was: str, becomes: str, fault: str
) -> None:
    assert was in BANTUL
    with pytest.raises(RegionFileInvalid, match=fault.replace("|", r"\|")):
        parse(BANTUL.replace(was, becomes))
    (installation / "3399" / regions.NAME).write_text(BANTUL.replace(was, becomes), encoding="utf-8")
    with pytest.raises(Refused) as refused:
        letters_of("3399")
    assert refused.value.code == "letters-invalid"


def test_what_is_no_text_or_no_file_any_more_is_refused(installation: Path) -> None:
    (installation / "3399" / regions.NAME).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Refused, match="UnicodeDecodeError"):
        letters_of("3399")
    (installation / "3399" / regions.NAME).unlink()
    with pytest.raises(Refused, match="belum punya kop"):
        letters_of("3399")


def test_a_new_installation_begins_with_the_shipped_letters_or_with_what_must_be_filled_in() -> None:
    assert parse(letters_text("3402")).office.head == "Bupati Bantul"
    with pytest.raises(RegionFileInvalid) as invalid:
        parse(letters_text("3399"))
    assert str(invalid.value).split("; ") == [
        "office.head is empty",
        "office.place is empty",
        "recipient.gubernur is missing",
        "text.sk_tim.recalling is missing",
        "text.sk_tim.team is missing",
        "text.pengantar_gubernur.recipient is missing",
        "text.pengantar_gubernur.recipient_place is missing",
    ]


@pytest.mark.usefixtures("installation")
@pytest.mark.parametrize(
    ("region", "name"),
    [
        ("3402", "Gubernur Daerah Istimewa Yogyakarta"),
        ("3399", "Gubernur Jawa Contoh"),
        ("3471", "Gubernur"),
    ],
)
def test_a_dispatch_is_queued_to_the_governor_of_its_region(region: str, name: str) -> None:
    due = made(DueDate)
    started = made(StepStarted, cycle=f"{region}-2026", sop="04/SOP/2022", step="dispatch", due=due)
    orders = process_manager.react(recorded(started, f"step-{region}-2026-12"), addressed=addressed)
    queued = {order.command.recipient: order.command.recipient_name for order in orders}
    assert queued == {"gubernur": name, "kemendagri": "Kementerian Dalam Negeri"}
