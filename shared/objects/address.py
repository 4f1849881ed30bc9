"""Where the object store lies and with which key: the parts of `JEJAK_S3`."""

from dataclasses import dataclass, field
from urllib.parse import parse_qs, quote, unquote, urlsplit


class BadAddress(ValueError):
    """The address cannot be used; the sentence says what is missing, never the secret."""


@dataclass(frozen=True, slots=True)
class S3Address:
    """`endpoint` is host:port; `secure` means TLS. The secret never shows in a representation."""

    endpoint: str
    access: str
    secret: str = field(repr=False)
    secure: bool = False
    region: str = "us-east-1"

    @classmethod
    def from_url(cls, url: str) -> "S3Address":
        """Reads `http(s)://access:secret@host:port[?region=…]`, access and secret percent-encoded.
        Raises BadAddress.
        """
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"}:
            raise BadAddress("The S3 address must begin with http:// or https://.")
        if not parts.hostname:
            raise BadAddress("The S3 address names no host.")
        if not parts.username or not parts.password:
            raise BadAddress("The S3 address needs access key and secret: http://access:secret@host:port.")
        try:
            port = parts.port
        except ValueError:
            raise BadAddress("The port of the S3 address is not a number between 1 and 65535.") from None
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        return cls(
            endpoint=f"{host}:{port}" if port else host,
            access=unquote(parts.username),
            secret=unquote(parts.password),
            secure=parts.scheme == "https",
            region=parse_qs(parts.query).get("region", ["us-east-1"])[0],
        )

    @property
    def url(self) -> str:
        """The address in one line, secret included: for handing on to a process, never for a log."""
        scheme = "https" if self.secure else "http"
        region = "" if self.region == "us-east-1" else f"?region={quote(self.region)}"
        return (
            f"{scheme}://{quote(self.access, safe='')}:{quote(self.secret, safe='')}@{self.endpoint}{region}"
        )
