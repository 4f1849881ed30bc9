"""Two builds of the services side by side: the working tree, and the working tree with one event of a newer
shape, as the next version of Jejak would have it.
"""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from deploy.local import places, ports, service_process
from deploy.local.instance import Instance
from deploy.local.service_process import Process
from deploy.local.supervision.part import Part
from shared.contracts.intake import SubmissionReceived

ROOMS = ("shared", "services")
CHANNEL = 'digest=handed_in, channel="pages",\n'
SHAPE = SubmissionReceived.schema
"""Which shape of the event the working tree writes."""
UPCASTER = f'("intake", "submission-received", {SHAPE}): lambda data: {{**data, "channel": "unknown"}}'
CONTRACT, UPCASTING = "shared/contracts/intake.py", "shared/contracts/upcasting.py"
RECEIVED = "class SubmissionReceived:"
NEWER = (
    (CONTRACT, RECEIVED, f"ClassVar[int] = {SHAPE}\n", f"ClassVar[int] = {SHAPE + 1}\n"),
    (CONTRACT, RECEIVED, "    figures: Mapping", "    channel: str\n    figures: Mapping"),
    (UPCASTING, "UPCASTERS: ", "{\n", "{\n    " + UPCASTER + ",\n"),
    ("services/intake/domain/submission.py", "SubmissionReceived,", "digest=handed_in,\n", CHANNEL),
)
"""What the next version says of a submission that is handed in: by which way it came.
Each is a file, a place in it, what is changed behind that place, and into what.
"""


@dataclass(frozen=True, slots=True)
class Build:
    """A folder with the code of the services as one version of Jejak has it."""

    folder: Path

    def part(self, process: Process, instance: Instance, *, node: str) -> Part:
        """A process of that build, at the parts of the installation."""
        made = service_process.part(process, instance.environment)
        assert made.child is not None
        made.child.env = self.told(
            service_process.variables_of(process, instance.environment), instance, node
        )
        made.child.cwd = self.folder
        return replace(made, title=f"{process.name} ({self.folder.name})")

    def told(self, said: dict[str, str], instance: Instance, node: str = "1") -> dict[str, str]:
        """What a process is told, as one of this build; intake's feed has two addresses."""
        one, other = (instance.environment.ports[name] for name in ("intake", "intake-2"))
        feed = f"intake=http://{ports.LOOPBACK}:{one}"
        feeds = said["JEJAK_FEEDS"].replace(feed, f"{feed}+http://{ports.LOOPBACK}:{other}")
        return said | {"PYTHONPATH": str(self.folder), "JEJAK_NODE": node, "JEJAK_FEEDS": feeds}


def of_the_working_tree(folder: Path) -> Build:
    for room in ROOMS:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(places.PROJECT / room, folder / room, ignore=ignored)
    return Build(folder)


def newer(folder: Path) -> Build:
    """The next version. Where the code moved on, its changes are to be told anew here."""
    made = of_the_working_tree(folder)
    for name, place, before, after in NEWER:
        file = folder / name
        text = file.read_text(encoding="utf-8")
        head, found, rest = text.partition(place)
        assert before in rest, f"{name}: the next version finds no {before!r} behind {place!r}"
        file.write_text(head + found + rest.replace(before, after, 1), encoding="utf-8")
    return made
