"""The stage of a played cycle: the people with their offices, signed in, the days on which they act,
and waiting for what must follow.

Used by `acts.py` and `submissions.py`, which say what each of them does, and by `cycle.py` and `running.py`,
which let them do it in order.
"""

import time
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from deploy.demo import data, papers
from deploy.demo.caller import PATIENCE_S, Caller, Positions, Unexpected
from deploy.demo.days import Days

Say = Callable[[int, str], None]
FIRST = data.cast()
OFFICERS: Mapping[str, str] = FIRST.officers
KABAG, ARSIPARIS, INSPEKTUR = FIRST.kabag, FIRST.arsiparis, FIRST.inspektur
RETURNED = "satpolpp"
COPIES = 5
PERIOD = "tahunan"
_LOOK_AGAIN_S = 0.1


class Play:
    """The people of a cycle, signed in, and the days on which they act. `folder`: whose cycle it is."""

    def __init__(
        self,
        address: str,
        days: Days,
        say: Say,
        *,
        patience: float = PATIENCE_S,
        authority: Path | None = None,
        folder: Path = data.BANTUL,
    ) -> None:
        self.address, self.days, self.say, self.patience, self.authority = (
            address,
            days,
            say,
            patience,
            authority,
        )
        self._positions, self._callers = Positions(), dict[str, Caller]()
        self.region, self.region_name = data.region(folder)
        self.agencies, self.cast, self.figures = data.agencies(folder), data.cast(folder), data.figures()
        self.cycle = f"{self.region}-{days.year}"

    def as_(self, person: str) -> Caller:
        """The person, signed in once."""
        if person not in self._callers:
            self._callers[person] = Caller(
                self.address, person, self._positions, patience=self.patience, authority=self.authority
            )
        return self._callers[person]

    def close(self) -> None:
        """Signs everybody out of their connections."""
        for caller in self._callers.values():
            caller.close()

    def upload(self, person: str, service: str, title: str, text: str) -> dict[str, str]:
        """Uploads a sample paper; answers how a command names it."""
        name = f"{title}.pdf"
        stored = self.as_(person).hand_over(f"/api/{service}/files", name, papers.paper(title, text))
        return {"digest": stored["digest"], "name": name}

    def wait_for(self, what: str, answer: Callable[[], Any]) -> Any:
        """Asks again until the answer is truthy. Raises Unexpected when the patience is over."""
        until = time.monotonic() + self.patience
        while not (found := answer()):
            if time.monotonic() > until:
                raise Unexpected(f"waited {self.patience:.0f} s in vain: {what}")
            time.sleep(_LOOK_AGAIN_S)
        return found

    def once(self, person: str, path: str, status: str) -> dict[str, Any]:
        """What stands at the path, as soon as it has this status.
        What a person may not see yet is not there yet.
        """

        def look() -> dict[str, Any] | None:
            found: dict[str, Any] = self.as_(person).ask(path)
            return found if found["status"] == status else None

        waited: dict[str, Any] = self.wait_for(f"{path} {status}", look)
        return waited

    def case(self, agency: str) -> str:
        """The submission of an agency, by its name in addresses."""
        return f"{self.cycle}-{agency}-{PERIOD}"

    def step_done(self, key: str) -> None:
        """Waits until intake shows the step as done, and says so."""

        def done() -> dict[str, Any] | None:
            step: dict[str, Any] = self.as_(self.cast.kabag).ask(
                f"/api/intake/cycles/{self.cycle}/steps/{key}"
            )
            return step if step["state"] == "done" else None

        step = self.wait_for(f"step {key} done", done)
        self.say(step["number"], step["name"])

    def step_started(self, key: str) -> None:
        """Waits until a step may be done."""
        path = f"/api/intake/cycles/{self.cycle}/steps/{key}"
        self.wait_for(f"step {key} started", lambda: self.as_(self.cast.kabag).ask(path)["started_on"])


def on(day: date) -> dict[str, str]:
    """The day of an act, as a body says it."""
    return {"occurred_on": day.isoformat()}
