"""What the cells of a figure are called on every page, in print, in the report and in the manual:
one name a field.

SOP steps 7 and 8. Previous hop: the form, the verifier's comparison and the audit trail. Next hop: their
templates, which translate when they show. Source: domain notes, section 1; the words of the form are the
words of everything that follows from it.
"""

from collections.abc import Mapping

from shared.spm.catalogue import Service
from shared.web.words.i18n import gettext, later

CELLS: Mapping[str, str] = {
    "answer": later("Jawaban"),
    "entitled": later("Berhak"),
    "served": later("Terlayani"),
    "capaian": later("Capaian"),
    "budget": later("Anggaran"),
    "realised": later("Realisasi"),
    "quality": later("Mutu"),
    "reason": later("Alasan"),
    "origin": later("Sumber angka"),
    "evidence": later("Bukti"),
}
TOGETHER: Mapping[str, str] = {"neighbours": later("Layanan yang bertetangga")}
"""What a rule finds in no cell of a service alone."""
PARTS: Mapping[str, str] = {"required": later("dibutuhkan"), "fulfilled": later("terpenuhi")}
"""The two numbers of a quality item."""
ANSWERS: Mapping[str, str] = {
    "filled": later("terisi"),
    "nihil": later("nihil"),
    "not_yet": later("belum ada data"),
}


def cell_name(service: Service | None, field: str) -> str:
    """What a cell or a quality item of a service is called (`quality.bidan.required` → `Bidan, dibutuhkan`);
    empty for the whole row, and for a field that this version does not know.
    """
    if field.startswith("evidence."):
        field = "evidence"
    if not field.startswith("quality."):
        name = CELLS.get(field) or TOGETHER.get(field, "")
        return gettext(name) if name else ""
    item, _dot, part = field.removeprefix("quality.").partition(".")
    kind = service.quality_item(item) if service else None
    name = kind.name if kind else item
    return f"{name}, {gettext(PARTS[part])}" if part in PARTS else name
