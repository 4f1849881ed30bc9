"""The navigation of the frame: one address for all services, by path; only what the person may use is shown."""

from dataclasses import dataclass

from shared.access.permissions import Permissions, Viewer
from shared.web.i18n import gettext, later


@dataclass(frozen=True, slots=True)
class Place:
    label: str
    path: str
    needs: tuple[str, ...]
    starts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    path: str
    current: bool


PLACES = (
    Place(later("Papan"), "/", ("intake.board",), ("/siklus", "/langkah")),
    Place(later("Isian"), "/isian", ("intake.submissions",), ("/isian",)),
    Place(later("Verifikasi"), "/verifikasi", ("verification.queue",), ("/verifikasi",)),
    Place(later("Pengesahan"), "/pengesahan", ("verification.endorsement",), ("/pengesahan",)),
    Place(later("Dokumen"), "/dokumen", ("documents.documents",), ("/dokumen",)),
    Place(later("Pengiriman"), "/pengiriman", ("documents.dispatches",), ("/pengiriman",)),
    Place(later("Arsip"), "/arsip", ("archive.shelf",), ("/arsip",)),
    Place(later("Jejak audit"), "/jejak-audit", ("archive.audit",), ("/jejak-audit",)),
    Place(later("OPD"), "/opd", ("intake.agencies",), ("/opd",)),
    Place(later("Kalender"), "/kalender", ("intake.calendar",), ("/kalender",)),
    Place(later("Macet"), "/macet", ("intake.parked", "archive.parked"), ("/macet",)),
)


def navigation(viewer: Viewer, permissions: Permissions, path: str) -> list[Link]:
    """The links of the frame for this person, with the present one marked."""
    return [
        Link(gettext(place.label), place.path, _is_here(place, path))
        for place in PLACES
        if any(permissions.may(viewer, name) for name in place.needs)
    ]


def _is_here(place: Place, path: str) -> bool:
    if path == "/":
        return place.path == "/"
    return path.startswith(place.starts) or (place.path == "/macet" and path.endswith("/macet"))
