"""The keys of the steps of 04/SOP/2022 by the numbers that the SOP shows,
for tests that go through them in order; and a revised SOP beside it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.sop import definition
from shared.sop.definition import CURRENT, load, sops
from shared.sop.steps import Sop

KEY = {step.number: step.key for step in sops()[CURRENT].steps}
REVISED = Path(__file__).parent / "sop_07_2026.toml"


@contextmanager
def revised_sop() -> Iterator[Sop]:
    """The revised SOP, known beside the present one."""
    sop = load(REVISED)
    known = definition.sops()
    assert isinstance(known, dict)
    known[sop.version] = sop
    yield sop
    del known[sop.version]
