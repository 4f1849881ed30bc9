"""What intake does by itself when something happened, in its own streams and elsewhere."""

from datetime import UTC, date, datetime

import pytest

from services.intake import bootstrap
from services.intake.domain.cycle import CloseWithdrawn, cycle
from services.intake.domain.settings import settings
from services.intake.domain.step_commands import ChangeParts, NotePart, StartStep
from services.intake.domain.submission_commands import OpenSubmission, Reopen
from services.intake.in_force import InForce
from services.intake.process_manager import react
from shared.contracts.archive import CycleArchived
from shared.contracts.documents import (
    CopiesPrinted,
    DispatchSent,
    DocumentDrafted,
    DocumentHandedOver,
)
from shared.contracts.handing_over import ServicesHandedOver, ServicesTakenOver
from shared.contracts.intake import (
    CycleOpened,
    CycleWithdrawn,
    StepCompleted,
    StepWithdrawn,
    SubmissionReceived,
)
from shared.contracts.registry import declared
from shared.contracts.settings import CalendarChanged
from shared.contracts.values import AgencyServices, EventRef, StoredFile
from shared.contracts.verification import (
    AllSubmissionsApproved,
    ReportEndorsed,
    SubmissionReturned,
)
from shared.eventsourcing.commands.order import Order
from shared.eventsourcing.recorded import Actor, Metadata, Recorded
from shared.sop.calendar import seed
from shared.sop.definition import CURRENT, sops
from tests.support.events import made
from tests.support.steps import KEY

CYCLE = "3402-2026"
DAY = date(2026, 8, 3)
PDF = StoredFile(digest="a" * 64, name="x.pdf", media_type="application/pdf", size=1)
SUBMISSION = f"submission-{CYCLE}-dinkes-tahunan"


def recorded(event: object, stream: str) -> Recorded:
    entry = declared(type(event))
    why = Metadata(actor=Actor.system(entry.producer), command_id="c", correlation="c")
    return Recorded(
        source=entry.producer, stream=stream, version=3, position=9, case_id=CYCLE, type=entry.name,
        schema=entry.schema, event=event,
        metadata=why, recorded_at=datetime(2026, 8, 3, tzinfo=UTC),
    )  # fmt: skip


def orders(event: object, stream: str = "x-1", in_force: InForce | None = None) -> list[Order]:
    return list(react(recorded(event, stream), in_force or InForce(seed(), CURRENT, 1)))


def opened(sop: str = CURRENT) -> CycleOpened:
    return CycleOpened(
        cycle=CYCLE,
        region="3402",
        region_name="x",
        year=2026,
        sop=sop,
        catalogue=1,
        report_due=date(2027, 3, 31),
        by="hesti",
        occurred_on=DAY,
    )


def completed(step: int, *opens: AgencyServices) -> StepCompleted:
    return StepCompleted(cycle=CYCLE, step=KEY[step], summary="x", by="hesti", occurred_on=DAY, opens=opens)


def drafted(kind: str) -> DocumentDrafted:
    return DocumentDrafted(
        cycle=CYCLE, document=f"document-{CYCLE}-{kind}", kind=kind, revision=1, file=PDF, data_digest="d",
        template_digest="t", engine="e",
        verifiers=(), basis={}, by="bagus", occurred_on=DAY,
    )  # fmt: skip


def received(period: str = "tahunan") -> SubmissionReceived:
    return SubmissionReceived(
        catalogue=1, cycle=CYCLE, agency="dinkes", agency_name="x", period=period, revision=1, figures={},
        evidence=(), entered_by=("sri",), digest="d",
        by="sri", occurred_on=DAY,
    )  # fmt: skip


def test_opening_the_cycle_starts_step_1_with_its_due_date() -> None:
    (order,) = orders(opened(), f"cycle-{CYCLE}")
    assert order.stream == f"step-{CYCLE}-01"
    assert isinstance(order.command, StartStep)
    assert (order.command.started_on, order.command.due.due_on, order.command.parts) == (
        DAY,
        date(2026, 8, 5),
        (),
    )
    assert order.command.cause is not None
    assert order.command.cause.version == 3


