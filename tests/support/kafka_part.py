"""A broker as tests see it, and how they kill and wipe it."""

import asyncio
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.local import places
from deploy.local.broker import kafka
from deploy.local.supervision.supervisor import Supervisor
from shared.messaging.topics import ensure_topics


@dataclass
class KafkaPart:
    """A broker; `bootstrap` has the form of JEJAK_KAFKA. `embedded` has groups of one member and no admin
    API; a given broker (`supervisor` is None) is not ours to kill.
    """

    bootstrap: str
    embedded: bool = False
    supervisor: Supervisor | None = None
    folder: Path | None = None

    def _ours(self) -> Supervisor:
        if self.supervisor is not None and not self.embedded:
            return self.supervisor
        needed = "this test kills the broker, so it needs a real one of its own"
        if os.environ.get("CI") == "true":
            pytest.fail(needed)
        pytest.skip(needed)

    def make_topics(self) -> None:
        """The topics of all services, as `jejak up` makes them; an embedded broker makes them by itself."""
        with ThreadPoolExecutor(1) as aside:
            aside.submit(lambda: asyncio.run(ensure_topics(self.bootstrap))).result()

    def kill(self) -> None:
        """SIGKILL; it stays away until `restart`."""
        self._ours().kill("kafka")

    def stop(self) -> None:
        """A clean stop; it stays away until `restart`."""
        self._ours().stop_part("kafka")

    def restart(self) -> None:
        """Back on the same address with the same data; about 10 s after a kill, 1.5 s after a clean stop."""
        self._ours().restart("kafka")

    def wipe(self) -> None:
        """Back on the same address with nothing: no topics, no messages, no committed offsets."""
        supervisor = self._ours()
        assert self.folder is not None
        supervisor.stop_part("kafka")
        shutil.rmtree(self.folder / "kafka" / "data", ignore_errors=True)
        kafka.format_data(self.folder / "kafka", places.cache_folder())
        supervisor.restart("kafka")
        self.make_topics()
