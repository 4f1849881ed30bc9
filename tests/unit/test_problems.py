"""Problems: what each failure is for the caller."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from starlette.exceptions import HTTPException

from shared.access.permissions import Forbidden
from shared.contracts.verification import SubmissionReturned
from shared.eventsourcing.commands.decider import Refused
from shared.eventsourcing.commands.order import CommandReused, Conflict, TooBusy
from shared.eventsourcing.recorded import Actor, Metadata, Recorded
from shared.web.acting import PreconditionInvalid, expected_version
from shared.web.forms.csrf import ForeignRequest
from shared.web.paging import CursorInvalid
from shared.web.positions import NotYetThere, PositionInvalid
from shared.web.problems import answering
from shared.web.problems.fields import invalid, refused
from shared.web.problems.shape import FieldError, NotFound, sentence_of
from shared.web.visitor import NotSignedIn
from shared.web.words.i18n import language


@pytest.fixture
def english() -> Iterator[None]:
    forget = language.set("en")
    yield
    language.reset(forget)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Refused("R02", "Terlalu banyak.", field="served"), 422, "R02"),
        (Refused("submission-closed", "Sudah diserahkan."), 409, "submission-closed"),
        (Refused("already-sent", "Sudah dikirim."), 409, "already-sent"),
        (Forbidden("intake.EnterFigure", ("unsur_opd",)), 403, "forbidden"),
        (NotFound(), 404, "not-found"),
        (NotSignedIn(), 401, "not-signed-in"),
        (ForeignRequest("origin"), 403, "foreign-request"),
        (CommandReused("s"), 422, "idempotency-key-reused"),
        (TooBusy("s"), 503, "too-busy"),
        (NotYetThere("p"), 503, "position-not-reached"),
        (PositionInvalid("p"), 400, "position-invalid"),
        (PreconditionInvalid("p"), 400, "if-match-invalid"),
        (CursorInvalid("c"), 400, "cursor-invalid"),
        (HTTPException(404), 404, "not-found"),
        (HTTPException(405), 405, "method-not-allowed"),
        (HTTPException(413), 413, "too-large"),
        (HTTPException(415), 415, "unsupported-media-type"),
        (HTTPException(418), 418, "bad-request"),
        (HTTPException(502), 502, "unexpected"),
        (ZeroDivisionError("inside"), 500, "unexpected"),
    ],
)
def test_each_failure_has_its_status_and_stable_type(error: Exception, status: int, code: str) -> None:
    problem = answering.of(error)
    body = problem.as_json("/api/intake/x")
    assert (problem.status, body["status"], body["type"], body["instance"]) == (
        status,
        status,
        f"urn:jejak:problem:{code}",
        "/api/intake/x",
    )
    assert body["title"]
    assert "inside" not in str(body)


def test_a_refusal_carries_its_facts_and_its_field() -> None:
    problem = refused(
        Refused("figures-missing", "Belum diisi: {services}.", field="figures", services="a, b")
    )
    assert problem.detail == "Belum diisi: a, b."
    assert problem.errors == (FieldError("figures", "Belum diisi: a, b."),)


def test_braces_in_a_fact_are_only_text() -> None:
    assert sentence_of(Refused("x", "Berkas {name} ditolak.", name="{0}.pdf")) == "Berkas {0}.pdf ditolak."


@pytest.mark.usefixtures("english")
def test_a_refusal_is_translated_before_it_is_filled_in() -> None:
    assert (
        sentence_of(Refused("figures-missing", "Belum diisi: {services}.", services="a"))
        == "Not filled in yet: a."
    )


def test_a_conflict_says_what_changed_meanwhile() -> None:
    actor = Actor(person="rini", role="tim_spm", agency="tapem")
    event = SubmissionReturned(
        cycle="c",
        agency="dinkes",
        period="tahunan",
        submission="s",
        revision=2,
        reason="r",
        fields=(),
        by="rini",
        occurred_on=datetime.now(UTC).date(),
    )
    recorded = Recorded(
        source="verification",
        stream="verification-1",
        version=3,
        position=9,
        case_id="c",
        type="submission-returned",
        schema=1,
        event=event,
        metadata=Metadata(actor=actor, command_id="1", correlation="1"),
        recorded_at=datetime(2026, 2, 17, tzinfo=UTC),
    )
    body = answering.of(Conflict("verification-1", 2, 3, [recorded])).as_json("")
    assert (body["status"], body["expected"], body["actual"]) == (412, 2, 3)
    assert body["changed"] == [
        {
            "version": 3,
            "type": "submission-returned",
            "at": "2026-02-17T00:00:00+00:00",
            "by": "rini",
            "revision": 2,
        }
    ]


@pytest.mark.parametrize(
    ("kind", "context", "sentence"),
    [
        ("missing", {}, "Wajib diisi."),
        ("int_parsing", {}, "Harus bilangan bulat, tanpa huruf."),
        ("date_from_datetime_parsing", {}, "Harus tanggal yang ada, misalnya 2026-02-17."),
        ("greater_than_equal", {"ge": 0}, "Paling sedikit 0."),
        ("less_than", {"lt": 5}, "Paling banyak 5."),
        ("literal_error", {"expected": "'a' or 'b'"}, "Pilih salah satu: 'a' or 'b'."),
        ("model_type", {}, "Isian ini tidak dapat dibaca."),
    ],
)
def test_a_wrong_field_gets_a_sentence_that_says_what_to_do(
    kind: str, context: dict[str, object], sentence: str
) -> None:
    problem = invalid([{"type": kind, "loc": ("body", "figure", "served"), "ctx": context}])
    assert problem.errors == (FieldError("figure.served", sentence),)


@pytest.mark.parametrize(
    ("header", "version"),
    [(None, None), ("", None), ("*", None), ('"tally-1@7"', 7), ('W/"tally-1@7"', 7), ('"7"', 7), ("7", 7)],
)
def test_if_match_names_a_version(header: str | None, version: int | None) -> None:
    assert expected_version(header) == version


@pytest.mark.parametrize("header", ['"tally-1"', "x", '"@"', '"a@1", "a@2"'])
def test_an_if_match_that_names_none_is_refused(header: str) -> None:
    with pytest.raises(PreconditionInvalid):
        expected_version(header)
