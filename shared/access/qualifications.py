"""What schooling the SOP asks of who holds a role. Source: SOP 04/SOP/2022, "Kualifikasi Pelaksana": Kabag,
Subkoordinator and Tim SPM S1/S2, Unsur OPD S1/S2/D3, Arsiparis D3/S1. It names no other role.
"""

from collections.abc import Mapping

LEVELS = ("", "SMA", "D3", "D4", "S1", "S2", "S3")
"""From none told to the highest."""
ASKED: Mapping[str, str] = {
    "kabag": "S1",
    "subkoordinator": "S1",
    "unsur_opd": "D3",
    "tim_spm": "S1",
    "arsiparis": "D3",
}


def lacking(role: str, qualification: str) -> str:
    """The least that the SOP asks of this role where the qualification is less, or none is known; else
    nothing. It is said, and keeps nobody from an office.
    """
    asked = ASKED.get(role, "")
    known = LEVELS.index(qualification) if qualification in LEVELS else 0
    return asked if asked and known < LEVELS.index(asked) else ""
