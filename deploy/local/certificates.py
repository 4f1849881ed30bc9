"""A certificate authority and one certificate of one installation,
for parts that let only each other in (mutual TLS).
"""

import datetime as dt
import ipaddress

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from deploy.local.ports import LOOPBACK
from deploy.local.secrets import SecretFolder

YEARS = 30  # replaced with the installation, never handed out


def make(secrets: SecretFolder, name: str) -> None:
    """Write NAME-ca.pem, NAME-cert.pem and NAME-key.pem unless they are there;
    the key of the authority is thrown away.
    """
    if (secrets.folder / f"{name}-key.pem").exists():
        return
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = _certificate(f"Jejak {name} authority", authority_key.public_key())
    authority = authority.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    signed_authority = authority.issuer_name(_name(f"Jejak {name} authority")).sign(
        authority_key, hashes.SHA256()
    )
    both = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH])
    here = x509.SubjectAlternativeName(
        [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address(LOOPBACK))]
    )
    leaf = _certificate(f"Jejak {name}", key.public_key()).issuer_name(signed_authority.subject)
    signed_leaf = (
        leaf.add_extension(both, critical=False)
        .add_extension(here, critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    secrets.put(f"{name}-ca.pem", signed_authority.public_bytes(serialization.Encoding.PEM))
    secrets.put(f"{name}-cert.pem", signed_leaf.public_bytes(serialization.Encoding.PEM))
    secrets.put(
        f"{name}-key.pem",
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _certificate(common: str, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(common))
        .public_key(key)
        .serial_number(x509.random_serial_number())
    )
    return builder.not_valid_before(now - dt.timedelta(days=1)).not_valid_after(
        now + dt.timedelta(days=365 * YEARS)
    )
