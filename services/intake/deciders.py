"""The rules of intake by the category of their streams.

Serves every SOP step. Previous hop: `bootstrap.py`. Next hop: `command_handler`, which asks the one of a
stream.
"""

from collections.abc import Mapping
from typing import Any

from services.intake.domain.account import account
from services.intake.domain.agency import agency
from services.intake.domain.cycle import cycle
from services.intake.domain.entering.login import login
from services.intake.domain.entering.token import token
from services.intake.domain.finding import finding
from services.intake.domain.people import people
from services.intake.domain.rules import rules
from services.intake.domain.settings import settings
from services.intake.domain.step import step
from services.intake.domain.submission import submission
from shared.eventsourcing.commands.decider import Decider

DECIDERS: Mapping[str, Decider[Any, Any, Any]] = {
    "cycle": cycle,
    "step": step,
    "submission": submission,
    "agency": agency,
    "settings": settings,
    "people": people,
    "login": login,
    "account": account,
    "token": token,
    "rules": rules,
    "finding": finding,
}
