"""What a store must and should do before Jejak calls it WORM:
28 and 11 checks, each with a name and a sentence.

The names are stable and appear in test ids. `lock_must.py` and `lock_should.py` hold the checks,
`lax_store.py` a double at which every one of them fails.
"""

from collections.abc import Sequence
from typing import Literal

from tests.support import lock_must, lock_should
from tests.support.lock_check import Check
from tests.support.lock_ground import Broken, Ground, NoGround
from tests.support.s3_wire import ServerBroke

MUST: Sequence[Check] = lock_must.CHECKS
SHOULD: Sequence[Check] = lock_should.CHECKS

Verdict = Literal["kept", "broken", "no ground"]


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
