"""Every way around S3 into a SeaweedFS that a stranger on the same machine could try, to be tried.

`try_doors` answers a sentence per door that opened, with what it said; an empty answer means they are all
shut. Whoever calls it also looks whether the locked version still stands (`Ground.stands`), which is the
proof that counts.
"""

import http.client
import os
import ssl
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

from deploy.local.ports import GRPC, LOOPBACK


@dataclass(frozen=True, slots=True)
class Place:
    """The server under attack: its ports by the names of `seaweedfs.PORTS`, the program for its shell,
    and a locked `bucket/key` with its version.
    """

    ports: Mapping[str, int]
    program: Path
    path: str
    version: str

    @property
    def bucket(self) -> str:
        return self.path.partition("/")[0]


Door = tuple[str, Callable[[Place], str]]


def try_doors(place: Place) -> list[str]:
    """Tries all; answers `name: what it said` for each that let us in."""
    return [
        f"{name}: {said}"
        for name, door in [*_http_doors(place), ("shell", _shell), ("listening", _listening)]
        if (said := door(place))
    ]


def _http_doors(place: Place) -> Iterator[Door]:
    inside, version = f"/buckets/{place.path}", f"/buckets/{place.path}.versions/v_{place.version}"
    yield "filer list", _asks("s3-filer", "GET", f"/buckets/{place.bucket}/")
    yield "filer read", _asks("s3-filer", "GET", version)
    yield "filer write", _asks("s3-filer", "PUT", version, b"lain")
    yield "filer upload", _asks("s3-filer", "POST", inside, b"lain")
    yield "filer move", _asks("s3-filer", "POST", f"/buckets/{place.bucket}/x?mv.from={inside}")
    yield "filer delete", _asks("s3-filer", "DELETE", version)
    yield (
        "filer delete all",
        _asks("s3-filer", "DELETE", f"/buckets/{place.bucket}?recursive=true&ignoreRecursiveError=true"),
    )
    yield "master status", _asks("s3-master", "GET", "/dir/status")
    yield "master assign", _asks("s3-master", "GET", "/dir/assign")
    yield "master lookup", _asks("s3-master", "GET", f"/dir/lookup?volumeId=1&collection={place.bucket}")
    yield "master drop collection", _asks("s3-master", "GET", f"/col/delete?collection={place.bucket}")
    yield "master drop by POST", _asks("s3-master", "POST", f"/col/delete?collection={place.bucket}")
    yield "volume status", _asks("s3-volume", "GET", "/status")
    yield "volume read", _asks("s3-volume", "GET", "/1,01637037d6")
    yield "volume delete", _asks("s3-volume", "DELETE", "/1,01637037d6")
    yield "admin", _asks("s3-admin", "GET", "/")
    yield "identities", _asks("s3", "POST", "/?Action=CreateAccessKey&UserName=jejak&Version=2010-05-08")
    yield "anonymous S3", _asks("s3", "GET", f"/{place.path}")
    yield "anonymous list", _asks("s3", "GET", "/")


def _asks(port: str, method: str, path: str, body: bytes = b"") -> Callable[[Place], str]:
    """The request without any credential, in the clear and over TLS; what it answers if it answers well."""

    def door(place: Place) -> str:
        for secure in (False, True):
            status = _status(place.ports[port], secure, method, path, body)
            # Any answer but a refusal counts, also "not found": whoever is told that was let in. Go's TLS
            # server answers 400 in the clear.
            if status not in {0, 400, 401, 403, 405}:
                return f"{method} {path} answered {status} {'over TLS' if secure else 'in the clear'}"
        return ""

    return door


def _status(port: int, secure: bool, method: str, path: str, body: bytes) -> int:
    """The HTTP status, 0 where there was no conversation."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    plain, tls = (
        http.client.HTTPConnection(LOOPBACK, port, timeout=5),
        http.client.HTTPSConnection(LOOPBACK, port, timeout=5, context=context),
    )
    connection = tls if secure else plain
    try:
        connection.request(method, path, body=body or None)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def _shell(place: Place) -> str:
    """SeaweedFS's own shell, started by somebody without our certificate."""
    commands = (
        f"lock\nfs.ls /buckets\nfs.rm -rf /buckets/{place.path}.versions\ncollection.delete -collection "
        f"{place.bucket} -apply\ns3.bucket.list\nexit\n"
    )
    with tempfile.TemporaryDirectory() as empty:
        argv = [
            str(place.program),
            "shell",
            f"-master={LOOPBACK}:{place.ports['s3-master']}",
            f"-filer={LOOPBACK}:{place.ports['s3-filer']}",
        ]
        try:
            answer = subprocess.run(
                argv,
                input=commands,
                capture_output=True,
                text=True,
                timeout=10,
                cwd=empty,
                env={"PATH": os.defpath, "HOME": empty},
                check=False,
            )
        except subprocess.TimeoutExpired as waited:
            said = (waited.stdout or b"").decode(errors="replace")
            return f"the shell listed {place.bucket}" if place.bucket in said.replace(commands, "") else ""
    return f"the shell listed {place.bucket}" if place.bucket in answer.stdout else ""


def _listening(place: Place) -> str:
    """Every port of the server, also those nobody chose, must listen on the loopback address alone."""
    chosen = {port + extra for port in place.ports.values() for extra in (0, GRPC)}
    owners = {
        conn.pid
        for conn in psutil.net_connections("tcp")
        if conn.status == psutil.CONN_LISTEN and conn.laddr.port in chosen
    }
    found = [
        conn
        for conn in psutil.net_connections("tcp")
        if conn.status == psutil.CONN_LISTEN and conn.pid in owners - {None}
    ]
    outside = sorted({f"{conn.laddr.ip}:{conn.laddr.port}" for conn in found if conn.laddr.ip != LOOPBACK})
    return f"listening beyond this machine on {', '.join(outside)}" if outside else ""
