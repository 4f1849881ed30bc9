"""Rules of the replay certificate: one at a time, each service answers once, and none is issued before all
have.
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.archive.domain.certificate import (
    AskForCertificate,
    GiveUpCertificate,
    IssueCertificate,
    ScheduleCertificate,
    TakeStatement,
    certificate,
)
from services.archive.process_manager import react
from shared.contracts.replayed import intake
from shared.contracts.replayed.certificate import (
    CertificateAsked,
    CertificateGivenUp,
    CertificateIssued,
    StatementTaken,
)
from shared.contracts.replayed.statement import Differing, TableReplayed, Verdict, verdict
from shared.contracts.values import StoredFile
from shared.replayed.decider import RecordReplay, deciding, stream
from shared.service_names import SERVICES
from tests.support.events import recorded
from tests.support.given_when_then import Given

DAY = date(2026, 11, 27)
ASK = AskForCertificate(by="ina", reason="Pemeriksaan tahunan", occurred_on=DAY)
ASKED = CertificateAsked(certificate=1, by="ina", reason="Pemeriksaan tahunan", occurred_on=DAY)
GIVE_UP = GiveUpCertificate(certificate=1, by="ina", reason="documents sedang pindah", occurred_on=DAY)
GIVEN_UP = CertificateGivenUp(certificate=1, by="ina", reason="documents sedang pindah", occurred_on=DAY)
FILE = StoredFile(digest="a" * 64, name="sertifikat-1.txt", media_type="text/plain", size=820)
LOCK: dict[str, Any] = {
    "object_key": f"sha256/{'a' * 64}",
    "object_version": "v1",
    "mode": "compliance",
    "retain_until": datetime(2033, 11, 27, tzinfo=UTC),
    "lock_enforced": True,
}
ISSUE = IssueCertificate(certificate=1, checkpoint_size=40, file=FILE, **LOCK)
FOUND = RecordReplay(
    certificate=1,
    software="0.1.0",
    events=40,
    tables=(TableReplayed(table="cycle", live=1, rebuilt=1),),
    differences=(),
    differing=0,
    not_compared=(),
)


def given(*history: object) -> Given:
    return Given(certificate, history)


def answered(*verdicts: Verdict) -> list[StatementTaken]:
    """The first of the services, each with its verdict."""
    return [
        StatementTaken(certificate=1, answered_by=service, verdict=said)
        for service, said in zip(SERVICES, verdicts, strict=False)
    ]


ALL = answered(*["identical"] * 4)
ISSUED = CertificateIssued(certificate=1, verdict="identical", checkpoint_size=40, file=FILE, **LOCK)


def test_it_is_asked_for_with_a_reason_and_has_the_next_number() -> None:
    given().when(ASK).then(ASKED)
    given(ASKED, *ALL, ISSUED).when(ASK).then(replace(ASKED, certificate=2))
    given(ASKED, GIVEN_UP).when(ASK).then(replace(ASKED, certificate=2))
    given().when(replace(ASK, reason=" \n")).refused("reason-missing", field="reason")


def test_one_is_open_at_a_time() -> None:
    given(ASKED).when(ASK).refused("certificate-open", certificate=1)
    given(ASKED, *ALL).when(ASK).refused("certificate-open", certificate=1)


def test_the_schedule_asks_once_and_gives_way_to_a_person() -> None:
    schedule = ScheduleCertificate(after=0, reason="jadwal", occurred_on=DAY)
    by_itself = CertificateAsked(certificate=1, by=None, reason="jadwal", occurred_on=DAY)
    given().when(schedule).then(by_itself)
    given(by_itself).when(schedule).then()
    given(by_itself, *ALL, ISSUED).when(schedule).then()
    given(by_itself, *ALL, ISSUED).when(replace(schedule, after=1)).then(replace(by_itself, certificate=2))


def test_each_service_answers_once_and_only_the_certificate_that_waits() -> None:
    take = TakeStatement(certificate=1, answered_by="intake", verdict="differs")
    given(ASKED).when(take).then(StatementTaken(certificate=1, answered_by="intake", verdict="differs"))
    given(ASKED, *answered("identical")).when(take).then()
    given(ASKED, GIVEN_UP).when(take).then()
    given(ASKED, GIVEN_UP, replace(ASKED, certificate=2)).when(take).then()


@pytest.mark.parametrize(
    ("verdicts", "together"),
    [
        (("identical", "identical", "identical", "identical"), "identical"),
        (("identical", "differs", "identical", "identical"), "differs"),
        (("incomplete", "identical", "identical", "identical"), "incomplete"),
        (("incomplete", "identical", "identical", "differs"), "differs"),
    ],
)
def test_it_is_issued_when_all_have_answered_and_says_the_worst_of_them(
    verdicts: tuple[Verdict, ...], together: Verdict
) -> None:
    given(ASKED, *answered(*verdicts)).when(ISSUE).then(replace(ISSUED, verdict=together))
    given(ASKED, *answered(*verdicts)[:3]).when(ISSUE).refused("certificate-unanswered", services="archive")


def test_what_is_over_is_over() -> None:
    for over in (GIVEN_UP, ISSUED):
        given(ASKED, *ALL, over).when(ISSUE).refused("certificate-over", certificate=1)
        given(ASKED, *ALL, over).when(GIVE_UP).refused("certificate-over", certificate=1)
    given().when(GIVE_UP).refused("certificate-over", certificate=1)


def test_it_is_given_up_with_a_reason() -> None:
    given(ASKED, *answered("identical")).when(GIVE_UP).then(GIVEN_UP)
    given(ASKED).when(replace(GIVE_UP, reason="")).refused("reason-missing", field="reason")


def test_a_service_says_what_it_found_once() -> None:
    rule = deciding(intake.ReplayCompared)
    (said,) = rule.decide(FOUND, rule.initial)
    assert type(said) is intake.ReplayCompared
    Given(rule, [said]).when(replace(FOUND, events=41)).then()


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (FOUND, "identical"),
        (replace(FOUND, differing=1, differences=(Differing(kind="content"),)), "differs"),
        (
            replace(FOUND, tables=(TableReplayed(table="c", live=1, rebuilt=1, differing=("[1]",)),)),
            "differs",
        ),
        (replace(FOUND, not_compared=("the store",)), "incomplete"),
        (replace(FOUND, differing=1, not_compared=("the store",)), "differs"),
    ],
)
def test_what_a_service_found_is_taken_for_the_certificate(found: RecordReplay, said: Verdict) -> None:
    assert verdict(found) == said
    (event,) = deciding(intake.ReplayCompared).decide(found, deciding(intake.ReplayCompared).initial)
    (order,) = react(recorded(event, stream(1), 1))
    assert (order.stream, order.command) == (
        "certificate-replay",
        TakeStatement(certificate=1, answered_by="intake", verdict=said),
    )
