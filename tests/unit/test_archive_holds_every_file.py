"""Whatever documents signed, settled or received stands on the shelf of its cycle: a table over every file
that an event of documents can carry, so that the next kind of file is caught.
"""

from collections import defaultdict
from dataclasses import fields, is_dataclass, replace
from typing import Any, get_args, get_type_hints

import pytest

from services.archive.domain.archive_item import ExpectItem
from services.archive.process_manager import REACTS, react
from shared.contracts.correction import CorrectionDecided, numbered
from shared.contracts.documents import DocumentDrafted, DocumentHandedOver
from shared.contracts.registry import all_declared, decode
from shared.contracts.values import StoredFile
from shared.sop.document_kinds import document_kinds
from tests.contracts.collect import sample_of
from tests.support.archive_room import CYCLE, event_of

FILE = StoredFile(digest="a" * 64, name="x.pdf", media_type="application/pdf", size=3)
DRAFTS = ("sk_tim", "laporan")
"""Kinds of which a draft is neither signed nor final: what becomes of it is."""

CORRECTIONS = defaultdict(lambda: (0, 2), {CorrectionDecided: (1, 2)})


def holding(kind: Any) -> list[str]:
    """The fields of a dataclass that a file stands in, directly or deeper."""
    return [
        name for name, said in get_type_hints(kind).items() if name != "schema" and _holds(said, frozenset())
    ]


def _holds(said: Any, seen: frozenset[Any]) -> bool:
    if said is StoredFile:
        return True
    if is_dataclass(said) and said not in seen:
        inner = get_type_hints(said).values()
        return any(_holds(one, seen | {said}) for one in inner)
    return any(_holds(one, seen) for one in get_args(said))


def carried() -> list[tuple[type, str]]:
    return [
        (entry.event, field)
        for entry in all_declared()
        if entry.producer == "documents"
        for field in holding(entry.event)
    ]


def instances(kind: type, field: str) -> list[Any]:
    """The event of its sample with a file there; a draft of every kind, and what is of a correction too."""
    entry = next(one for one in all_declared() if one.event is kind)
    sample = decode(
        "documents", entry.name, entry.schema, sample_of("documents", entry.name, entry.schema).read_bytes()
    )
    event = replace(sample, cycle=CYCLE, **{field: FILE})
    found = (
        [replace(event, kind=one) for one in document_kinds().kind] if kind is DocumentDrafted else [event]
    )
    known = {one.name for one in fields(kind)}
    if "correction" in known:
        found = [replace(one, correction=of) for one in found for of in CORRECTIONS[kind]]
    if "dispatch" in known:
        found = [replace(one, dispatch=numbered(one.recipient, of)) for one in found for of in (0, 2)]
    if kind is DocumentHandedOver:
        found = [replace(one, revision=of) for one in found for of in (1, 2)]
    return found


@pytest.mark.parametrize(("kind", "field"), carried(), ids=lambda one: getattr(one, "__name__", one))
def test_every_file_that_documents_holds_is_expected_on_the_shelf(kind: type, field: str) -> None:
    for event in instances(kind, field):
        recorded = event_of(event, stream=f"document-{CYCLE}-laporan").recorded()
        asked = [order.command for order in react(recorded) if isinstance(order.command, ExpectItem)]
        if isinstance(event, DocumentDrafted) and event.kind in DRAFTS:
            assert asked == []
            continue
        assert [one.file for one in asked] == [FILE], event
        assert (recorded.source, recorded.type) in REACTS


def test_no_two_of_them_take_each_others_place() -> None:
    """Another kind, recipient, correction or hand-over is another item."""
    named = [
        order.command.item
        for kind, field in carried()
        for event in instances(kind, field)
        for order in react(event_of(event, stream=f"document-{CYCLE}-laporan").recorded())
        if isinstance(order.command, ExpectItem)
    ]
    assert len(named) == len(set(named))
    assert {"keputusan_koreksi_2", "laporan", "laporan_koreksi_2"} <= set(named)
    assert CorrectionDecided in {kind for kind, _ in carried()}
