"""R08 and R11 on both sides of each boundary: what a quarter may not take back, and services that count the
same people, of one agency and of several.
"""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from services.intake import streams
from services.intake.findings.beside import earlier, neighbours
from shared.contracts.values import Figure
from shared.spm.catalogue import current
from shared.spm.meaning.grounds import Grounds, Neighbour, Submitted
from shared.spm.meaning.judging import judged
from shared.spm.meaning.neighbours import NEIGHBOURS, PAIRS
from shared.spm.meaning.thresholds import Thresholds
from shared.spm.rules import Finding
from shared.web.words.finding_words import sentence_of, whole_sentence_of
from shared.web.words.i18n import language

HAMIL, BERSALIN, BAYI = "kes.ibu_hamil", "kes.ibu_bersalin", "kes.bayi_baru_lahir"
WARNED, TRAINED = "trantib.info_bencana", "trantib.siaga_bencana"
DIKDAS, SCHOOL = "kes.usia_dikdas", "pend.dasar"
WATER, DRAIN = "pu.air_minum", "pu.air_limbah"
EDGES = [
    (BERSALIN, 1000, HAMIL, 1000, True),
    (BERSALIN, 1001, HAMIL, 1000, False),
    (BAYI, 1050, BERSALIN, 1000, True),
    (BAYI, 1051, BERSALIN, 1000, False),
    (BAYI, 950, BERSALIN, 1000, True),
    (BAYI, 949, BERSALIN, 1000, False),
    (TRAINED, 1000, WARNED, 1000, True),
    (TRAINED, 1001, WARNED, 1000, False),
    (TRAINED, 999, WARNED, 1000, False),
    (DIKDAS, 1000, SCHOOL, 1000, True),
    (DIKDAS, 1001, SCHOOL, 1000, False),
    (DRAIN, 1000, WATER, 1000, True),
    (DRAIN, 1000, WATER, 1001, False),
]
THEIRS = 918_273


def figure(entitled: int | None, **said: object) -> Figure:
    return replace(Figure(served=1, entitled=entitled, budget=9, realised=9), **said)


def asked(rule: str, figures: Mapping[str, Figure], **grounds: object) -> list[Finding]:
    found = judged(Submitted(current(), figures), Grounds(**grounds))
    return [one for one in found if one.rule == rule]


def beside(service: str, entitled: int | None, **said: object) -> Mapping[str, Neighbour]:
    return {service: Neighbour("rsud", "RSUD Panembahan", figure(entitled, **said))}


def test_the_table_of_edges_holds_every_pair() -> None:
    assert {(first, second) for first, _n, second, _m, _ok in EDGES} == {
        (one.first, one.second) for one in PAIRS
    }
    assert set(NEIGHBOURS) <= current().services.keys()


@pytest.mark.parametrize(("first", "n", "second", "m", "agree"), EDGES)
def test_services_of_one_agency_agree_up_to_the_boundary(
    first: str, n: int, second: str, m: int, *, agree: bool
) -> None:
    found = asked("R11", {first: figure(n), second: figure(m)})
    assert [(one.service, one.level, one.field) for one in found] == (
        [] if agree else [(first, "warn", "entitled")]
    )
    for one in found:
        assert {str(n), str(m)} <= set(one.said.values()), "the sentence names both figures"


@pytest.mark.parametrize(("first", "n", "second", "m", "agree"), EDGES)
@pytest.mark.parametrize("own_is_first", [True, False])
def test_services_of_two_agencies_agree_up_to_the_same_boundary(
    first: str, n: int, second: str, m: int, *, agree: bool, own_is_first: bool
) -> None:
    own, mine, other, theirs = (first, n, second, m) if own_is_first else (second, m, first, n)
    found = asked("R11", {own: figure(mine)}, neighbours=beside(other, theirs))
    assert [(one.service, one.level, one.field) for one in found] == (
        [] if agree else [(own, "warn", "neighbours")]
    )
    for one in found:
        (apart,) = one.elsewhere
        assert (apart.agency, apart.facts["theirs"]) == ("rsud", theirs)
        assert one.said["own"] == str(mine)


def test_what_another_agency_handed_in_is_told_only_to_who_may_see_it() -> None:
    (one,) = asked("R11", {TRAINED: figure(1000)}, neighbours=beside(WARNED, THEIRS))
    name = current().services[WARNED].name
    assert sentence_of(one) == (
        f"Berhak 1.000 tidak cocok dengan yang diserahkan perangkat daerah lain pada {name}."
    )
    assert whole_sentence_of(one) == f"{sentence_of(one)} RSUD Panembahan menyerahkan 918.273 pada {name}."
    english = language.set("en")
    try:
        assert whole_sentence_of(one) == (
            f"Entitled 1,000 does not agree with what another agency handed in for {name}. "
            f"RSUD Panembahan handed in 918,273 for {name}."
        )
    finally:
        language.reset(english)
    for told in (one.text, one.sentence, repr(one.facts), repr(one.said)):
        assert str(THEIRS) not in told


