"""Watches places that must stay writable and a certificate that must stay valid;
says what is wrong as a trouble.

Role: when a disk is full or has become read-only, database and store only seem to be away; this says why.
Used by `shared.room`, by the answers to requests that fail, and by `jejak up` and `jejak doctor`.
"""

import asyncio
import errno
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from shared.sentences import later
from shared.troubles import Troubles

AGAIN_S: Final = 5.0
"""How often it is looked at while nobody asks."""
PROBE: Final = bytes(65_536)
SOON: Final = timedelta(days=21)
FULL, READ_ONLY, REFUSED = "storage-full", "storage-read-only", "storage-refused"
EXPIRED, EARLY, ENDING = "certificate-expired", "certificate-early", "certificate-soon"
SENTENCES: Final = {
    FULL: later(
        "Disk di {place} penuh. Yang sudah dicatat tetap ada; kosongkan ruang, Jejak lalu berjalan lagi "
        "sendiri."
    ),
    READ_ONLY: later(
        "Sistem berkas di {place} hanya dapat dibaca. Yang sudah dicatat tetap ada; periksa disknya, lalu "
        "pasang lagi agar dapat ditulisi."
    ),
    REFUSED: later("{place} tidak dapat ditulisi. Yang sudah dicatat tetap ada; periksa disk dan izinnya."),
    EXPIRED: later("Sertifikat {place} sudah berakhir; peramban menolak alamat ini sampai ada yang baru."),
    EARLY: later("Sertifikat {place} belum berlaku; periksa jam komputer."),
    ENDING: later("Sertifikat {place} segera berakhir; minta yang baru sekarang."),
}
_BY_ERRNO: Final = {errno.ENOSPC: FULL, errno.EDQUOT: FULL, errno.EROFS: READ_ONLY}


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is wrong with a place."""

    name: str
    place: Path
    cause: str


def found(places: Iterable[Path], now: datetime | None = None) -> list[Wrong]:
    """What is wrong now; a file among the places is a certificate, a folder must take what is written."""
    looked = (
        _certificate(one, now or datetime.now(UTC)) if one.is_file() else _folder(one) for one in places
    )
    return [wrong for wrong in looked if wrong is not None]


def refusal(folder: Path) -> OSError | None:
    """How the system refuses a small file there, which nobody sees; None where it takes it."""
    try:
        with tempfile.TemporaryFile(dir=folder, buffering=0) as probe:
            for _ in range(4):
                if probe.write(PROBE) < len(PROBE):
                    return OSError(errno.ENOSPC, "No space left on device")
    except OSError as error:
        return error
    return None


def _folder(folder: Path) -> Wrong | None:
    error = refusal(folder)
    if error is None:
        return None
    return Wrong(_BY_ERRNO.get(error.errno or 0, REFUSED), folder, str(error.strerror))


def _certificate(file: Path, now: datetime) -> Wrong | None:
    from cryptography import x509

    try:
        first = x509.load_pem_x509_certificates(file.read_bytes())[0]
    except (OSError, ValueError):
        return None  # whoever uses it says so
    name = state_of(first.not_valid_before_utc, first.not_valid_after_utc, now)
    return Wrong(name, file, f"valid until {first.not_valid_after_utc.isoformat()}") if name else None


def state_of(begins: datetime, ends: datetime, now: datetime) -> str:
    """What is to be said of a certificate that is valid in that time; empty where it is well.
    One that lives for hours is renewed in its last third, so a fifth of its life is late.
    """
    if now >= ends:
        return EXPIRED
    if now < begins:
        return EARLY
    return ENDING if ends - now < min(SOON, (ends - begins) / 5) else ""


class Ground:
    """Looks whenever it is asked, because a disk fails between two looks, and keeps the troubles of this
    process true.
    """

    def __init__(
        self,
        places: Sequence[Path],
        troubles: Troubles,
        *,
        look: Callable[[Sequence[Path]], list[Wrong]] = found,
    ) -> None:
        self._places, self._troubles, self._look = tuple(places), troubles, look

    def wrong(self) -> list[Wrong]:
        """What is wrong now. Touches the disk."""
        wrong = self._look(self._places) if self._places else []
        for one in wrong:
            self._troubles.report(one.name, SENTENCES[one.name], one.cause, place=str(one.place))
        for name in SENTENCES.keys() - {one.name for one in wrong}:
            self._troubles.clear(name)
        return wrong

    async def run(self) -> None:
        """Looks again and again until cancelled."""
        while self._places:
            await asyncio.to_thread(self.wrong)
            await asyncio.sleep(AGAIN_S)

    def outage(self) -> str:
        """The problem that whoever cannot be served is told; empty where the ground holds. A disk that fails
        answers in other ways for a moment before the kernel makes it read-only.
        """
        told = {FULL: FULL, READ_ONLY: READ_ONLY, REFUSED: READ_ONLY}
        return next((told[one.name] for one in self.wrong() if one.name in told), "")
