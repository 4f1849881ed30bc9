"""The names of intake's streams and cases: built and read here only,
so that nobody else knows how they are put together.

Serves every SOP step. Previous hop: routes, orders, the process manager. Next hop: `command_handler`, as the
stream of an order. A case is what an address names: the cycle `3402-2026`, the submission
`3402-2026-dinkes-tahunan`.
"""

from shared.contracts.regions import in_stream
from shared.sop.steps import Step

YEARLY = "tahunan"
QUARTERS = ("tw1", "tw2", "tw3", "tw4")
"""As the ministry's application calls them; each counts from the first of January, the year with them."""
SETTINGS = "settings"
"""The case of agencies and calendar, which belong to no cycle."""


def cycle(case: str) -> str:
    return f"cycle-{case}"


def step(cycle: str, step: Step) -> str:
    return f"step-{cycle}-{step.place}"


def submission(case: str) -> str:
    return f"submission-{case}"


def agency(region: str, agency: str, first: str) -> str:
    """agency-3471-dinkes; of the first region of the installation without the region, as it always was."""
    return f"agency-{in_stream(region, first)}{agency}"


def calendar(region: str, first: str) -> str:
    """settings-3471-calendar, as `agency`."""
    return f"settings-{in_stream(region, first)}calendar"


def finding(case: str) -> str:
    return f"finding-{case}"


def rules(region: str) -> str:
    return f"rules-{region}"


def people(region: str) -> str:
    return f"people-{region}"


def login(login: str) -> str:
    return f"login-{login}"


def account(person: str) -> str:
    return f"account-{person}"


def token(token: str) -> str:
    return f"token-{token}"


def yearly_case(cycle: str, agency: str) -> str:
    """The yearly submission of an agency."""
    return f"{cycle}-{agency}-{YEARLY}"


def case_of(stream: str) -> str:
    """submission-3402-2026-dinkes-tahunan → 3402-2026-dinkes-tahunan."""
    return stream.partition("-")[2]


def cycle_of(case: str) -> str:
    return "-".join(case.split("-")[:2])


def region_of(case: str) -> str:
    return case.split("-", maxsplit=1)[0]


def year_of(case: str) -> int:
    return int(case.split("-")[1])


def verification_of(case: str) -> str:
    """The stream of verification in which this submission is checked."""
    return f"verification-{case}"


def agency_of(case: str) -> str:
    return case.split("-")[2]


def period_of(case: str) -> str:
    return case.rpartition("-")[2]


def year_before(case: str) -> str:
    """The same submission a year earlier."""
    region, year, rest = case.split("-", 2)
    return f"{region}-{int(year) - 1}-{rest}"


def quarters_before(submission: str) -> list[str]:
    """The same submission (case or stream) of each quarter that ends before its period does, in order."""
    rest, _dash, period = submission.rpartition("-")
    ended = QUARTERS[: QUARTERS.index(period)] if period in QUARTERS else QUARTERS
    return [f"{rest}-{quarter}" for quarter in ended] if period in (*QUARTERS, YEARLY) else []


def cycle_before(cycle: str) -> str:
    """3402-2026 → 3402-2025."""
    return f"{region_of(cycle)}-{year_of(cycle) - 1}"


def kind_of(document: str) -> str:
    """document-3402-2026-sk_tim → sk_tim: a stream of documents, as its events tell it."""
    return document.rpartition("-")[2]


def is_endorsement(stream: str) -> bool:
    """Whether a stream of verification is that of an endorsement."""
    return stream.startswith("endorsement-")