def test_a_completed_step_starts_the_next() -> None:
    (order,) = orders(completed(9))
    assert order.stream == f"step-{CYCLE}-10"
    assert isinstance(order.command, StartStep)
    assert order.command.parts == ("report-endorsed", "pengantar_gubernur", "pengantar_kemendagri")


def test_the_last_step_starts_nothing() -> None:
    assert orders(completed(13)) == []


def test_the_socialisation_opens_submissions_before_the_step_that_waits_for_them() -> None:
    dinkes = AgencyServices(agency="dinkes", name="Dinas Kesehatan", services=("kes.balita",))
    dinsos = AgencyServices(agency="dinsos", name="Dinas Sosial", services=("sos.anak",))
    first, second, last = orders(completed(6, dinkes, dinsos))
    assert first.stream == SUBMISSION
    assert isinstance(first.command, OpenSubmission)
    assert first.command.services == ("kes.balita",)
    assert isinstance(second.command, OpenSubmission)
    assert isinstance(last.command, StartStep)
    assert last.command.parts == ("dinkes", "dinsos")


def test_a_reaction_is_under_the_sop_and_the_catalogue_that_the_cycle_recorded() -> None:
    done = completed(6, AgencyServices(agency="dinkes", name="Dinas Kesehatan", services=("kes.balita",)))
    of_the_cycle = bootstrap.react(recorded(done, "x-1"), seed(), cycle.fold([opened()]))
    assert list(of_the_cycle) == orders(done)


@pytest.mark.parametrize(
    ("event", "stream", "step", "part"),
    [
        (received(), SUBMISSION, 7, "dinkes"),
        (
            AllSubmissionsApproved(
                cycle=CYCLE, digests={}, contributors=(), verifiers=("tari",), by="tari", occurred_on=DAY
            ),
            "round-x",
            8,
            "all-submissions-approved",
        ),
        (drafted("sk_tim"), f"document-{CYCLE}-sk_tim", 4, "sk_tim"),
        (drafted("laporan"), f"document-{CYCLE}-laporan", 9, "laporan"),
        (drafted("pengantar_gubernur"), f"document-{CYCLE}-pengantar_gubernur", 10, "pengantar_gubernur"),
        (
            ReportEndorsed(cycle=CYCLE, document="x", revision=1, digest="d", by="hesti", occurred_on=DAY),
            "endorsement-x",
            10,
            "report-endorsed",
        ),
        (
            DocumentHandedOver(
                cycle=CYCLE,
                document="x",
                revision=1,
                digest="d",
                handed_to="x",
                reference="1",
                receipt=None,
                by="bagus",
                occurred_on=DAY,
            ),
            f"document-{CYCLE}-sk_tim",
            5,
            "sk_tim",
        ),
        (
            CopiesPrinted(cycle=CYCLE, document="x", digest="d", copies=1, by="tari", occurred_on=DAY),
            f"document-{CYCLE}-laporan",
            11,
            "laporan",
        ),
        (
            DispatchSent(
                cycle=CYCLE,
                dispatch="x",
                recipient="gubernur",
                agenda_number="1",
                carrier="x",
                by="tari",
                occurred_on=DAY,
            ),
            f"dispatch-{CYCLE}-gubernur",
            12,
            "gubernur",
        ),
        (
            CycleArchived(cycle=CYCLE, items=(), checkpoint_size=1, by="nur", occurred_on=DAY),
            f"cyclefile-{CYCLE}",
            13,
            "cycle-archived",
        ),
    ],
)
def test_what_a_step_waits_for_is_noted_on_it(event: object, stream: str, step: int, part: str) -> None:
    (order,) = orders(event, stream)
    assert order.stream == f"step-{CYCLE}-{step:02d}"
    assert isinstance(order.command, NotePart)
    assert (order.command.part, order.command.occurred_on, order.command.cause.stream) == (part, DAY, stream)


