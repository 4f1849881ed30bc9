"""One check of the lock, and the shape that most of them have:
a version under protection, an attack, and the version must stand.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tests.support.lock_ground import Ground, Version, expect
from tests.support.s3_wire import Reply


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    sentence: str
    run: Callable[[Ground], None]


Attack = Callable[[Ground, Version], Reply]


def withstands(attack: Attack, mode: str = "COMPLIANCE", *, hold: bool = False) -> Callable[[Ground], None]:
    """A version under `mode` (and legal hold) is attacked:
    the answer must be a refusal, and the version must stand as before.
    """

    def run(ground: Ground) -> None:
        version = ground.put(mode, hold=hold)
        reply = attack(ground, version)
        expect(reply.refused, f"the attack was answered with {reply.status}")
        ground.stands(version)

    return run


def refuses(request: Callable[[Ground], Reply]) -> Callable[[Ground], None]:
    """A request that must not be served."""

    def run(ground: Ground) -> None:
        reply = request(ground)
        expect(reply.refused, f"it was answered with {reply.status}")

    return run
