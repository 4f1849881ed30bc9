"""What is to be seen of a file without opening it: every kind that is taken, files that are made to hurt, and
who sees it. The child process is the real one.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from types import SimpleNamespace

import pikepdf
import pytest
import xlsxwriter
from PIL import Image

from deploy.local.postgres.databases import Database
from shared.contracts.values import AttachedEvidence, StoredFile
from shared.objects.port import key_of
from shared.web.files import preview
from shared.web.files.file_kinds import ENDINGS, PICTURES, PREVIEWED, TEXTS, WORKBOOKS
from shared.web.files.preview import Preview, look_into
from tests.support.applications import application, migrated
from tests.support.memory_bucket import Bucket
from tests.support.parts import PostgresPart
from tests.support.rooms import PDF
from tests.support.verification_room import PEOPLE, VerificationRoom, case, received, submission

XLSX = ".xlsx"
KIND_OF = {endings[0]: kind for kind, endings in ENDINGS.items()}


def pdf(pages: int = 1, *, size: tuple[float, float] = (595, 842), script: str = "", lock: str = "") -> bytes:
    made, out = pikepdf.new(), io.BytesIO()
    for _ in range(pages):
        made.add_blank_page(page_size=size)
    if script:
        made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=script)
    made.save(out, encryption=pikepdf.Encryption(owner=lock, user=lock) if lock else False)
    return out.getvalue()


def picture(form: str, size: tuple[int, int] = (1200, 2400)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, form)
    return out.getvalue()


def workbook(rows: int = 3, *, columns: int = 3) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Kohort")
        for row in range(rows):
            sheet.write_row(row, 0, [row * 10 + column for column in range(columns)])
        sheet.write_formula(rows, 0, '=WEBSERVICE("http://127.0.0.1:9/")', value="tersimpan")
        sheet.write_formula(rows, 1, "='[lain.xlsx]Lembar'!A1", value=7)
        sheet.write_string(rows, 2, "<script>alert(1)</script>")
    return out.getvalue()


def ods() -> bytes:
    out = io.BytesIO()
    office = "urn:oasis:names:tc:opendocument:xmlns"
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("mimetype", ENDINGS_ODS)
        package.writestr(
            "META-INF/manifest.xml",
            f'<m:manifest xmlns:m="{office}:manifest:1.0"><m:file-entry m:full-path="/" '
            f'm:media-type="{ENDINGS_ODS}"/></m:manifest>',
        )
        package.writestr(
            "content.xml",
            f'<office:document-content xmlns:office="{office}:office:1.0" xmlns:table="{office}:table:1.0" '
            f'xmlns:text="{office}:text:1.0"><office:body><office:spreadsheet>'
            '<table:table table:name="Kohort"><table:table-row><table:table-cell office:value-type="string">'
            "<text:p>balita</text:p></table:table-cell></table:table-row></table:table>"
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return out.getvalue()


ENDINGS_ODS = KIND_OF[".ods"]
SAMPLES: dict[str, Callable[[], bytes]] = {
    PDF: lambda: pdf(3),
    **{kind: lambda form=form: picture(form) for kind, form in PICTURES.items()},
    KIND_OF[XLSX]: workbook,
    ENDINGS_ODS: ods,
    **dict.fromkeys(TEXTS.values(), lambda: b"nama;jumlah\nbalita;12\n"),
}


@pytest.mark.parametrize("kind", sorted(ENDINGS))
async def test_of_every_kind_that_is_taken_something_is_shown_or_it_is_said_why_not(kind: str) -> None:
    if kind not in SAMPLES:
        assert kind not in PREVIEWED or kind in WORKBOOKS
        assert await look_into(b"\xd0\xcf\x11\xe0", KIND_OF[".xls"], 1) == Preview(why="broken")
        return
    seen = await look_into(SAMPLES[kind](), kind, 1)
    assert seen.why == ""
    assert bool(seen.picture) != bool(seen.rows)
    if seen.picture:
        drawn = Image.open(io.BytesIO(seen.picture))
        assert (drawn.format, drawn.width <= 900, drawn.height <= 1400) == ("PNG", True, True)


async def test_a_pdf_is_shown_page_by_page_and_no_further() -> None:
    whole = pdf(3)
    assert [(await look_into(whole, PDF, number)).pages for number in (1, 3, 4)] == [3, 3, 3]
    assert [bool((await look_into(whole, PDF, number)).picture) for number in (3, 4)] == [True, False]


async def test_a_sheet_shows_what_was_saved_and_computes_nothing() -> None:
    seen = await look_into(workbook(3), KIND_OF[XLSX], 1)
    assert seen.sheets == ("Kohort",)
    assert seen.rows[1] == ("10", "11", "12")
    assert seen.rows[3] == ("tersimpan", "7", "<script>alert(1)</script>")


async def test_of_a_long_and_wide_sheet_only_the_beginning_is_shown() -> None:
    seen = await look_into(workbook(2_000, columns=40), KIND_OF[XLSX], 1)
    assert (len(seen.rows), {len(row) for row in seen.rows}, seen.many) == (30, {12}, 2_001)
    long = await look_into(b"a" * 900_000 + b"\n", KIND_OF[".csv"], 1)
    assert len(long.rows[0][0]) == 201


def bomb(side: int) -> bytes:
    """A PNG of a few hundred bytes that says it has `side` by `side` points."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 10_000))
        + chunk(b"IEND", b"")
    )


