"""The trail of a document tells a draft in the same words, whichever version of its event recorded it:
nothing is rebuilt differently.
"""

from datetime import UTC, datetime

from services.documents.projections import acted
from shared.contracts.registry import decode
from shared.eventsourcing.recorded import Actor, Metadata, Recorded
from tests.contracts.collect import sample_of


def facts(schema: int) -> set[str]:
    recorded = Recorded(
        source="documents",
        stream="document-3402-2026-laporan",
        version=1,
        position=1,
        case_id="3402-2026",
        type="document-drafted",
        schema=schema,
        event=decode(
            "documents",
            "document-drafted",
            schema,
            sample_of("documents", "document-drafted", schema).read_bytes(),
        ),
        metadata=Metadata(actor=Actor.system("documents"), command_id="c", correlation="c"),
        recorded_at=datetime(2027, 3, 10, tzinfo=UTC),
    )
    return set(acted(recorded).values["facts"])


def test_a_draft_is_told_alike_in_all_versions() -> None:
    told = {"kind", "revision", "file", "data_digest", "template_digest", "engine", "verifiers"}
    assert (facts(1), facts(2)) == (told, told)
    assert facts(3) == {*told, "correction"}, "the sample is of a correction"
