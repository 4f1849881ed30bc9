"""`python -m shared.access intake=ROLE verification=ROLE …`: makes or updates the database of sessions and
grants each service's role its part.

The owner's way in comes from JEJAK_OWNER_DATABASE_URL,
or from the file that JEJAK_OWNER_DATABASE_URL_FILE names.
"""

import os
import sys

from shared import settings, settings_told
from shared.access.database import prepare
from shared.migrations.migrate import NewerData
from shared.service_names import SERVICES

OWNER = "JEJAK_OWNER_DATABASE_URL"
USAGE = (
    "usage: JEJAK_OWNER_DATABASE_URL=postgresql://… python -m shared.access intake=ROLE verification=ROLE "
    "documents=ROLE archive=ROLE\n"
)


def main(arguments: list[str]) -> int:
    """Answers the exit code: 0 done, 2 told wrongly, 3 data of a newer version."""
    roles = dict(argument.partition("=")[::2] for argument in arguments)
    told, faults = settings_told.found(os.environ, [OWNER])
    owner = told.get(OWNER, "")
    if wrong := [*faults.values(), *filter(None, [settings.fault_of(OWNER, owner) if owner else ""])]:
        sys.stderr.write("\n".join(wrong) + "\n")
        return 2
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
