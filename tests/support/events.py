"""Events of the published language: what a test says about one, and the rest as it does not matter.

`made` fills the fields by their names and types; `recorded` and `row_of` are the event as a producer keeps
it. `happened` is a whole cycle of two agencies with every event class that is declared, so that a new one is
seen at once; what is Dinas Sosial's can be recognised.
"""

import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from shared.contracts.registry import PRODUCERS, declared, encode
from shared.contracts.values import EventRef, Figure
from shared.eventsourcing.recorded import Actor, Metadata, Recorded, Row

REGION = "3402"
CYCLE = "3402-2026"
NAMES = {"dinkes": "Dinas Kesehatan", "dinsos": "Dinas Sosial"}
SERVICES = {"dinkes": ("kes.balita", "kes.ibu_hamil"), "dinsos": ("sos.anak",)}
DIGESTS = {"dinkes": "a" * 64, "dinsos": "5" * 64}
SERVED = {"dinkes": 4075, "dinsos": 987_654}
PERSONS = {"dinkes": "sri", "dinsos": "tono"}
MARKS = {"dinkes": "Catatan terbuka", "dinsos": "RAHASIA-DINSOS"}
CONTENT = ("RAHASIA-DINSOS", "987654", "987.654", "tono")
FOREIGN = (*CONTENT, "dinsos", "Dinas Sosial", "5" * 64, "sos.anak")
"""Whatever of this an answer for Dinas Kesehatan holds, it should not."""

LEFT_OUT = {
    *("EndorsementRefused", "FiguresUnsettled", "FiguresWithdrawn", "DispatchItemWithdrawn", "LoginParted"),
    *("EvidenceWithdrawn", "ApprovalUncounted", "CycleWithdrawn", "StepWithdrawn", "StepReopened"),
    *("PersonLeft", "OfficeEnded", "TokenEnded", "ApprovalWithdrawn", "EndorsementWithdrawn"),
    *("SettlementWithdrawn", "DraftRestored", "ApprovalReleased", "CorrectionDecided", "CorrectionAdmitted"),
    *("DocumentReopened", "DispatchOvertaken", "DispatchReopened", "CorrectionExpected"),
}
"""They undo what the pages should show."""
SOME_DAY = datetime(2026, 12, 1, tzinfo=UTC)
Event = TypeVar("Event")
hints_of = cache(get_type_hints)


def made(kind: type[Event], /, **said: object) -> Event:
    """An event of this kind with what is said of it; the rest is that of its agency, or Dinkes."""
    agency = str(said.get("agency", "dinkes"))
    rest = _fields(kind, agency if agency in NAMES else "dinkes", cycle_wide=not _is_of_agency(kind))
    return kind(**rest | said)


def recorded(
    event: object,
    stream: str,
    version: int = 1,
    *,
    position: int = 0,
    at: datetime = SOME_DAY,
    actor: Actor | None = None,
    command: str = "c",
    cause: EventRef | None = None,
    case: str = "",
) -> Recorded:
    """The event in its producer's stream, recorded by the producer itself or by `actor`."""
    entry = declared(type(event))
    return Recorded(
        source=entry.producer,
        stream=stream,
        version=version,
        position=position or version,
        case_id=case or getattr(event, "cycle", "settings"),
        type=entry.name,
        schema=entry.schema,
        event=event,
        metadata=Metadata(
            actor=actor or Actor.system(entry.producer),
            command_id=command,
            correlation=command,
            causation=cause,
        ),
        recorded_at=at,
    )


def row_of(recorded: Recorded) -> Row:
    """As its producer's store holds it."""
    return Row(
        recorded.position,
        recorded.stream,
        recorded.version,
        recorded.case_id,
        recorded.type,
        recorded.schema,
        encode(recorded.event).decode(),
        msgspec.json.encode(recorded.metadata).decode(),
        recorded.recorded_at,
    )


def happened() -> Iterator[tuple[str, str, object]]:
    """(producer, stream, event) of the whole cycle, in the order of the published language;
    events of an agency once for each.
    """
    for producer, kinds in PRODUCERS.items():
        for event in kinds:
            if event.__name__ in LEFT_OUT:
                continue
            for agency in NAMES if _is_of_agency(event) else ["dinkes"]:
                for said in _each_document(event) or [{"agency": agency} if _is_of_agency(event) else {}]:
                    happening: Any = made(event, **said)
                    yield producer, _stream(producer, event.__name__, happening, agency), happening


def _each_document(event: type) -> list[dict[str, str]]:
    """Of what happens to an SK and a report alike, both; what happens to an SK alone, as one."""
    sk = {"document": f"document-{CYCLE}-sk_tim", "kind": "sk_tim"}
    if event.__name__ in {"DocumentOpened", "DocumentDrafted"}:
        return [sk, {}]
    return (
        [{"document": sk["document"]}] if event.__name__ in {"DocumentHandedOver", "TeamDecreeIssued"} else []
    )


def _is_of_agency(event: type) -> bool:
    return any(field.name == "agency" for field in fields(event))


