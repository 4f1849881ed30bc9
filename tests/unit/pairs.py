"""Certificates for tests: an authority of our own and pairs that it signed."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NOW = dt.datetime.now(dt.UTC)
DAY = dt.timedelta(days=1)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


@dataclass(frozen=True)
class Pair:
    certificate: bytes
    key: bytes

    def put(self, folder: Path) -> tuple[Path, Path]:
        """Written as two files; the key for its owner alone."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in (("key.pem", self.key), ("certificate.pem", self.certificate)):
            (folder / name).write_bytes(content)
            (folder / name).chmod(0o600)
        return folder / "certificate.pem", folder / "key.pem"


class Authority:
    """Signs pairs for any name and time."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = (
            self._begun("Authority of a test", self.key.public_key(), NOW - 900 * DAY, NOW + 900 * DAY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(self.key, hashes.SHA256())
        )

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def pair(self, *names: str, begins: dt.datetime = NOW - DAY, ends: dt.datetime = NOW + 90 * DAY) -> Pair:
        key = ec.generate_private_key(ec.SECP256R1())
        said = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
        made = self._begun(names[0] if names else "nobody", key.public_key(), begins, ends)
        signed = (made.add_extension(said, critical=False) if names else made).sign(self.key, hashes.SHA256())
        return Pair(
            signed.public_bytes(serialization.Encoding.PEM) + self.pem,
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ),
        )

    def _begun(
        self, name: str, key: ec.EllipticCurvePublicKey, begins: dt.datetime, ends: dt.datetime
    ) -> x509.CertificateBuilder:
        made = x509.CertificateBuilder().subject_name(_name(name)).issuer_name(_name("Authority of a test"))
        return (
            made.public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(begins)
            .not_valid_after(ends)
        )