def inflated() -> bytes:
    """A workbook of a hundred kilobytes whose only sheet has 100 MB."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as source, zipfile.ZipFile(out, "w", 8) as target:
        for entry in source.infolist():
            if not entry.filename.endswith("sheet1.xml"):
                target.writestr(entry.filename, source.read(entry))
        with target.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(b'<worksheet xmlns="x"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>')
            for _ in range(100):
                sheet.write(b"a" * 1_000_000)
            sheet.write(b"</t></is></c></row></sheetData></worksheet>")
    return out.getvalue()


HURTING: dict[str, tuple[str, Callable[[], bytes], set[str]]] = {
    "a picture of 4,000 megapixels": (".png", lambda: bomb(64_000), {"too-large"}),
    "a picture with half of its points": (".png", lambda: bomb(2_000), {"broken"}),
    "a picture that is none": (".jpg", lambda: b"\xff\xd8\xff" + b"x" * 100, {"broken"}),
    "a picture under another kind": (".png", lambda: picture("JPEG"), {"broken"}),
    "a PDF that is none": (".pdf", lambda: b"%PDF-1.7 kohort", {"broken"}),
    "a PDF with a password": (".pdf", lambda: pdf(lock="rahasia"), {"locked"}),
    "a PDF without a page": (".pdf", lambda: pdf(0), {"broken", ""}),
    "a sheet of 100 MB": (XLSX, inflated, {"too-large", "broken", ""}),
    "a sheet that is none": (XLSX, lambda: b"PK\x03\x04", {"broken"}),
    "a text of other bytes": (".csv", lambda: b"\xff\xfe\x00\xd8" + b"\x81" * 99, {""}),
    "nothing": (".csv", lambda: b"", {""}),
}


@pytest.mark.parametrize("what", HURTING)
async def test_a_file_that_is_made_to_hurt_takes_nothing_with_it(what: str) -> None:
    ending, made, allowed = HURTING[what]
    seen = await look_into(made(), KIND_OF[ending], 1)
    assert seen.why in allowed
    assert not seen.picture or seen.why == ""


async def test_a_pdf_with_a_script_and_a_page_of_a_kilometre_is_a_picture() -> None:
    seen = await look_into(pdf(size=(14_400, 14_400), script="app.alert(1); while (1) {}"), PDF, 1)
    assert Image.open(io.BytesIO(seen.picture)).size == (900, 900)


async def test_a_look_that_takes_too_long_is_ended() -> None:
    assert await look_into(pdf(), PDF, 1, seconds=0.001) == Preview(why="too-large")


@asynccontextmanager
async def evidence_room(database: Database) -> AsyncIterator[VerificationRoom]:
    """Verification, in which an agency handed in these files."""
    migrated("verification", database)
    work = Bucket()
    work.content = {key_of(file.digest): (content, file.media_type) for file, content in FILES.items()}
    async with application("verification", database, SimpleNamespace(work=work), people=PEOPLE) as app:
        opened = VerificationRoom(app=app, database=database)
        await opened.hear_of_cycle("dinkes")
        event = replace(received("dinkes", "sri", 1), evidence=EVIDENCE)
        await opened.hear(event, submission("dinkes"))
        yield opened


@pytest.fixture
async def room(postgres: PostgresPart) -> AsyncIterator[VerificationRoom]:
    async with evidence_room(postgres.fresh_database("preview")) as opened:
        yield opened


def stored(mark: str, name: str, kind: str, content: bytes) -> tuple[StoredFile, bytes]:
    return StoredFile(digest=mark * 64, name=name, media_type=kind, size=len(content)), content


FILES = dict(
    [
        stored("1", "rekap.pdf", PDF, pdf(25)),
        stored("2", "rekap.xlsx", KIND_OF[XLSX], workbook()),
        stored("3", "surat.docx", KIND_OF[".docx"], b"PK"),
        stored("4", "rusak.pdf", PDF, b"%PDF-1.7 rusak"),
    ]
)
EVIDENCE = tuple(AttachedEvidence(file=file, services=("kes.ibu_hamil",)) for file in FILES)
SAID = {
    "1": ("Ditampilkan 20 halaman pertama dari 25", 'gambar/20.png"'),
    "2": ("&lt;script&gt;alert(1)&lt;/script&gt;", "rumus, makro, dan tautan tidak dijalankan"),
    "3": ("Berkas jenis ini tidak ditampilkan di sini",),
    "4": ("Berkas ini rusak",),
}


async def test_a_verifier_sees_each_file_beside_its_figure(room: VerificationRoom) -> None:
    desk = f"/verifikasi/{case('dinkes')}"
    listed = (await room.page("wulan", desk)).text
    for mark, sentences in SAID.items():
        place = f"{desk}/bukti/{mark * 64}"
        assert f'href="{place}/lihat"' in listed
        shown = await room.page("wulan", f"{place}/lihat")
        assert (shown.status_code, "Pelayanan kesehatan ibu hamil" in shown.text) == (200, True)
        assert all(sentence in shown.text for sentence in sentences)
    first = await room.page("wulan", f"{desk}/bukti/{'1' * 64}/gambar/1.png")
    assert (first.status_code, first.headers["content-type"], first.content[:4]) == (
        200,
        "image/png",
        b"\x89PNG",
    )


async def test_a_look_that_failed_is_tried_again(
    room: VerificationRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = f"/verifikasi/{case('dinkes')}/bukti/{'1' * 64}/lihat"
    with monkeypatch.context() as busy:
        busy.setattr(preview, "CHILD", ("false",))
        assert "Berkas ini rusak" in (await room.page("wulan", place)).text
    assert "Ditampilkan 20 halaman pertama" in (await room.page("wulan", place)).text


@pytest.mark.parametrize("who", ["tono", "op"])
async def test_nobody_else_sees_it(room: VerificationRoom, who: str) -> None:
    place = f"/verifikasi/{case('dinkes')}/bukti/{'1' * 64}"
    for what in ("lihat", "gambar/1.png"):
        assert (await room.page(who, f"{place}/{what}")).status_code in {403, 404}


@pytest.mark.parametrize(
    "path",
    [
        f"{'1' * 64}/gambar/21.png",
        f"{'1' * 64}/gambar/0.png",
        f"{'2' * 64}/gambar/1.png",
        "9" * 64 + "/lihat",
    ],
)
async def test_what_is_not_there_is_not_found(room: VerificationRoom, path: str) -> None:
    assert (await room.page("wulan", f"/verifikasi/{case('dinkes')}/bukti/{path}")).status_code in {404, 422}
