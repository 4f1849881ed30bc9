"""The read models of documents are exactly what its events say:
rebuilt beside the live ones, nothing differs.
"""

from shared.contracts.replayed.certificate import CertificateAsked
from tests.integration.documents_room import CYCLE, DocumentsRoom, documents_room
from tests.support.events import made
from tests.support.parts import PostgresPart
from tests.support.report_figures import LATE


async def a_whole_way(room: DocumentsRoom) -> None:
    """SK handed over and issued; report refused, endorsed, printed, sent and receipted once;
    then an approval is voided.
    """
    await room.hear_of_cycle()
    await room.hear_step(4)
    await room.draft("tono", "sk_tim")
    digest = (await room.document("sk_tim"))["digest"]
    await room.tell(
        "tono", f"/cycles/{CYCLE}/documents/sk_tim/hand-over", {"digest": digest, "handed_to": "Bagian Hukum"}
    )
    await room.tell(
        "tono", f"/cycles/{CYCLE}/documents/sk_tim/decree", {"number": "130/5", "issued_on": "2027-03-20"}
    )
    digest = await room.hear_ready_to_send()
    await room.tell("rahmat", f"/cycles/{CYCLE}/documents/laporan/copies", {"digest": digest, "copies": 5})
    sending = {"digest": digest, "agenda_number": "045/12", "carrier": "Kurir"}
    await room.tell("rahmat", f"/cycles/{CYCLE}/dispatches/gubernur/sending", sending)
    scan = await room.upload("rahmat")
    receipt = {
        "received_by": "Yuni",
        "received_on": "2027-03-29",
        "scan": scan,
    }
    await room.tell("rahmat", f"/cycles/{CYCLE}/dispatches/gubernur/receipt", receipt)
    mended = {"field": "received_by", "value": "Yani", "reason": "salah baca"}
    assert (
        await room.tell("rahmat", f"/cycles/{CYCLE}/dispatches/gubernur/correction", mended)
    ).status_code == 200
    await room.hear_voided()


async def test_live_read_models_equal_their_rebuild(postgres: PostgresPart) -> None:
    database = postgres.fresh_database("rebuild")
    async with documents_room(database) as room:
        await a_whole_way(room)
        await room.hear(made(CertificateAsked), "certificate-replay")
        certificate = await room.rebuilt()
    assert {verdict.table: verdict.differing for verdict in certificate.tables if verdict.differing} == {}
    assert {verdict.table for verdict in certificate.tables if verdict.live == 0} == set()


async def test_a_report_that_was_overtaken_is_rebuilt_as_it_was(postgres: PostgresPart) -> None:
    database = postgres.fresh_database("overtaken")
    async with documents_room(database) as room:
        await room.hear_of_cycle()
        await room.hear_ready_to_send()
        await room.hear_approvals(LATE)
        certificate = await room.rebuilt()
        shown = await room.document("laporan")
    assert certificate.identical
    assert (shown["state"], shown["holds"]) == ("stale", False)
