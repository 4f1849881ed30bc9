"""Whatever figures there are, the rules answer; a blank is never taken for a zero, and the same figures are
always judged in the same way.
"""

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.values import AttachedEvidence, Explanation, Figure, QualityItem, StoredFile
from shared.spm.catalogue import current
from shared.spm.meaning.grounds import Grounds, Neighbour, Submitted
from shared.spm.meaning.handed_in import levels_of
from shared.spm.meaning.judging import asking, judged, stopping
from shared.spm.rules import Finding
from shared.web.words.finding_words import sentence_of

SERVICES = sorted(current().services)
AMOUNT = st.none() | st.integers(-(10**15), 10**15) | st.integers(0, 300)
ITEM = st.builds(QualityItem, required=st.integers(-5, 10**9), fulfilled=st.integers(-5, 10**9))
NUMBERS = ("served", "entitled", "budget", "realised")


@st.composite
def figure(draw: st.DrawFn, service: str) -> Figure:
    items = [kind.id for kind in current().services[service].quality]
    return Figure(
        answer=draw(st.sampled_from(("filled", "nihil", "not_yet"))),
        **{name: draw(AMOUNT) for name in NUMBERS},
        quality=draw(st.dictionaries(st.sampled_from(items), ITEM, max_size=4)),
        reason=draw(st.sampled_from(("", "tidak ada bencana"))),
    )


@st.composite
def figures(draw: st.DrawFn) -> dict[str, Figure]:
    return {name: draw(figure(name)) for name in draw(st.sets(st.sampled_from(SERVICES), max_size=6))}


FILES = st.lists(
    st.builds(
        AttachedEvidence,
        file=st.builds(
            StoredFile,
            digest=st.sampled_from(("a" * 64, "b" * 64, "c" * 64)),
            name=st.just("rekap.pdf"),
            media_type=st.just("application/pdf"),
            size=st.just(1),
        ),
        services=st.sets(st.sampled_from(SERVICES)).map(tuple),
    ),
    max_size=3,
)
GROUNDS = st.builds(
    Grounds,
    last_year=figures(),
    earlier=figures(),
    files_before=st.sampled_from(((), ("a" * 64,), ("a" * 64, "b" * 64))),
    populations=st.dictionaries(st.sampled_from(SERVICES), st.integers(1, 10**6), max_size=3),
    neighbours=figures().map(
        lambda handed_in: {name: Neighbour("rsud", "RSUD", one) for name, one in handed_in.items()}
    ),
)


@given(figures(), FILES, GROUNDS)
def test_whatever_is_submitted_is_judged_and_said(
    given_: dict[str, Figure], files: list[AttachedEvidence], grounds: Grounds
) -> None:
    submitted = Submitted(current(), given_, files)
    found = judged(submitted, grounds)
    assert found == judged(submitted, grounds)
    assert {one.service for one in found} <= given_.keys()
    assert all(sentence_of(one) and "{" not in sentence_of(one) for one in found)
    assert not set(map(id, stopping(found))) & set(map(id, asking(found)))


@given(figures(), GROUNDS, st.sampled_from(NUMBERS))
def test_a_cell_that_is_blank_triggers_nothing_but_that_it_is_blank(
    given_: dict[str, Figure], grounds: Grounds, name: str
) -> None:
    """Where zero would be found wanting, a blank says only of itself that it is missing."""
    blank = {service: replace(figure, **{name: None}) for service, figure in given_.items()}
    found = judged(Submitted(current(), blank), grounds)
    assert {one.rule for one in found if one.field == name} <= {"R01", "R14"}


@given(figures(), FILES, GROUNDS)
def test_every_warning_is_explained_at_its_own_place_and_counted_in_the_queue(
    given_: dict[str, Figure], files: list[AttachedEvidence], grounds: Grounds
) -> None:
    """An explanation is kept by service, rule and cell: two warnings at one could never both be explained.
    What is left when nothing stops it is what the queue counts.
    """
    once = list({one.file.digest: one for one in files}.values())
    submitted = Submitted(current(), given_, once)
    found = judged(submitted, grounds)
    said = [explanation(one) for one in asking(found)]
    assert len({(one.service, one.rule, one.field) for one in said}) == len(said)
    mended = set(map(id, stopping(found)))
    left = Counter(one.level for one in found if id(one) not in mended)
    assert levels_of(submitted, said) == {"block": 0, "warn": 0, "inform": 0, **left}


def explanation(one: Finding) -> Explanation:
    named = {name: getattr(one, name) for name in ("service", "rule", "field", "sentence")}
    return Explanation(**named, facts=one.said, text="ya", by="sri")
