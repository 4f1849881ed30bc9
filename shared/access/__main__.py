"""`python -m shared.access intake=ROLE verification=ROLE …`: makes or updates the database of sessions and grants each service's role its part.

The owner's way in comes from JEJAK_OWNER_DATABASE_URL, or from the file that JEJAK_OWNER_DATABASE_URL_FILE names.
"""

import os
import sys
from pathlib import Path

from shared.access.database import prepare
from shared.migrations.migrate import NewerData
from shared.settings import SERVICES

USAGE = "usage: JEJAK_OWNER_DATABASE_URL=postgresql://… python -m shared.access intake=ROLE verification=ROLE documents=ROLE archive=ROLE\n"


def main(arguments: list[str]) -> int:
    """Answers the exit code: 0 done, 2 told wrongly, 3 data of a newer version."""
    roles = dict(argument.partition("=")[::2] for argument in arguments)
    file = os.environ.get("JEJAK_OWNER_DATABASE_URL_FILE")
    owner = os.environ.get("JEJAK_OWNER_DATABASE_URL") or (Path(file).read_text(encoding="utf-8").strip() if file else "")
    if set(roles) != set(SERVICES) or not all(roles.values()) or not owner:
        sys.stderr.write(USAGE)
        return 2
    try:
        prepare(owner, roles)
    except NewerData as error:
        sys.stderr.write(f"{error}\n")
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
