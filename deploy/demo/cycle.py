"""One whole SPM cycle through the public API, as the five roles of the SOP:
what `jejak play` and the demonstration do.

Every act goes through the front door as the person whose office it is; nothing is written to a database.
Each step is reported when intake shows it as done, so that a step that only seems to be done stops the play.
"""

from pathlib import Path

from deploy.demo import acts
from deploy.demo.caller import PATIENCE_S
from deploy.demo.days import Days, last_cycle
from deploy.demo.stage import Play, Say
from shared.clock import today


def play_cycle(
    address: str,
    say: Say,
    *,
    patience: float = PATIENCE_S,
    days: Days | None = None,
    authority: Path | None = None,
) -> str:
    """Plays all steps; answers the cycle's id. `authority` vouches for the front door where nobody else does.
    Raises Unexpected at the first thing that does not go as the SOP says.
    """
    play = Play(address, days or last_cycle(today()), say, patience=patience, authority=authority)
    try:
        acts.open_cycle(play)
        for key, act in acts.STEPS.items():
            play.step_started(key)
            act(play)
            play.step_done(key)
    finally:
        play.close()
    return play.cycle
