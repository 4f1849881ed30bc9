"""What an event changed, as the trail, the page of an event and JSON tell it: found by the index, in old
lines too, and only of lines that whoever asks may see.
"""

from dataclasses import replace
from datetime import date

import psycopg
from psycopg.conninfo import conninfo_to_dict

from services.archive.log.regions import Seen
from services.archive.trail import queries
from shared.access.permissions import Viewer
from shared.contracts.documents import DocumentOpened
from shared.contracts.intake import EvidenceAttached, FigureEntered
from shared.contracts.values import AttachedEvidence, Figure, StoredFile
from shared.migrations.migrate import migrate
from tests.integration.test_audit_log import archive as archive  # noqa: PLC0414  the fixture of that room
from tests.support.archive_room import CYCLE, Archive, event_of
from tests.support.events import made

CASE = {"cycle": CYCLE, "agency": "dinkes", "period": "tahunan"}
SAID = {"by": "sri", "occurred_on": date(2026, 2, 2)}
STREAM = "submission-3402-2026-dinkes-tahunan"
FIGURE = Figure(served=4000, entitled=5000, realised=4000, origin="kohort")
FILE = StoredFile(digest="a" * 64, name="rekap.pdf", media_type="application/pdf", size=3)
VIEWER = Viewer(person="ina", name="", region="3402", agency="", agency_name="", offices=(), reach=None)


async def told(archive: Archive) -> None:
    """A figure, another one, the first mended, and evidence."""
    for version, event in enumerate(
        (
            FigureEntered(**CASE, service="kes.ibu_hamil", figure=FIGURE, **SAID),
            FigureEntered(**CASE, service="kes.balita", figure=FIGURE, **SAID),
            FigureEntered(**CASE, service="kes.ibu_hamil", figure=replace(FIGURE, realised=4075), **SAID),
            EvidenceAttached(**CASE, evidence=AttachedEvidence(file=FILE, services=("kes.balita",)), **SAID),
        ),
        start=1,
    ):
        await archive.log(event_of(event, stream=STREAM, version=version))


async def test_the_trail_the_page_and_json_say_what_changed(archive: Archive) -> None:
    await told(archive)
    trail = (await archive.page("ina", "/jejak-audit")).text
    assert trail.count("<del>4.000</del>") == 1
    assert "<ins>4.075</ins>" in trail
    assert "<ins>rekap.pdf</ins> ditambah" in trail
    page = (await archive.page("ina", "/jejak-audit/2")).text
    assert "<h2>Yang berubah</h2>" in page
    assert "<del>4.000</del>" in page
    assert 'href="/jejak-audit/0">#0</a>' in page
    assert "Yang berubah" not in (await archive.page("ina", "/jejak-audit/1")).text
    lines = (await archive.ask("ina", "/lines")).json()["items"]
    assert [line["changed"] for line in lines][1:] == [
        [{"cell": "Realisasi", "before": "4.000", "after": "4.075"}],
        [],
        [],
    ]


async def test_nothing_is_told_of_a_line_that_may_not_be_seen(archive: Archive) -> None:
    await told(archive)
    async with archive.running.pool.connection() as conn:
        whole = Seen(VIEWER, ("3402",), whole=True)
        (row,) = await queries.trail(conn, whole, below=3, limit=1)
        assert len(await queries.set_before(conn, whole, [row])) == 1
        assert await queries.set_before(conn, replace(whole, regions=("3471",)), [row]) == {}
        other = replace(whole, viewer=replace(VIEWER, reach=frozenset({"dinsos"})))
        assert await queries.set_before(conn, other, [row]) == {}


async def test_a_log_of_before_is_told_too(archive: Archive) -> None:
    await told(archive)
    asked = b"SELECT index, words::text FROM leaf_lookup ORDER BY index"
    with psycopg.connect(archive.database.owner) as conn:
        fresh = conn.execute(asked).fetchall()
    archive.tamper(
        "UPDATE leaf_lookup SET words = ts_delete(words, ARRAY(SELECT word FROM "
        "unnest(tsvector_to_array(words)) AS w(word) WHERE word ~ '^[aodms]:'))"
    )
    archive.tamper("UPDATE alembic_version SET version_num = 'archive_0014'")
    user = str(conninfo_to_dict(archive.running.settings.database_url)["user"])
    migrate("archive", archive.database.owner, user, upto="archive_0015")
    with psycopg.connect(archive.database.owner) as conn:
        assert conn.execute(asked).fetchall() == fresh


LETTER = "pengantar_gubernur"
FIELDS = [
    ("by=Sri", [3, 2, 1, 0]), ("by=Sri+Lestari", [3, 2, 1, 0]), ("by=Budi", []), ("by=%27%26%7C", []),
    ("agency=dinkes", [3, 2, 1, 0]), ("agency=dinsos", []),
    ("document=pengantar_gubernur", [4]), ("document=laporan", []),
    ("number=4.075", [2]), ("number=4.075,00", [2]), ("number=4075", [2]), ("number=40", []),
    ("number=%25", []),
    ("kind=figure-entered", [2, 1, 0]), ("kind=figure-entered&number=4.075&agency=dinkes&actor=person", [2]),
    ("since=2026-02-02&until=2/2/2026", [3, 2, 1, 0]), ("since=3+Feb+2026&until=4+Feb+2026", []),
    ("until=2027-12-31", [4, 3, 2, 1, 0]), ("since=besok", []),
    ("actor=person", [3, 2, 1, 0]), ("actor=system", [4]), ("actor=program", []),
    ("actor=person&search=balita", [3, 1]), (f"stream={STREAM}&number=4.075", [2]),
]  # fmt: skip


async def test_each_field_of_the_search_finds_what_it_says_together_with_the_others(archive: Archive) -> None:
    await told(archive)
    by_itself = event_of(
        made(DocumentOpened, document=f"document-{CYCLE}-{LETTER}", kind=LETTER),
        stream=f"document-{CYCLE}-{LETTER}",
    )
    said = by_itself.metadata.replace(b'"sri"', b'"jejak:documents"')
    await archive.log(replace(by_itself, metadata=said))
    found = {
        asked: [line["index"] for line in (await archive.ask("ina", f"/lines?{asked}")).json()["items"]]
        for asked, _ in FIELDS
    }
    assert found == dict(FIELDS)
    page = (await archive.page("ina", "/jejak-audit?sejak=besok&nilai=4.075")).text
    assert 'id="sejak-salah"' in page
    assert "Tidak ada peristiwa yang cocok." in page
    page = (await archive.page("ina", "/jejak-audit?pelaku=system")).text
    assert "otomatis</span>" in page
    assert 'value="system" selected' in page
    assert '<details class="narrow" open>' in page
