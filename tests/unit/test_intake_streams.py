"""Names of intake's streams: what is built is read back,
and is what histories have said since the first version.
"""

from services.intake import streams
from shared.sop.definition import CURRENT, sops

CYCLE, CASE = "3402-2026", "3402-2026-dinas_kesehatan-tahunan"


def test_streams_are_called_as_they_always_were() -> None:
    first, last = sops()[CURRENT].steps[0], sops()[CURRENT].steps[-1]
    assert (streams.step(CYCLE, first), streams.step(CYCLE, last)) == (
        "step-3402-2026-01",
        "step-3402-2026-13",
    )
    assert streams.cycle(CYCLE) == "cycle-3402-2026"
    assert streams.submission(CASE) == "submission-3402-2026-dinas_kesehatan-tahunan"
    assert (streams.agency("3402", "dinkes", "3402"), streams.calendar("3402", "3402")) == (
        "agency-dinkes",
        "settings-calendar",
    )
    assert (streams.agency("3471", "dinkes", "3402"), streams.calendar("3471", "3402")) == (
        "agency-3471-dinkes",
        "settings-3471-calendar",
    )


def test_what_is_built_is_read_back() -> None:
    assert streams.yearly_case(CYCLE, "dinas_kesehatan") == CASE
    assert streams.case_of(streams.submission(CASE)) == CASE
    assert (streams.cycle_of(CASE), streams.agency_of(CASE)) == (CYCLE, "dinas_kesehatan")
    assert (streams.year_of(CYCLE), streams.year_of(CASE)) == (2026, 2026)
    assert streams.year_before(CASE) == "3402-2025-dinas_kesehatan-tahunan"


def test_streams_of_others_are_told_apart() -> None:
    assert streams.kind_of("document-3402-2026-sk_tim") == "sk_tim"
    assert streams.is_endorsement("endorsement-3402-2026")
    assert not streams.is_endorsement("submission-3402-2026-dinkes-tahunan")
