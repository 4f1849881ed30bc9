"""How long the relay waits for company: one event goes at once, many share what a message costs.

An event's way, beside `relay`. Every SOP step.
"""

from typing import Final

AN_EVENT_S: Final = 0.008
LONGEST_S: Final = 0.1


def pause_after(events: int) -> float:
    """How long what is committed next waits (seconds), after so many events went together.

    Up to 125 events a second it shrinks by itself to what one event takes, and they go singly. Above that it
    grows by itself to its longest, and a message carries a tenth of a second's events to every listener.
    """
    return min(LONGEST_S, AN_EVENT_S * events)
