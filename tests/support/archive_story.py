"""A cycle as archive hears of it: what documents made final and received,
with files that lie in the work bucket.
"""

from collections.abc import Sequence
from datetime import date

from shared.contracts.documents import DocumentDrafted, DocumentSettled, Kind, ReceiptRecorded
from shared.contracts.intake import CycleOpened
from shared.contracts.values import StoredFile
from shared.messaging.envelope import Received
from shared.objects.port import Bucket
from tests.support.archive_room import CYCLE, event_of
from tests.support.memory_bucket import as_file

PDF = "application/pdf"
CONTENT = {
    "laporan": b"%PDF-1.7 laporan SPM 2026\n",
    "pengantar_gubernur": b"%PDF-1.7 kepada Gubernur\n",
    "pengantar_kemendagri": b"%PDF-1.7 kepada Kemendagri\n",
    "tanda_terima_gubernur": b"%PDF-1.7 tanda terima Gubernur\n",
    "tanda_terima_kemendagri": b"%PDF-1.7 tanda terima Kemendagri\n",
}
ITEMS = tuple(CONTENT)


async def put_files(work: Bucket) -> dict[str, StoredFile]:
    """The files of the story in the work bucket."""
    return {
        name: as_file(await work.put(content, media_type=PDF), f"{name}.pdf")
        for name, content in CONTENT.items()
    }


def story(files: dict[str, StoredFile]) -> Sequence[Received]:
    """The cycle is opened, the report settled, both letters drafted, both receipts recorded."""
    return [
        event_of(
            CycleOpened(
                cycle=CYCLE, region="3402", region_name="Kab. Bantul", year=2026, sop="04/SOP/2022",
                catalogue=1,
                report_due=date(2027, 3, 31), by="budi", occurred_on=date(2026, 1, 5),
            ),
            stream=f"cycle-{CYCLE}",
        ),
        settled(files["laporan"]),
        drafted("pengantar_gubernur", files["pengantar_gubernur"]),
        drafted("pengantar_kemendagri", files["pengantar_kemendagri"]),
        receipt("gubernur", files["tanda_terima_gubernur"]),
        receipt("kemendagri", files["tanda_terima_kemendagri"]),
    ]  # fmt: skip


def settled(file: StoredFile, *, version: int = 1) -> Received:
    event = DocumentSettled(
        cycle=CYCLE, document="laporan", kind="laporan", revision=version, digest=file.digest, file=file,
        endorsed_by="budi",
        occurred_on=date(2027, 3, 1),
    )  # fmt: skip
    return event_of(event, stream=f"document-{CYCLE}-laporan", version=version)


def drafted(kind: Kind, file: StoredFile, *, version: int = 1) -> Received:
    event = DocumentDrafted(
        cycle=CYCLE, document=kind, kind=kind, revision=version, file=file, data_digest="d" * 64,
        template_digest="t" * 64,
        engine="typst 0.15.2", verifiers=(), basis={}, by="wulan", occurred_on=date(2027, 3, 2),
    )  # fmt: skip
    return event_of(event, stream=f"document-{CYCLE}-{kind}", version=version)


def receipt(recipient: str, scan: StoredFile) -> Received:
    event = ReceiptRecorded(
        cycle=CYCLE, dispatch=f"dispatch-{CYCLE}-{recipient}", recipient=recipient, received_by="Loket",
        received_on=date(2027, 3, 10),
        reference=f"TT-{recipient}", scan=scan, by="wulan", occurred_on=date(2027, 3, 11),
    )  # fmt: skip
    return event_of(event, stream=f"dispatch-{CYCLE}-{recipient}", version=1)
