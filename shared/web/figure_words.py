"""What the cells of a figure are called on every page, one name a field.

SOP steps 7 and 8. Previous hop: the form and the verifier's comparison. Next hop: their templates, which translate when they show.
"""

from collections.abc import Mapping

from shared.web.i18n import later

CELLS: Mapping[str, str] = {
    "answer": later("Jawaban"),
    "entitled": later("Berhak"),
    "served": later("Terlayani"),
    "capaian": later("Capaian"),
    "budget": later("Anggaran"),
    "realised": later("Realisasi"),
    "reason": later("Alasan"),
}
