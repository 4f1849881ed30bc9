"""Archive put together: its rules, its reactions, its read models; and the key that signs its log.

SOP step 13. Used by `__main__.py`, which opens the room for web and worker, and by tests,
which open it for themselves.
"""

import base64

from services.archive import tables
from services.archive.domain.certificate import certificate
from services.archive.domain.checkpoint import Signer
from services.archive.domain.cycle_file import cycle_file
from services.archive.domain.store_probe import store_probe
from services.archive.process_manager import REACTS, react
from services.archive.projections import PROJECTS, project
from shared.contracts.replayed.archive import ReplayCompared
from shared.replayed.room import replaying
from shared.room import Room
from shared.settings import Settings
from shared.settings_told import SettingsError

ROOM = replaying(
    Room(
        name="archive",
        categories={"cyclefile": cycle_file, "store": store_probe, "certificate": certificate},
        reacts=REACTS,
        react=react,
        project=project,
        projects=PROJECTS,
        metadata=tables.metadata,
    ),
    ReplayCompared,
)


def signer(settings: Settings) -> Signer:
    """The key that signs checkpoints, under the origin of this region's log.
    Raises SettingsError for a key that is none.
    """
    try:
        seed = base64.b64decode(settings.checkpoint_key, validate=True)
    except ValueError:
        seed = b""
    if len(seed) != 32:
        raise SettingsError(
            "JEJAK_CHECKPOINT_KEY must be 32 bytes in base64, an Ed25519 seed; "
            "make one with `openssl rand -base64 32`."
        )
    return Signer(f"jejak.id/{settings.region}", seed)
