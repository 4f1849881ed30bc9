"""Rules R01 to R15 over figures: what each finds, at which level, and where it is silent."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.demo import data
from shared.contracts.values import AttachedEvidence, Figure, QualityItem, StoredFile
from shared.spm.catalogue import current
from shared.spm.meaning.grounds import NO_GROUNDS, Grounds, Submitted
from shared.spm.meaning.judging import asking, judged, stopping
from shared.spm.meaning.thresholds import BOUNDS, Thresholds
from shared.web.words.finding_words import sentence_of
from shared.web.words.i18n import language

ROOT = Path(__file__).parents[2]
ODGJ, HAMIL, BERSALIN, BAYI = "kes.odgj_berat", "kes.ibu_hamil", "kes.ibu_bersalin", "kes.bayi_baru_lahir"
FILE = StoredFile(digest="a" * 64, name="rekap.pdf", media_type="application/pdf", size=9)


def good(service: str = ODGJ, **said: object) -> Figure:
    quality = {item.id: QualityItem(required=9, fulfilled=8) for item in current().services[service].quality}
    whole = Figure(served=225, entitled=226, budget=1000, realised=900, quality=quality)
    return replace(whole, **said)


def set_to(percent: int) -> Thresholds:
    """The threshold of what changed since last year."""
    return Thresholds(1, {**Thresholds().numbers, "entitled": percent})


OTHER = replace(FILE, digest="b" * 64)


def shown_by(*services: str) -> AttachedEvidence:
    return AttachedEvidence(file=FILE, services=services)


def found(
    figures: Mapping[str, Figure], grounds: Grounds = NO_GROUNDS, *evidence: AttachedEvidence
) -> list[tuple[str, str, str, str]]:
    files = evidence or tuple(
        replace(shown_by(name), file=replace(FILE, digest=f"{place:064x}"))
        for place, name in enumerate(figures)
    )
    submitted = Submitted(current(), figures, files)
    return [(one.service, one.rule, one.level, one.field) for one in judged(submitted, grounds)]


def last_year(**said: object) -> Grounds:
    return Grounds(last_year={ODGJ: good(**said)})


@pytest.mark.parametrize(
    ("figure", "grounds", "expected"),
    [
        pytest.param(good(), NO_GROUNDS, [], id="nothing is found in a good figure"),
        pytest.param(good(served=None), NO_GROUNDS, [("R01", "block", "served")], id="R01 blank"),
        pytest.param(good(budget=None), NO_GROUNDS, [("R01", "warn", "budget")], id="R01 blank budget"),
        pytest.param(good(realised=None), NO_GROUNDS, [("R01", "warn", "realised")], id="R01 blank spending"),
        pytest.param(good(quality={}), NO_GROUNDS, [("R01", "warn", "quality")], id="R01 blank quality"),
        pytest.param(good(served=227), NO_GROUNDS, [("R02", "block", "served")], id="R02"),
        pytest.param(
            good(served=0, entitled=0, budget=0, realised=0),
            NO_GROUNDS,
            [("R03", "block", "entitled")],
            id="R03",
        ),
        pytest.param(good(realised=1001), NO_GROUNDS, [("R05", "warn", "realised")], id="R05 a little more"),
        pytest.param(good(realised=1100), NO_GROUNDS, [("R05", "warn", "realised")], id="R05 at the bound"),
        pytest.param(good(realised=1101), NO_GROUNDS, [("R05", "block", "realised")], id="R05 far more"),
        pytest.param(good(realised=180_000_000), NO_GROUNDS, [("R05", "block", "realised")], id="far beyond"),
        pytest.param(
            good(budget=0, realised=1),
            NO_GROUNDS,
            [("R05", "block", "realised"), ("R06", "warn", "budget")],
            id="R05 of nothing",
        ),
        pytest.param(good(budget=0, realised=0), NO_GROUNDS, [("R06", "warn", "budget")], id="R06 no budget"),
        pytest.param(good(served=0), NO_GROUNDS, [("R06", "warn", "served")], id="R06 nobody served"),
        pytest.param(good(), Grounds(earlier={ODGJ: good()}), [], id="R08 the same"),
        pytest.param(
            good(),
            Grounds(earlier={ODGJ: good(served=226, realised=901, entitled=227)}),
            [("R08", "warn", "served"), ("R08", "warn", "realised"), ("R08", "warn", "entitled")],
            id="R08",
        ),
        pytest.param(good(), last_year(entitled=226), [], id="R09 the same"),
        pytest.param(good(served=110, entitled=110), last_year(served=100, entitled=100), [], id="R09 near"),
        pytest.param(good(served=120, entitled=120), last_year(served=100, entitled=100), [], id="R09 at it"),
        pytest.param(
            good(served=4264, entitled=4264),
            last_year(served=225, entitled=225),
            [("R09", "warn", "entitled")],
            id="R09: 225 to 4,264",
        ),
        pytest.param(
            good(served=84, entitled=100),
            last_year(served=100, entitled=100),
            [("R09", "warn", "capaian")],
            id="R09 of the achievement",
        ),
        pytest.param(
            good(served=85, entitled=100), last_year(served=100, entitled=100), [], id="R09 at 15 points"
        ),
        pytest.param(good(), last_year(entitled=None), [], id="R09 needs a figure of last year"),
        pytest.param(good(), Grounds(populations={ODGJ: 230}), [], id="R10 near"),
        pytest.param(good(), Grounds(populations={ODGJ: 300}), [("R10", "warn", "entitled")], id="R10"),
        pytest.param(
            good(quality={**good().quality, "dokter": QualityItem(required=1, fulfilled=2)}),
            NO_GROUNDS,
            [("R12", "warn", "quality.dokter")],
            id="R12",
        ),
    ],
)
def test_what_a_rule_finds_in_one_figure(
    figure: Figure, grounds: Grounds, expected: list[tuple[str, str, str]]
) -> None:
    if any(rule == "R12" for rule, _level, _field in expected):
        items = {item.id for item in current().services[ODGJ].quality}
        item = min(items)
        figure = good(quality={**good().quality, item: QualityItem(required=1, fulfilled=2)})
        expected = [("R12", "warn", f"quality.{item}")]
    assert found({ODGJ: figure}, grounds) == [(ODGJ, *one) for one in expected]


def test_a_threshold_moves_where_a_rule_begins() -> None:
    loose = Grounds(thresholds=set_to(100), last_year={ODGJ: good(entitled=300)})
    strict = Grounds(thresholds=set_to(1), last_year={ODGJ: good(entitled=230)})
    assert [one[3] for one in found({ODGJ: good()}, loose)] == ["capaian"]
    assert [one[3] for one in found({ODGJ: good()}, strict)] == ["entitled"]
    assert all(bounds.least <= bounds.proposal <= bounds.most for bounds in BOUNDS.values())


def test_a_figure_without_evidence_is_found_and_stops_the_approval_only() -> None:
    submitted = Submitted(current(), {ODGJ: good()})
    (finding,) = judged(submitted, NO_GROUNDS)
    assert (finding.rule, finding.level, finding.field) == ("R07", "block", "evidence")
    assert list(stopping([finding])) == list(asking([finding])) == []


def test_births_agree_with_each_other() -> None:
    births = {HAMIL: good(HAMIL), BERSALIN: good(BERSALIN), BAYI: good(BAYI)}
    assert found(births) == []
    more = births | {BERSALIN: good(BERSALIN, entitled=227)}
    assert found(more) == [(BERSALIN, "R11", "warn", "entitled")]
    fewer = births | {BAYI: good(BAYI, served=200, entitled=200)}
    assert found(fewer) == [(BAYI, "R11", "warn", "entitled")]
    blank = births | {BERSALIN: good(BERSALIN, entitled=None)}
    assert found(blank) == [(BERSALIN, "R01", "block", "entitled")]


def test_who_is_warned_is_who_is_trained() -> None:
    info, trained = "trantib.info_bencana", "trantib.siaga_bencana"
    assert found({info: good(info), trained: good(trained)}) == []
    assert found({info: good(info), trained: good(trained, entitled=300)}) == [
        (trained, "R11", "warn", "entitled")
    ]


def test_figures_that_copy_the_target_are_told() -> None:
    full = {name: good(name, served=226) for name in (HAMIL, BERSALIN)}
    assert found(full) == [(HAMIL, "R14", "inform", "served")]
    assert found({HAMIL: full[HAMIL]}) == []


def test_evidence_of_last_year_or_of_several_services_is_told() -> None:
    same = Grounds(files_before=("a" * 64,))
    assert found({ODGJ: good()}, same, shown_by(ODGJ)) == [(ODGJ, "R15", "warn", "evidence")]
    both = found({ODGJ: good(), HAMIL: good(HAMIL)}, NO_GROUNDS, shown_by(ODGJ, HAMIL))
    assert both == [(HAMIL, "R15", "inform", "evidence")], "told once, at the first of its services"
    figures = {ODGJ: good(), HAMIL: good(HAMIL)}
    (told,) = judged(Submitted(current(), figures, [shown_by(ODGJ, HAMIL)]), NO_GROUNDS)
    assert all(current().services[name].name in told.text for name in (ODGJ, HAMIL))
    all_of_it = {name: good(name) for name in current().services if name.startswith("kes.")}
    once = found(all_of_it, same, shown_by(*all_of_it))
    assert once == [(HAMIL, "R15", "warn", "evidence")], "a file of twelve services asks for one word"
    beside = found(
        {ODGJ: good(), HAMIL: good(HAMIL)}, same, shown_by(ODGJ, HAMIL), replace(shown_by(HAMIL), file=OTHER)
    )
    assert [one[:2] for one in beside if one[2] == "warn"] == [(HAMIL, "R15")]


def test_nihil_and_not_yet_are_asked_nothing_about_numbers() -> None:
    nihil = Figure(answer="nihil", reason="tidak ada bencana")
    assert found({"sos.bencana": nihil}) == []
    assert found({"sos.bencana": replace(nihil, answer="not_yet")}) == []


def test_the_published_table_of_gorontalo_asks_nothing_that_it_answers() -> None:
    """Births and pregnancies have one denominator there; four services are at the target, not all."""
    figures = {name: figure for name, figure in data.figures().items() if name.startswith("kes.")}
    assert len(figures) == 12
    assert found(figures) == []
    wrong = figures | {ODGJ: replace(figures[ODGJ], served=4264, entitled=4264)}
    asked = found(wrong, Grounds(last_year=figures))
    assert asked == [(ODGJ, "R09", "warn", "entitled")]


def test_a_sentence_reads_in_both_languages_with_its_figures() -> None:
    (finding,) = judged(
        Submitted(current(), {ODGJ: good(served=4264, entitled=4264)}, [shown_by(ODGJ)]),
        last_year(served=225, entitled=225),
    )
    assert sentence_of(finding) == "Berhak 4.264, tahun lalu 225: berubah lebih dari 20 %."
    english = language.set("en")
    try:
        assert sentence_of(finding) == "Entitled 4,264, last year 225: changed by more than 20 %."
    finally:
        language.reset(english)


ROW = re.compile(r"^\| (R\d\d) \| [^|]+ \| ([^|]+) \| ([^|]+) \|", re.MULTILINE)
LEVELS = {"B": "block", "W": "warn", "I": "inform"}


def test_the_page_of_rules_says_of_all_twenty_where_they_stand() -> None:
    rows = ROW.findall((ROOT / "docs/rules.md").read_text(encoding="utf-8"))
    assert [rule for rule, _level, _where in rows] == [f"R{number:02}" for number in range(1, 21)]
    for rule, levels, where in rows:
        for place in re.findall(r"`([a-z_/]+\.(?:py|toml))`", where):
            text = (ROOT / place).read_text(encoding="utf-8")
            assert rule in text, f"{place} does not speak of {rule}"
        if "shared/spm/" in where and "index" not in where:
            files = re.findall(r"`(shared/[a-z_/]+\.py)`", where)
            text = " ".join((ROOT / file).read_text(encoding="utf-8") for file in files)
            for letter in re.findall(r"\b[BWI]\b", levels):
                assert f'"{LEVELS[letter]}"' in text, f"{rule} has no level {letter} in {files}"