def test_a_service_with_several_neighbours_is_asked_about_once() -> None:
    """One word of the agency answers it; `place_of` knows service, rule and cell."""
    others = {**beside(HAMIL, 100), **beside(BAYI, 100)}
    (one,) = asked("R11", {BERSALIN: figure(1000)}, neighbours=others)
    assert len(one.elsewhere) == 2
    assert all(current().services[name].name in one.said["neighbours"] for name in (HAMIL, BAYI))
    (again,) = asked("R11", {BERSALIN: figure(1000)}, neighbours={**beside(HAMIL, 99), **beside(BAYI, 98)})
    assert again.said == one.said, "what is explained holds for the own figure, whatever the other is"


@pytest.mark.parametrize(
    ("own", "theirs"),
    [
        (figure(None), figure(5)),
        (figure(None, answer="nihil", reason="x"), figure(7)),
        (figure(5), figure(None)),
        (figure(5), figure(7, answer="nihil")),
        (figure(5), figure(7, answer="not_yet")),
    ],
)
def test_a_blank_on_either_side_is_no_ground(own: Figure, theirs: Figure) -> None:
    others = {WARNED: Neighbour("rsud", "RSUD", theirs)}
    assert asked("R11", {TRAINED: own}, neighbours=others) == []


def test_who_answers_for_both_is_not_held_against_another_agency() -> None:
    figures = {TRAINED: figure(1000), WARNED: figure(1000)}
    assert asked("R11", figures, neighbours=beside(WARNED, 5)) == []


def test_the_threshold_of_births_holds_between_agencies_too() -> None:
    loose = Thresholds(1, {**Thresholds().numbers, "births": 50})
    figures, others = {BAYI: figure(1500)}, beside(BERSALIN, 1000)
    assert len(asked("R11", figures, neighbours=others)) == 1
    assert asked("R11", figures, neighbours=others, thresholds=loose) == []


def test_only_what_one_other_agency_handed_in_for_the_period_is_a_neighbour() -> None:
    row = {"agency": "bpbd", "agency_name": "BPBD", "period": "tahunan", "service": WARNED, "version": 3}
    row["figure"] = {"served": 1, "entitled": 7}
    assert neighbours([row], "dinkes", "tahunan")[WARNED].figure.entitled == 7
    assert neighbours([row], "bpbd", "tahunan") == {}, "the own"
    assert neighbours([row], "dinkes", "tw1") == {}, "of another period"
    assert neighbours([row, {**row, "agency": "damkar"}], "dinkes", "tahunan") == {}, "parts of a whole"


@pytest.mark.parametrize(
    ("field", "was", "now", "found"),
    [
        ("served", 100, 100, False),
        ("served", 100, 101, False),
        ("served", 100, 99, True),
        ("realised", 100, 100, False),
        ("realised", 100, 99, True),
        ("entitled", 200, 200, False),
        ("entitled", 200, 201, True),
        ("entitled", 200, 199, True),
        ("served", None, 99, False),
        ("served", 100, None, False),
    ],
)
def test_a_quarter_takes_nothing_back(field: str, was: int | None, now: int | None, *, found: bool) -> None:
    whole = Figure(served=100, entitled=200, budget=300, realised=100)
    before, after = (replace(whole, **{field: number}) for number in (was, now))
    cells = [one.field for one in asked("R08", {HAMIL: after}, earlier={HAMIL: before})]
    assert cells == ([field] if found else [])


@pytest.mark.parametrize(
    ("period", "before"),
    [
        ("tw1", []),
        ("tw2", ["tw1"]),
        ("tw4", ["tw1", "tw2", "tw3"]),
        ("tahunan", ["tw1", "tw2", "tw3", "tw4"]),
        ("semester_1", []),
    ],
)
def test_the_nearest_quarter_before_is_the_ground(period: str, before: list[str]) -> None:
    name = f"submission-3402-2026-dinkes-{period}"
    assert streams.quarters_before(name) == [f"submission-3402-2026-dinkes-{one}" for one in before]
    known = {
        f"submission-3402-2026-dinkes-{one}": {HAMIL: figure(number)}
        for number, one in enumerate(("tw1", "tw2", "tw3", "tw4", "tahunan"), start=1)
    }
    nearest = earlier(known, name)
    assert [one.entitled for one in nearest.values()] == ([len(before)] if before else [])
