"""The names of verification's own streams, and of the submissions that they are about:
built and read here only.

SOP steps 8 and 10. Used by the process manager, by what builds commands, and by what asks the read models.
A case is cycle, agency and period: 3402-2026-dinkes-tahunan.
"""


def verification(case: str) -> str:
    """verification-3402-2026-dinkes-tahunan: the checking of a case."""
    return f"verification-{case}"


def assignment(case: str) -> str:
    """assignment-3402-2026-dinkes-tahunan: who of Tim SPM looks after a case."""
    return f"assignment-{case}"


def round_of(cycle: str) -> str:
    """round-3402-2026: which approvals a cycle has, of those that it needs."""
    return f"round-{cycle}"


def endorsement(cycle: str) -> str:
    """endorsement-3402-2026: the endorsement of a cycle's report."""
    return f"endorsement-{cycle}"


def submission(case: str) -> str:
    """3402-2026-dinkes-tahunan → submission-3402-2026-dinkes-tahunan, of intake."""
    return f"submission-{case}"


def case_of(stream: str) -> str:
    """submission-3402-2026-dinkes-tahunan → 3402-2026-dinkes-tahunan."""
    return stream.partition("-")[2]


def agency_of(case: str) -> str:
    """3402-2026-dinkes-tahunan → dinkes."""
    return case.split("-")[2]


def submission_beside(submission: str, agency: str) -> str:
    """submission-3402-2026-dinkes-tahunan, dinsos → submission-3402-2026-dinsos-tahunan."""
    region, year, _, period = case_of(submission).split("-", 3)
    return f"submission-{region}-{year}-{agency}-{period}"


def cycle_of(case: str) -> str:
    """3402-2026-dinkes-tahunan → 3402-2026."""
    return "-".join(case.split("-")[:2])


def region_of(cycle: str) -> str:
    """3402-2026 → 3402."""
    return cycle.partition("-")[0]


def year_before(cycle: str) -> str:
    """3402-2026 → 3402-2025: the cycle of the year before."""
    region, _, year = cycle.rpartition("-")
    return f"{region}-{int(year) - 1}"
