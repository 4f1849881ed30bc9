"""`jejak region`: a further region in the folder of an installation, to be filled in before the next start.

Previous hop: `deploy/cli_entering.py`. Next hop: `deploy/installing/making.py`; intake's `people/seed.py` and
documents' `regions.py`, which read what was written.
"""

import os
from pathlib import Path

from deploy.commands import terminal
from deploy.commands.init import write_out
from deploy.installing import making
from deploy.messages import CannotStart, sentence


def region(folder: Path, code: str) -> int:
    """Write what is missing and say each file. Raises CannotStart where there is no installation's folder,
    or the code is none.
    """
    told = os.environ.get("JEJAK_LETTERS", "")
    if not told or Path(told).name != making.LETTERS:
        raise CannotStart("region-where", folder=folder)
    if not making.REGION.fullmatch(code) or not code.isascii():
        raise CannotStart("region-code", code=code)
    if code == os.environ.get("JEJAK_REGION"):
        raise CannotStart("region-first", code=code)
    place = Path(told).parent
    write_out(place, making.region(place, code))
    terminal.line(sentence("region-begun", place=place / making.LETTERS / code, folder=place))
    return 0
