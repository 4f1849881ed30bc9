"""One check of the lock, and the shape that most of them have:
a version under protection, an attack, and the version must stand.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tests.object_lock.ground import Broken, Ground, NoGround, Version, expect
from tests.object_lock.wire import Reply, ServerBroke

Verdict = Literal["kept", "broken", "no ground"]


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


def judge(check: Check, ground: Ground) -> tuple[Verdict, str]:
    """Make one check. `no ground` means that preparing it failed or the server broke:
    the check says nothing about the lock then.
    """
    try:
        check.run(ground)
    except Broken as broken:
        return "broken", str(broken)
    except (NoGround, ServerBroke) as trouble:
        return "no ground", str(trouble)
    return "kept", ""
