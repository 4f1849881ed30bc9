"""The navigation of the frame: one address for all services, by path;
only what the person may use is shown.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from shared.access.permissions import Permissions, Viewer
from shared.web.words.i18n import gettext, later


@dataclass(frozen=True, slots=True)
class Place:
    """`of_cycle`: the page shows one cycle, and takes which one as `?siklus=`.
    `aside`: it stands in the menu of the person.
    """

    label: str
    path: str
    needs: tuple[str, ...]
    starts: tuple[str, ...]
    of_cycle: bool = True
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    path: str
    current: bool
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Switch:
    """The cycle that the page shows (`region`: where there is room for it),
    and where each other one is shown the same way.
    """

    cycle: str
    current: str
    region: str
    links: tuple[Link, ...]


PLACES = (
    Place(later("Beranda"), "/", ("intake.board",), ("/siklus", "/langkah")),
    Place(later("Isian"), "/isian", ("intake.submissions",), ("/isian",)),
    Place(later("Verifikasi"), "/verifikasi", ("verification.queue",), ("/verifikasi",)),
    Place(later("Pengesahan"), "/pengesahan", ("verification.endorsement",), ("/pengesahan",)),
    Place(later("Dokumen"), "/dokumen", ("documents.documents",), ("/dokumen",)),
    Place(later("Pengiriman"), "/pengiriman", ("documents.dispatches",), ("/pengiriman",)),
    Place(later("Arsip"), "/arsip", ("archive.shelf",), ("/arsip",)),
    Place(later("Jejak audit"), "/jejak-audit", ("archive.audit",), ("/jejak-audit",), of_cycle=False),
    Place(later("Capaian daerah"), "/provinsi", ("documents.province",), ("/provinsi",), of_cycle=False),
    Place(later("OPD"), "/opd", ("intake.agencies",), ("/opd",), of_cycle=False, aside=True),
    Place(later("Kalender"), "/kalender", ("intake.calendar",), ("/kalender",), of_cycle=False, aside=True),
    Place(later("Temuan aturan"), "/temuan", ("intake.findings",), ("/temuan",), aside=True),
    Place(later("Aturan angka"), "/aturan", ("intake.rules",), ("/aturan",), of_cycle=False, aside=True),
    Place(later("Pegawai"), "/pegawai", ("intake.people",), ("/pegawai",), of_cycle=False, aside=True),
    Place(later("Daerah"), "/daerah", ("intake.regions",), ("/daerah",), of_cycle=False, aside=True),
    Place(later("Akun"), "/akun", ("intake.logins",), ("/akun", "/token"), of_cycle=False, aside=True),
    Place(later("Macet"), "/macet", ("intake.parked", "archive.parked"), ("/macet",), of_cycle=False),
)


def navigation(viewer: Viewer, permissions: Permissions, path: str, cycle: str = "") -> list[Link]:
    """The links of the frame for this person, with the present one marked;
    they stay in the cycle that the page shows.
    """
    return [
        Link(gettext(place.label), _path(place, cycle), _is_here(place, path), place.aside)
        for place in PLACES
        if any(permissions.may(viewer, name) for name in place.needs)
    ]


def _path(place: Place, cycle: str) -> str:
    if not cycle or not place.of_cycle:
        return place.path
    return f"/siklus/{cycle}" if place.path == "/" else f"{place.path}?siklus={cycle}"


def switch(cycles: Iterable[Mapping[str, Any]], cycle: str, path: str) -> Switch | None:
    """The switch of the cycle for a page that shows one; None where there is none to choose."""
    rows = {str(row["cycle"]): row for row in cycles}
    if cycle not in rows:
        return None
    names = {name: f"SPM {row['year']} · {row['region_name']}" for name, row in rows.items()}
    place = next((place for place in PLACES if place.of_cycle and _is_here(place, path)), PLACES[0])
    links = tuple(Link(words, _path(place, name), name == cycle) for name, words in names.items())
    return Switch(cycle, f"SPM {rows[cycle]['year']}", str(rows[cycle]["region_name"]), links)


def _is_here(place: Place, path: str) -> bool:
    if path == "/":
        return place.path == "/"
    return path.startswith(place.starts) or (place.path == "/macet" and path.endswith("/macet"))
