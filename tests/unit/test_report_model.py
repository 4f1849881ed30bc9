"""The report as a model (SOP step 9): approved figures in, exact numbers out."""

from dataclasses import replace
from fractions import Fraction

import pytest

from services.documents.domain.report import Approved, Money, Report, ServiceLine, build
from shared.contracts.values import Figure, QualityItem
from shared.eventsourcing.commands.decider import Refused
from shared.spm.catalogue import current
from shared.spm.index import compute
from tests.support.report_figures import BORROWED, SYNTHETIC, approvals, figure_of


def report(**figures: Figure) -> Report:
    named = {service.replace("__", "."): figure for service, figure in figures.items()}
    return build(current(), [approved("submission-a", named)])


def approved(submission: str, figures: dict[str, Figure]) -> Approved:
    return Approved(
        submission=submission,
        agency_name="Dinas",
        revision=1,
        digest=f"digest of {submission}",
        verified_by="rahmat",
        figures=figures,
    )


def line(of: Report, service: str) -> ServiceLine:
    return next(each for part in of.parts for each in part.lines if each.service.id == service)


def test_all_29_services_stand_in_six_parts_in_the_order_of_the_catalogue() -> None:
    parts = build(current(), list(approvals())).parts
    assert [part.urusan.id for part in parts] == [urusan.id for urusan in current().urusan]
    assert [each.service.id for part in parts for each in part.lines] == list(current().services)


def test_the_index_is_that_of_the_one_arithmetic_exact_to_the_fraction() -> None:
    everything = {service: figure for each in approvals() for service, figure in each.figures.items()}
    built, computed = build(current(), list(approvals())), compute(current(), everything)
    assert built.index == computed
    assert {part.urusan.id: part.index for part in built.parts} == computed.urusan


def test_the_report_is_bound_to_the_digest_of_each_approved_submission() -> None:
    built = build(current(), [approved("submission-b", {}), approved("submission-a", {})])
    assert dict(built.basis) == {
        "submission-a": "digest of submission-a",
        "submission-b": "digest of submission-b",
    }


def test_the_order_of_approvals_changes_nothing() -> None:
    assert build(current(), list(approvals())) == build(current(), list(reversed(list(approvals()))))


def test_two_approved_submissions_for_one_service_are_refused_by_name() -> None:
    twice = [
        approved("submission-a", {"sos.anak": Figure()}),
        approved("submission-b", {"sos.anak": Figure()}),
    ]
    with pytest.raises(Refused, match="anak telantar") as refusal:
        build(current(), twice)
    assert refusal.value.code == "service-twice"


def test_a_service_nobody_reported_is_there_and_says_so() -> None:
    blank = line(report(), "sos.anak")
    assert (blank.figure, blank.index.index, blank.mark) == (None, None, "")


def test_counted_are_only_services_that_have_an_index() -> None:
    one = report(
        kes__ibu_hamil=figure_of(current().services["kes.ibu_hamil"]),
        sos__anak=Figure(answer="not_yet", reason="menunggu"),
    )
    assert one.counted == 1


NOBODY = {
    service.replace(".", "__"): Figure(answer="nihil", reason="tidak ada") for service in current().services
}


@pytest.mark.parametrize(
    ("said", "money", "absorption"),
    [
        ({}, Money(None, None, 0), None),
        ({"sos__anak": Figure(budget=100, realised=0)}, Money(100, 0, 0), Fraction(0)),
        ({"sos__anak": Figure(budget=0, realised=0)}, Money(0, 0, 0), None),
        ({"sos__anak": Figure()}, Money(None, None, 1), None),
        ({"sos__anak": Figure(budget=100)}, Money(100, None, 1, of_the_same=False), None),
        (
            {"sos__anak": Figure(budget=100, realised=90), "kes__balita": Figure(budget=50)},
            Money(150, 90, 1, of_the_same=False),
            None,
        ),
        (
            {
                "sos__anak": Figure(budget=100, realised=90),
                "kes__balita": Figure(answer="not_yet", reason="-"),
            },
            Money(100, 90, 1),
            Fraction(9, 10),
        ),
    ],
)
def test_money_is_the_sum_of_what_was_said_and_says_what_was_not(
    said: dict[str, Figure], money: Money, absorption: Fraction | None
) -> None:
    found = report(**(NOBODY | said)).money
    assert found == money
    assert found.absorption == absorption


def test_a_service_nobody_reported_is_missing_in_the_sum() -> None:
    assert report().money == Money(None, None, len(current().services))


def test_a_quality_item_has_a_share_only_where_something_is_required() -> None:
    service = current().services["kes.ibu_hamil"]
    first, second, *_ = service.quality
    items = {first.id: QualityItem(required=4, fulfilled=3), second.id: QualityItem(required=0, fulfilled=0)}
    lines = line(report(kes__ibu_hamil=Figure(quality=items)), service.id).quality
    assert [each.share for each in lines[:3]] == [Fraction(3, 4), None, None]
    assert [each.kind for each in lines] == list(service.quality)


def test_each_origin_has_one_mark_in_the_order_the_report_meets_it() -> None:
    built = build(current(), list(approvals()))
    assert dict(built.origins) == {"a": SYNTHETIC, "b": BORROWED}
    assert line(built, "kes.ibu_hamil").mark == "b"


def test_figures_of_no_named_origin_have_no_mark() -> None:
    built = report(sos__anak=replace(figure_of(current().services["sos.anak"]), origin=""))
    assert (dict(built.origins), line(built, "sos.anak").mark) == ({}, "")


def test_after_z_the_marks_go_on_with_aa() -> None:
    many = {service: Figure(origin=f"sumber {service}") for service in current().services}
    assert list(build(current(), [approved("submission-a", many)]).origins)[25:] == ["z", "aa", "ab", "ac"]
