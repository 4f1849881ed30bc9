"""`--fresh`: throws away the data of an installation that is not running;
fetched parts stay in the cache, given servers are left alone.
"""

import os
import shutil
from pathlib import Path

from deploy.local.postgres import server as postgres
from deploy.local.supervision.child import stop_left_overs
from deploy.local.supervision.claim import Claim


def erase(folder: Path) -> None:
    """Remove everything below `folder`; raises CannotStart while a Jejak runs on it."""
    folder = folder.resolve()
    if not folder.exists():
        return
    claim = Claim(folder)
    stop_left_overs(folder / "run")
    if os.geteuid() == 0:
        shutil.rmtree(postgres.data_place(folder), ignore_errors=True)
    for inside in folder.iterdir():
        if inside.is_dir():
            shutil.rmtree(inside, ignore_errors=True)
        else:
            inside.unlink()
    claim.release()