def _stream(producer: str, name: str, event: Any, agency: str) -> str:
    """The stream that an event of this kind belongs to."""
    fixed = {
        "CycleOpened": f"cycle-{CYCLE}",
        "CalendarChanged": "settings-calendar",
        **dict.fromkeys(("ThresholdSet", "PopulationRecorded"), "rules-3402"),
        "StoreProbed": "store-probe",
        "ReplayCompared": f"replay-{CYCLE}",
        "StatementTaken": f"certificate-{CYCLE}",
    }
    if name in fixed or name.startswith("Certificate"):
        return fixed.get(name, f"certificate-{CYCLE}")
    if producer in {"intake", "verification"}:
        return _stream_of_case(producer, name, event, f"{CYCLE}-{agency}-tahunan", agency)
    return str(getattr(event, "dispatch", None) or getattr(event, "document", None) or f"cyclefile-{CYCLE}")


def _stream_of_case(producer: str, name: str, event: Any, case: str, agency: str) -> str:
    if name.startswith("Step"):
        return f"step-{CYCLE}-07"
    if name.startswith(("Person", "Office", "Login")):
        return f"login-{event.login}" if hasattr(event, "login") else "people-3402"
    if name in {"AgencyRegistered", "ServiceAssigned"} or name.startswith("Token"):
        return f"token-{event.token}" if hasattr(event, "token") else f"agency-{agency}"
    if name in {"ApprovalRequired", "ApprovalCounted", "AllSubmissionsApproved"}:
        return f"round-{CYCLE}"
    if not hasattr(event, "agency"):
        return f"endorsement-{CYCLE}"
    of_intake = "finding" if name.startswith("Finding") else "submission"
    of_verification = "assignment" if name == "VerifierAssigned" else producer
    return f"{of_intake if producer == 'intake' else of_verification}-{case}"


def _fields(kind: type, agency: str, *, cycle_wide: bool) -> dict[str, Any]:
    hints = hints_of(kind)
    values = {}
    for field in fields(kind):
        known = _by_name(kind.__name__, field.name, agency, cycle_wide=cycle_wide)
        if known is not None:
            values[field.name] = known
        elif field.default is MISSING and field.default_factory is MISSING:
            values[field.name] = _by_type(hints[field.name], agency, cycle_wide=cycle_wide)
    return values


def _by_name(kind: str, name: str, agency: str, *, cycle_wide: bool) -> Any:
    of_agency: dict[str, Any] = {
        "agency": agency,
        "agency_name": NAMES[agency],
        "name": {
            "AgencyRegistered": NAMES[agency],
            "AgencyServices": NAMES[agency],
            "StoredFile": f"{MARKS[agency]}.pdf",
        }.get(kind),
        "short_name": NAMES[agency],
        "service": SERVICES[agency][0],
        **dict.fromkeys(("services", "held"), SERVICES[agency]),
        "submission": f"submission-{CYCLE}-{agency}-tahunan",
        **dict.fromkeys(("digest", "login"), DIGESTS[agency]),
        "token": f"3402-{agency}",
        **dict.fromkeys(("by", "handed_in_by", "holder"), PERSONS[agency]),
        "reason": None if kind == "Figure" else MARKS[agency],
        **dict.fromkeys(("note", "text"), MARKS[agency]),
        "contributors": (PERSONS[agency],),
        "entered_by": (PERSONS[agency],),
        "figures": {service: _figure(agency) for service in SERVICES[agency]},
        "figure": _figure(agency),
    }
    of_cycle: dict[str, Any] = {
        "cycle": CYCLE,
        "region": "3402",
        "region_name": "Kabupaten Bantul",
        "year": 2026,
        "sop": "04/SOP/2022",
        "catalogue": 1,
        "period": "tahunan",
        "step": "filling",
        "revision": 1,
        "document": f"document-{CYCLE}-laporan",
        "dispatch": f"dispatch-{CYCLE}-gubernur",
        "recipient": "gubernur",
        "calendar": "2026.1+0",
        "item": "laporan" if kind in {"ItemExpected", "ItemFiled", "ItemSealed", "HardCopyFiled"} else None,
        "duration": "5 bulan",
        "parts": () if kind in {"StepStarted", "StepPartsChanged"} else None,
        "field": "served"
        if kind in {"FieldNote", "CellChange", "CellAuthor"} or kind.startswith("Question")
        else None,
        "kind": "laporan"
        if kind in {"DocumentOpened", "DocumentDrafted", "DocumentSettled", "ItemExpected", "ItemFiled"}
        else None,
    }
    if cycle_wide:
        of_agency |= {"by": "wulan", "digest": "c" * 64, "reason": "Catatan siklus"}
    return of_cycle.get(name, of_agency.get(name))


def _figure(agency: str) -> Figure:
    return Figure(served=SERVED[agency], entitled=1_000_000, origin=MARKS[agency])


def _by_type(hint: Any, agency: str, *, cycle_wide: bool) -> Any:
    origin, inside = get_origin(hint), get_args(hint)
    if origin is Literal:
        return inside[0]
    if origin in {types.UnionType, typing.Union}:
        return _by_type(inside[0], agency, cycle_wide=cycle_wide)
    if origin is tuple:
        return (_by_type(inside[0], agency, cycle_wide=cycle_wide),)
    if origin is Mapping or (isinstance(origin, type) and issubclass(origin, Mapping)):
        return {}
    if is_dataclass(hint) and isinstance(hint, type):
        return hint(**_fields(hint, agency, cycle_wide=cycle_wide))
    plain = {
        str: "teks",
        int: 1,
        bool: True,
        date: date(2026, 2, 17),
        datetime: datetime(2026, 2, 17, tzinfo=UTC),
    }
    return plain[hint]
