"""Rules of services that go over to another agency in a running cycle (SOP step 7, ADR 44)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.intake import process_manager
from services.intake.domain.submission import submission
from services.intake.domain.submission_commands import (
    AttachEvidence,
    HandOverServices,
    OpenSubmission,
    TakeOverServices,
)
from services.intake.domain.submission_state import Filling, Withdrawn
from shared.contracts.handing_over import ServicesHandedOver, ServicesTakenOver
from shared.contracts.intake import EvidenceAttached, SubmissionOpened, SubmissionReopened
from shared.contracts.values import AttachedEvidence, CellAuthor, FileAuthor
from shared.eventsourcing.commands.decider import Refused
from tests.support.events import recorded
from tests.unit.test_submission import (
    ACT,
    ADI,
    ATTACHED,
    COMPLETE,
    ENTERED,
    EVIDENCE,
    FIGURES,
    FILE,
    HAND_IN,
    NIHIL,
    NOTE,
    OPENED,
    REOPENED,
    SERVICES,
    enter,
    given,
    received,
)

ONE, OTHER = SERVICES
DAY = date(2027, 1, 25)
WHY = {"reason": "BPBD dipecah.", "letter": "Perbup 3/2027"}
GIVE = HandOverServices(
    services=(ONE,), taker="damkar", taker_name="Damkar", endorsed=False, by="hesti", occurred_on=DAY, **WHY
)
BOTH = replace(GIVE, services=SERVICES)
OF_OTHERS = replace(OPENED, agency="damkar", agency_name="Damkar", services=("trantib.kebakaran",))


def given_away(history: tuple[Any, ...] = COMPLETE, command: HandOverServices = GIVE) -> ServicesHandedOver:
    (event,) = submission.decide(command, submission.fold(history))
    assert isinstance(event, ServicesHandedOver)
    return event


def arriving(event: ServicesHandedOver) -> TakeOverServices:
    """What the taker is told of an event of the giver."""
    (order,) = process_manager.at_once(recorded(event, "submission-3402-2026-bpbd-tahunan"))
    assert (order.stream, order.case_id) == ("submission-3402-2026-damkar-tahunan", "3402-2026")
    assert isinstance(order.command, TakeOverServices)
    return order.command


def test_a_service_goes_with_all_that_was_entered() -> None:
    event = given_away((*COMPLETE, ADI, received(), REOPENED))
    assert (event.services, event.held) == ((ONE,), (OTHER,))
    assert event.figures == {ONE: ADI.figure}
    assert (event.evidence, event.left, event.fields) == ((EVIDENCE,), (), (NOTE,))
    assert event.attached == (FileAuthor(digest=FILE.digest, by="sri", occurred_on=ACT["occurred_on"]),)
    assert {(author.field, author.by) for author in event.authors} >= {("served", "adi"), ("entitled", "sri")}
    assert event.contributors == ("sri", "adi")


def test_the_giver_is_left_without_it_and_with_all_else() -> None:
    left = submission.fold((*COMPLETE, given_away()))
    assert (left.services, dict(left.figures), left.evidence) == ((OTHER,), {OTHER: NIHIL}, ())
    assert (left.phase, left.contributors) == (Filling(), ("sri", "adi"))
    given(*COMPLETE, given_away()).when(enter(FIGURES[ONE])).refused("service-not-assigned", field="service")


def test_a_file_that_supports_both_stays_and_goes() -> None:
    shared = replace(ATTACHED, evidence=AttachedEvidence(file=FILE, services=SERVICES))
    event = given_away((*COMPLETE, shared))
    assert event.evidence == (EVIDENCE,)
    assert event.left == (AttachedEvidence(file=FILE, services=(OTHER,)),)
    assert submission.fold((*COMPLETE, shared, event)).evidence == event.left


def test_the_taker_has_it_where_it_had_nothing() -> None:
    command = arriving(given_away())
    opened, taken = submission.decide(command, submission.initial)
    assert isinstance(opened, SubmissionOpened)
    assert (opened.agency, opened.agency_name, opened.services) == ("damkar", "Damkar", (ONE,))
    assert isinstance(taken, ServicesTakenOver)
    assert (taken.agency, taken.giver, taken.giver_name, taken.held) == ("damkar", "bpbd", "BPBD", (ONE,))
    has = submission.fold((opened, taken))
    assert (has.services, dict(has.figures), has.evidence) == ((ONE,), {ONE: FIGURES[ONE]}, (EVIDENCE,))
    assert (has.phase, has.contributors) == (Filling(), ("sri", "adi"))
    wrote = has.wrote(ONE, "served")
    assert wrote is not None
    assert (wrote.by, wrote.on) == ("sri", ACT["occurred_on"])


def test_the_taker_keeps_what_it_had() -> None:
    of_taker = replace(
        ATTACHED, agency="damkar", evidence=AttachedEvidence(file=FILE, services=("trantib.kebakaran",))
    )
    history = (OF_OTHERS, replace(of_taker, by="budi"))
    (taken,) = submission.decide(arriving(given_away()), submission.fold(history))
    assert isinstance(taken, ServicesTakenOver)
    assert taken.held == ("trantib.kebakaran", ONE)
    has = submission.fold((*history, taken))
    assert has.evidence == (AttachedEvidence(file=FILE, services=("trantib.kebakaran", ONE)),)
    assert has.contributors == ("budi", "sri", "adi")
    assert has.attached_by[FILE.digest].by == "budi"


def test_a_submission_of_which_nothing_is_left_is_withdrawn_until_something_comes_back() -> None:
    history = (*COMPLETE, received(), REOPENED, given_away((*COMPLETE, received(), REOPENED), BOTH))
    assert submission.fold(history).phase == Withdrawn(last=1)
    for command in (enter(FIGURES[ONE]), HAND_IN, AttachEvidence(evidence=EVIDENCE, **ACT), GIVE):
        given(*history).when(command).refused("submission-withdrawn")
    back = replace(arriving(given_away()), agency="bpbd", giver="damkar", giver_name="Damkar")
    (taken,) = submission.decide(back, submission.fold(history))
    assert submission.fold((*history, taken)).phase == Filling(last=1)


@pytest.mark.parametrize(
    ("history", "change", "code", "field"),
    [
        ((), {}, "submission-not-open", None),
        ((*COMPLETE, received()), {}, "giver-handed-in", None),
        (COMPLETE, {"endorsed": True}, "report-endorsed", None),
        ((*COMPLETE, received()), {"endorsed": True}, "report-endorsed", None),
        (COMPLETE, {"taker": "bpbd"}, "taker-is-giver", "taker"),
        (COMPLETE, {"services": ()}, "services-missing", "services"),
        (COMPLETE, {"services": ("trantib.kebakaran",)}, "service-not-held", "services"),
        ((*COMPLETE, given_away()), {}, "service-not-held", "services"),
        (COMPLETE, {"reason": " "}, "reason-missing", "reason"),
        (COMPLETE, {"letter": " "}, "letter-missing", "letter"),
    ],
)
def test_what_the_giver_refuses(
    history: tuple[Any, ...], change: dict[str, Any], code: str, field: str | None
) -> None:
    given(*history).when(replace(GIVE, **change)).refused(code, field=field)


def test_what_the_taker_refuses() -> None:
    command = arriving(given_away())
    handed_in = replace(received(), agency="damkar", agency_name="Damkar")
    given(OF_OTHERS, handed_in).when(command).refused("taker-handed-in", field="taker", agency="Damkar")
    given(replace(OPENED, agency="damkar")).when(command).refused("service-twice", field="services")


def test_a_service_named_twice_goes_once() -> None:
    assert given_away(COMPLETE, replace(GIVE, services=(ONE, ONE))) == given_away()


def test_nothing_but_a_hand_over_is_decided_with_another_stream() -> None:
    for event in (OPENED, ENTERED, ATTACHED, received(), REOPENED):
        assert list(process_manager.at_once(recorded(event, "submission-3402-2026-bpbd-tahunan"))) == []


def test_the_remarks_go_along_and_the_others_stay() -> None:
    note = replace(NOTE, service=OTHER)
    returned = replace(REOPENED, fields=(NOTE, note))
    history = (*COMPLETE, received(), returned)
    event = given_away(history)
    assert event.fields == (NOTE,)
    assert submission.fold((*history, event)).notes == (note,)
    opened, taken = submission.decide(arriving(event), submission.initial)
    assert submission.fold((opened, taken)).notes == (NOTE,)


def test_events_of_before_the_hand_over_say_whose_a_cell_is() -> None:
    opened, taken = submission.decide(arriving(given_away()), submission.initial)
    assert isinstance(taken, ServicesTakenOver)
    assert CellAuthor(service=ONE, field="served", by="sri", occurred_on=ACT["occurred_on"]) in taken.authors
    again = submission.decide(replace(arriving(given_away()), services=(OTHER,)), submission.initial)
    assert again[0] == replace(opened, services=(OTHER,))


def test_a_hand_over_is_refused_as_a_whole() -> None:
    """The rule of the giver alone would have let it through."""
    event = given_away()
    with pytest.raises(Refused, match="Damkar"):
        submission.decide(
            arriving(event),
            submission.fold((OF_OTHERS, replace(received(), agency="damkar", agency_name="Damkar"))),
        )


def test_opening_again_what_services_came_to_is_no_news() -> None:
    opened, taken = submission.decide(arriving(given_away()), submission.initial)
    given(opened, taken).when(
        OpenSubmission(
            cycle="3402-2026",
            catalogue=1,
            agency="damkar",
            agency_name="Damkar",
            period="tahunan",
            services=(ONE,),
            occurred_on=DAY,
        )
    ).then()


def test_unrelated_events_are_not_lost_on_the_way() -> None:
    """What was attached for the service that stays, and taken back before, is nobody else's."""
    stays = EvidenceAttached(
        cycle="3402-2026",
        agency="bpbd",
        period="tahunan",
        evidence=AttachedEvidence(file=replace(FILE, digest="b" * 64), services=(OTHER,)),
        **ACT,
    )
    event = given_away((*COMPLETE, stays))
    left = submission.fold((*COMPLETE, stays, event))
    assert left.evidence == (stays.evidence,)
    assert set(left.attached_by) == {"b" * 64}
    reopened = SubmissionReopened(
        cycle="3402-2026", agency="bpbd", period="tahunan", revision=1, reason="x", fields=(), **ACT
    )
    assert submission.fold((*COMPLETE, event, reopened)).notes == ()