def test_a_quarterly_submission_completes_no_step() -> None:
    assert orders(received("tw1"), "submission-x") == []


def test_a_print_of_something_else_completes_no_step() -> None:
    printed = CopiesPrinted(cycle=CYCLE, document="x", digest="d", copies=1, by="tari", occurred_on=DAY)
    assert orders(printed, f"document-{CYCLE}-sk_tim") == []


def test_a_returned_submission_opens_again() -> None:
    returned = SubmissionReturned(
        cycle=CYCLE,
        agency="dinkes",
        period="tahunan",
        submission=SUBMISSION,
        revision=2,
        reason="x",
        fields=(),
        by="tari",
        occurred_on=DAY,
    )
    (order,) = orders(returned, f"verification-{CYCLE}-dinkes-tahunan")
    assert order.stream == SUBMISSION
    assert isinstance(order.command, Reopen)
    assert order.command.revision == 2


def test_a_slip_of_the_pen_in_a_date_does_not_stop_the_cycle() -> None:
    slipped = StepCompleted(cycle=CYCLE, step=KEY[9], summary="x", by="tari", occurred_on=date(2062, 8, 3))
    (order,) = orders(slipped)
    assert isinstance(order.command, StartStep)
    assert order.command.started_on == DAY


def changed(day: date, calendar: str) -> CalendarChanged:
    return CalendarChanged(
        day=day, kind="holiday", name="x", source="SKB", calendar=calendar, by="bagus", occurred_on=DAY
    )


def test_a_change_of_the_calendar_holds_for_the_next_due_date() -> None:
    calendar = settings.evolve(seed(), changed(date(2026, 8, 4), "libur-id-0.109+1"))
    (order,) = orders(opened(), f"cycle-{CYCLE}", InForce(calendar, CURRENT))
    assert isinstance(order.command, StartStep)
    assert (order.command.due.due_on, order.command.due.calendar) == (date(2026, 8, 6), "libur-id-0.109+1")


def test_a_cycle_keeps_the_sop_it_was_opened_under() -> None:
    assert InForce(seed(), cycle.fold([opened()]).sop).sop.version == CURRENT


def test_a_withdrawn_first_step_withdraws_its_cycle() -> None:
    (order,) = orders(
        StepWithdrawn(cycle=CYCLE, step=KEY[1], reason="x", by="hesti", occurred_on=DAY), f"step-{CYCLE}-01"
    )
    assert order.stream == f"cycle-{CYCLE}"
    assert isinstance(order.command, CloseWithdrawn)
    cause = EventRef(source="intake", stream=f"step-{CYCLE}-01", version=3)
    withdrawn = CycleWithdrawn(cycle=CYCLE, reason="x", by="hesti", occurred_on=DAY, cause=cause)
    assert sops()[cycle.fold([opened(), withdrawn]).sop] == sops()[CURRENT], (
        "what was on its way is still understood"
    )


def test_the_filling_waits_for_whom_services_came_to_and_not_for_whom_nothing_is_left() -> None:
    cause = EventRef(source="intake", stream=SUBMISSION, version=3)
    said = {"cycle": CYCLE, "step": KEY[7], "part": "dinkes", "occurred_on": DAY, "cause": cause}
    taken = made(ServicesTakenOver, agency="dinkes", by="hesti", occurred_on=DAY)
    (order,) = orders(taken, SUBMISSION)
    assert order.command == ChangeParts(**said, leaves=False, by="hesti")
    assert order.stream == f"step-{CYCLE}-07"
    gone = made(ServicesHandedOver, agency="dinkes", taker="labkesda", held=(), by="hesti", occurred_on=DAY)
    (order,) = orders(gone, SUBMISSION)
    assert order.command == ChangeParts(**said, leaves=True, successor="labkesda", by="hesti")
    some = made(ServicesHandedOver, agency="dinkes", held=("kes.balita",))
    assert orders(some, SUBMISSION) == []
