"""Proofs from the log: that a line stands in it, that it only grew,
and the whole check that a person may ask for on the page.

SOP step 13, and every step before it. Previous hop: `proof/api.py`, `proof/pages.py`.
Next hop: a person, or `proof/verifier.py` in other hands.
"""

from collections.abc import Sequence

from services.archive.domain import merkle
from services.archive.domain.checkpoint import VerifierKey, proof_text
from services.archive.log import checkpoints, queries, tree
from services.archive.log.checkpoints import Signed
from services.archive.proof.verifier_english import english
from services.archive.proof.verifier_log import Contradiction, LogCheck, open_note
from services.archive.proof.verifier_report import Report
from shared.eventsourcing.sql import Connection
from shared.web.words.i18n import gettext as _
from shared.web.words.i18n import language

COMPARED = 200


async def inclusion(conn: Connection, index: int, signed: Signed) -> str:
    """The C2SP tlog-proof of the line at `index` in a signed log.
    Raises ValueError when the log is not that long.
    """
    hashes = await tree.prove(conn, merkle.inclusion_ranges(index, signed.size))
    return proof_text(index, hashes, signed.note)


async def consistency(conn: Connection, older: int, size: int) -> tuple[bytes, ...]:
    """The proof that the log of `size` begins with that of `older`.
    Raises ValueError unless 0 < older ≤ size ≤ the log's size.
    """
    if size > (await queries.edge(conn)).size:
        raise ValueError(f"the log has not {size} events")
    return await tree.prove(conn, merkle.consistency_ranges(older, size))


async def verify(conn: Connection, signed: Signed, key: VerifierKey) -> Report:
    """What `proof/verifier.py` says of the log in the database,
    against this checkpoint and (at most 200 of) those signed before it.
    """
    report = Report(key=str(key))
    try:
        checkpoint = open_note(signed.note.encode(), str(key))
        report.origin, report.size, report.root = checkpoint.origin, checkpoint.size, checkpoint.root.hex()
        older = [
            open_note(one.note.encode(), str(key))
            for one in _spread(await checkpoints.before(conn, signed.size, 10_000))
        ]
        check = LogCheck(checkpoint, older)
        async for page in queries.lines(conn, end=signed.size):
            for line in page:
                check.add(line.raw)
        check.finish()
        report.proven = [
            _("Tanda tangan titik periksa berasal dari kunci {key}.").format(key=key),
            _(
                "Ke-{n} peristiwa dihitung ulang dari basis data: akar log sama dengan yang ditandatangani."
            ).format(n=signed.size),
            _(
                "{n} titik periksa sebelumnya semuanya awal dari log ini: tidak ada yang ditulis ulang "
                "sesudahnya."
            ).format(n=len(older)),
        ]
        report.verified = True
    except Contradiction as contradiction:
        report.refuted.append(english(str(contradiction)) if language.get() == "en" else str(contradiction))
    report.not_proven = [
        _(
            "Pemeriksaan ini dijalankan oleh arsip atas dirinya sendiri. Yang tidak perlu percaya kepada "
            "arsip: unduh ekspor, periksa dengan verifier.py."
        ),
        _(
            "Titik periksa lama di atas disimpan arsip sendiri. Terhadap orang dalam hanya titik periksa di "
            "tangan lain yang membuktikan (--older)."
        ),
    ]
    return report


def _spread(found: Sequence[Signed]) -> Sequence[Signed]:
    step = max(1, -(-len(found) // COMPARED))
    return found[::step]
