"""The jars of Apache Kafka: a lock list with checksums,
fetched once into the cache and never used unverified.
"""

import contextlib
import hashlib
import os
import threading
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from pathlib import Path

from deploy.local.supervision.aside import Aside
from deploy.messages import CannotStart

LINES = 6  # that many jars at once

Progress = Callable[[int, int], None]  # done, of how many


@dataclass(frozen=True, slots=True)
class Jar:
    """One line of the lock list."""

    coordinates: str
    sha256: str

    @property
    def file_name(self) -> str:
        _group, artifact, version = self.coordinates.split(":")
        return f"{artifact}-{version}.jar"

    def is_right(self, file: Path) -> bool:
        return file.exists() and hashlib.sha256(file.read_bytes()).hexdigest() == self.sha256


@dataclass(frozen=True, slots=True)
class LockList:
    version: str
    jars: tuple[Jar, ...]


def parse(text: str) -> LockList:
    """Read a lock list; raises ValueError when a line is no `group:artifact:version` with a SHA-256."""
    document = tomllib.loads(text)
    jars = tuple(Jar(coordinates, checksum) for coordinates, checksum in document["jars"].items())
    for jar in jars:
        if (
            jar.coordinates.count(":") != 2
            or len(jar.sha256) != 64
            or set(jar.sha256) - set("0123456789abcdef")
        ):
            raise ValueError(f"not a locked jar: {jar.coordinates} = {jar.sha256}")
    return LockList(document["version"], jars)


def locked() -> LockList:
    return parse(files("deploy.local.broker").joinpath("kafka.jars.toml").read_text(encoding="utf-8"))


def folder(cache: Path) -> Path:
    return cache / f"kafka-{locked().version}"


def complete(cache: Path) -> bool:
    """Whether every locked jar lies in the cache with its checksum;
    nothing else counts, not even a mark of ours.
    """
    return all(jar.is_right(folder(cache) / jar.file_name) for jar in locked().jars)


def fetch(cache: Path, progress: Progress = lambda _done, _of: None) -> Path:
    """Bring what is missing into the cache and answer with its folder;
    raises CannotStart without network or on a wrong checksum.
    """
    target = folder(cache)
    target.mkdir(parents=True, exist_ok=True)
    wanted = locked().jars
    missing = [jar for jar in wanted if not jar.is_right(target / jar.file_name)]
    done = len(wanted) - len(missing)
    progress(done, len(wanted))
    counting = threading.Lock()

    def fetch_some(jars: Sequence[Jar]) -> None:
        nonlocal done
        for jar in jars:
            _fetch_one(jar, target)
            with counting:
                done += 1
                progress(done, len(wanted))

    for line in [Aside(partial(fetch_some, missing[start::LINES])) for start in range(LINES)]:
        line.result()
    return target


def _fetch_one(jar: Jar, target: Path) -> None:
    from maven_artifact.artifact import Artifact
    from maven_artifact.downloader import Downloader

    given = os.environ.get("JEJAK_MAVEN")
    downloader = Downloader(given) if given else Downloader()
    url = downloader.resolver.uri_for_artifact(Artifact.parse(jar.coordinates))
    unfinished = target / f".{jar.file_name}.{os.getpid()}"
    try:
        with contextlib.closing(downloader.requestor.request(url, None, timeout=30, stream=True)) as answer:
            unfinished.write_bytes(answer.content)
    except OSError as failure:  # what requests raises is an OSError
        unfinished.unlink(missing_ok=True)
        raise CannotStart("no-network") from failure
    if not jar.is_right(unfinished):
        unfinished.unlink()
        raise CannotStart("bad-checksum", file=jar.file_name)
    unfinished.replace(target / jar.file_name)
