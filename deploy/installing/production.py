"""What `jejak up` does not do in production, whatever it is asked for: each refused with a sentence.

The services refuse the development login themselves; the rest is not theirs to know.
"""

from collections.abc import Mapping
from os import environ

from deploy.front_door import settings as door_settings
from deploy.local.wanted import PartsChoice
from deploy.messages import CannotStart


def parts_of(choice: PartsChoice) -> PartsChoice:
    """Real parts or none: a broker that forgets is no guess to be made for an office."""
    if choice == "embedded":
        raise CannotStart("production-embedded")
    return "real"


def look(*, fresh: bool, environment: Mapping[str, str] = environ) -> None:
    """Raises CannotStart for what would lose an office's data or show its sessions to the network."""
    if fresh:
        raise CannotStart("production-fresh")
    if door_settings.read(environment).tls == "off":
        raise CannotStart("production-without-tls")
