"""Where the data of regions lie, and what each region's file says of its letters.

SOP steps 4, 9, 10, 12. A folder a region, `<code>/letters.toml`; that of the installation (JEJAK_LETTERS)
comes before what is shipped in `letters/regions/`. A file is read whenever it is asked for: a new one holds
at once. Read by: `letters/wording.py`, which makes the region's letters of it; `bootstrap.py` and
`dispatch/queries.py`, which address recipients.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from shared.contracts.documents import Kind
from shared.sop.document_kinds import document_kinds

SHIPPED = Path(__file__).parent / "letters" / "regions"
NAME = "letters.toml"
LONGEST = 200_000
_REGION = re.compile(r"[0-9]{4}")


class RegionFileInvalid(Exception):
    """The file of a region cannot be used; the message names every fault with its place."""


class Office(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The letterhead of a region and the title of its head."""

    government: str
    unit: tuple[str, ...]
    address: tuple[str, ...]
    head: str
    place: str


class RegionFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file of a region. `recipient`: as addressed, by id; `text`: by kind and field, what stands there
    first instead of the words that all regions have.
    """

    version: int
    office: Office
    recipient: Mapping[str, str] = {}
    text: Mapping[Kind, Mapping[str, str]] = {}


@dataclass(slots=True)
class Places:
    """Where this process looks for regions; the first folder that has one says it. Told when it starts."""

    folders: tuple[Path, ...] = (SHIPPED,)

    def tell(self, installation: Path | None) -> None:
        """The folder of the installation comes before what is shipped."""
        self.folders = (installation, SHIPPED) if installation else (SHIPPED,)

    def file_of(self, region: str) -> RegionFile | None:
        """What the file of a region says; None where it has none. Raises RegionFileInvalid."""
        if not _REGION.fullmatch(region):
            return None
        found = (each / region / NAME for each in self.folders)
        place = next((each for each in found if each.is_file()), None)
        try:
            return None if place is None else parse(place.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise RegionFileInvalid(type(error).__name__) from error


PLACES = Places()


def parse(text: str) -> RegionFile:
    """The file of a region by its shape alone. Raises RegionFileInvalid."""
    if len(text) > LONGEST:
        raise RegionFileInvalid(f"it is longer than {LONGEST} characters")
    try:
        return msgspec.convert(tomllib.loads(text), RegionFile)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise RegionFileInvalid(str(error)) from error


def addressed(region: str, recipient: str) -> str:
    """How a region addresses a recipient; by its office alone where the region does not say it:
    never as another region would.
    """
    known = document_kinds().recipient[recipient]
    try:
        file = None if known.address else PLACES.file_of(region)
    except RegionFileInvalid:
        file = None
    said = file.recipient.get(recipient, "").strip() if file else ""
    return known.address or said or known.office
