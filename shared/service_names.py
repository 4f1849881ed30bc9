"""The services of Jejak, in the order in which a cycle meets them.
Each is a folder of `services/` and a module of `shared/contracts`.
"""

from typing import Final

SERVICES: Final = ("intake", "verification", "documents", "archive")
