"""A certificate that the installation was given: whether it can be used, for whom, and until when.

Role: judged before the door takes it, so that a half-written or foreign pair never replaces a good one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import ExtensionOID

from deploy.messages import CannotStart
from shared.ground import watch


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What a certificate says; `chain` is everything that is sent to a browser, the first first."""

    names: tuple[str, ...]
    begins: datetime
    ends: datetime

    def covers(self, domain: str) -> bool:
        """Whether a browser accepts it for that name; a star stands for one label."""
        return any(
            name == domain or (name.startswith("*.") and domain.partition(".")[2] == name[2:])
            for name in map(str.lower, self.names)
        )


def of_pem(pem: bytes) -> Certificate:
    """The first certificate of a file. Raises ValueError."""
    return of(x509.load_pem_x509_certificates(pem)[0])


def of(found: x509.Certificate) -> Certificate:
    try:
        said = found.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME).value
        assert isinstance(said, x509.SubjectAlternativeName)
        names = (
            *said.get_values_for_type(x509.DNSName),
            *map(str, said.get_values_for_type(x509.IPAddress)),
        )
    except x509.ExtensionNotFound:
        names = ()  # browsers do not read the subject's name
    return Certificate(names=names, begins=found.not_valid_before_utc, ends=found.not_valid_after_utc)


def looked_at(certificate: Path, key: Path, domain: str) -> tuple[bytes, bytes, Certificate]:
    """Both files and what they are. Raises CannotStart for a pair that no browser could be served with;
    one that has expired is answered all the same, because whoever mends it needs the door.
    """
    try:
        pem, secret = certificate.read_bytes(), key.read_bytes()
        chain = x509.load_pem_x509_certificates(pem)
    except OSError as error:
        raise CannotStart("certificate-away", file=error.filename, why=error.strerror) from None
    except ValueError:
        raise CannotStart("certificate-unreadable", file=certificate) from None
    if not _belongs(chain, secret):
        raise CannotStart("certificate-key", certificate=certificate, secret=key)
    found = of(chain[0])
    if not found.covers(domain):
        raise CannotStart(
            "certificate-name",
            certificate=certificate,
            names=", ".join(found.names)[:200] or "-",
            domain=domain,
        )
    return pem, secret, found


def _belongs(chain: Iterable[x509.Certificate], secret: bytes) -> bool:
    try:
        key = serialization.load_pem_private_key(secret, password=None)
    except (ValueError, TypeError):  # no key, or one behind a passphrase that nobody could type at a start
        return False
    return key.public_key() == next(iter(chain)).public_key()


def days_left(found: Certificate, now: datetime) -> int:
    """Whole days until it ends; negative once it has."""
    return (found.ends - now) // timedelta(days=1)


def state_of(found: Certificate, now: datetime | None = None) -> str:
    """`certificate-expired`, `certificate-early`, `certificate-soon`, or nothing."""
    return watch.state_of(found.begins, found.ends, now or datetime.now(UTC))
