"""The next version of Jejak that runs beside this one in `make test-all` can still be made of this one."""

import os
import subprocess
import sys
from pathlib import Path

from shared.contracts.intake import SubmissionReceived
from shared.contracts.upcasting import UPCASTERS
from tests.machines.builds import newer

SAYS = """
import services.intake.domain.submission
from shared.contracts.intake import SubmissionReceived
from shared.contracts.upcasting import UPCASTERS
print(SubmissionReceived.schema, "channel" in SubmissionReceived.__annotations__, len(UPCASTERS))
"""


def test_the_next_version_writes_the_next_shape_of_an_event(tmp_path: Path) -> None:
    made = newer(tmp_path)
    told = os.environ | {"PYTHONPATH": str(made.folder)}
    said = subprocess.run(
        [sys.executable, "-c", SAYS], cwd=made.folder, env=told, check=True, capture_output=True, text=True
    )
    assert said.stdout.split() == [str(SubmissionReceived.schema + 1), "True", str(len(UPCASTERS) + 1)]
