"""Questions 5 to 9 of an auditor, about acts: copies, dispatches, the log itself, who may not judge what, and
deadlines.

Role: a part of the verifier (`verifier.py`), joined to it when that is given out; standard library alone.
Previous hop: `verifier_nine.py`. Next hop: `verifier_lines.py`.
Source: what auditors look at, by BPK and EPPD.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from services.archive.proof.answers.verifier_lines import (
    Given,
    Said,
    Told,
    acted,
    by_stream,
    case_of,
    holes,
    newest,
    of_kind,
    of_stream,
)

CONTRIBUTING = {
    "figure-entered", "evidence-attached", "evidence-withdrawn", "warning-explained", "submission-received",
}  # fmt: skip
DUE = ("step-started", "step-reopened", "due-date-revised")
SATURDAY = 5
CERTIFICATES = "certificate-"
"""How the stream of the replay certificates begins; they are of no cycle."""


def copies(lines: Sequence[Told], _given: Given) -> Iterator[Said]:
    """5: each printed copy against the report that was endorsed when it was made."""
    endorsed: Told | None = None
    found = 0
    for one in lines:
        if one.kind == "report-endorsed":
            endorsed = one
            yield acted("endorsed", one, digest=one.data["digest"])
        elif one.kind == "copies-printed" and one.data["document"] == "laporan":
            found += 1
            same = endorsed is not None and endorsed.data["digest"] == one.data["digest"]
            facts = {"copies": one.data["copies"], "digest": one.data["digest"]}
            rests = [endorsed] if endorsed else []
            if same:
                yield acted("copies-same", one, *rests, **facts)
            else:
                other = endorsed.data["digest"] if endorsed else ""
                yield acted("copies-other", one, *rests, wrong=True, **facts, other=other)
    if not found:
        yield Said("no-copies", {})


def dispatches(lines: Sequence[Told], _given: Given) -> Iterator[Said]:
    """6: when the report was sent, to whom, who received it, and whether the receipt is filed."""
    filed = {one.data["file"]["digest"]: one for one in of_kind(lines, "item-filed")}
    found = 0
    for stream, told in by_stream(lines).items():
        if not stream.startswith("dispatch-"):
            continue
        found += 1
        name = next((one.data["recipient_name"] for one in of_kind(told, "dispatch-queued")), "")
        whom: dict[str, Any] = {"recipient": name or stream.rpartition("-")[2]}
        sent, overtaken = newest(of_kind(told, "dispatch-sent")), newest(of_kind(told, "dispatch-overtaken"))
        received = newest(of_kind(told, "receipt-recorded"))
        if sent:
            said = {name: sent.data[name] for name in ("agenda_number", "carrier")}
            yield acted("sent", sent, **whom, **said)
        elif not overtaken:
            yield Said("not-sent", whom, (told[-1].place,))
        if received:
            yield from receipt(received, whom, filed.get(received.data["scan"]["digest"]))
        elif sent:
            yield Said("no-receipt", whom, (sent.place,))
        if overtaken:
            yield acted("overtaken", overtaken, **whom, correction=overtaken.data["correction"])
        for one in of_kind(told, "dispatch-corrected"):
            said = {name: one.data[name] for name in ("field", "before", "after", "reason")}
            yield acted("dispatch-corrected", one, **whom, **said)
    if not found:
        yield Said("no-dispatches", {})


def receipt(line: Told, whom: dict[str, Any], filed: Told | None) -> Iterator[Said]:
    """Who signed for a dispatch, and whether the scan of that is in the archive."""
    said = {name: line.data[name] for name in ("received_by", "received_on", "reference")}
    yield acted("received", line, **whom, **said)
    scan = {**whom, "digest": line.data["scan"]["digest"]}
    if filed:
        yield acted("receipt-filed", filed, line, **scan)
    else:
        yield Said("receipt-not-filed", scan, (line.place,))


def log_itself(lines: Sequence[Told], given: Given) -> Iterator[Said]:
    """7: whether each stream of the cycle is whole, causes come first, the checkpoint covers it, and what the
    last replay certificate found.
    """
    issued = newest(of_kind(lines, "certificate-issued"))
    lines = [one for one in lines if not one.stream.startswith(CERTIFICATES)]
    gaps = holes(lines)
    for stream, version in gaps:
        yield Said("hole", {"stream": stream, "version": version}, (), True)
    if not gaps:
        yield Said("streams-whole", {"streams": len(by_stream(lines)), "many": len(lines)})
    places = {(one.event["source"], one.stream, one.event["version"]): one for one in lines}
    late = []
    for one in lines:
        cause = one.event["metadata"].get("causation")
        before = places.get((cause["source"], cause["stream"], cause["version"])) if cause else None
        if before and before.place > one.place:
            late.append(Said("cause-later", {"line": one.place}, (before.place, one.place), True))
    yield from late
    if not late:
        yield Said("causes-first", {"many": len(lines)})
    size = given.get("size") or 0
    covered = sum(one.place < size for one in lines)
    kept = {"size": size, "root": given.get("root") or "", "covered": covered, "many": len(lines)}
    yield Said("covered" if size and covered == len(lines) else "not-covered", kept)
    if issued is None:
        yield Said("not-certified", {})
        return
    found = {"certificate": issued.data["certificate"], "size": issued.data["checkpoint_size"]}
    verdict = str(issued.data["verdict"])
    yield Said(f"certified-{verdict}", found, (issued.place,), verdict == "differs")


def duties(lines: Sequence[Told], _given: Given) -> Iterator[Said]:
    """8: nobody verified an own submission, and nobody endorsed own work; each pair."""
    found = 0
    for one in of_kind(lines, "submission-approved"):
        found += 1
        own = of_stream(lines, f"submission-{case_of(one.stream)}")
        people = sorted(contributors(line for line in own if line.place < one.place))
        facts = {"agency": one.data["agency"], "revision": one.data["revision"], "people": people}
        apart = one.by not in people
        yield acted("apart" if apart else "not-apart", one, wrong=not apart, **facts)
    requested: Told | None = None
    for one in of_kind(lines, "endorsement-requested", "report-endorsed"):
        if one.kind == "endorsement-requested":
            requested = one
            continue
        people = sorted({*(requested.data["involved"] if requested else ())})
        apart = one.by not in people
        code = "endorser-apart" if apart else "endorser-not-apart"
        yield acted(code, one, *([requested] if requested else []), wrong=not apart, people=people)
    if not found:
        yield Said("no-approvals", {})


def contributors(lines: Iterable[Told]) -> set[str]:
    """The persons whose work a submission is, by its own lines."""
    found = set[str]()
    for one in lines:
        if one.kind in CONTRIBUTING:
            found.add(one.by)
        elif one.kind == "services-taken-over":
            found.update(one.data["contributors"])
    return found


def deadlines(lines: Sequence[Told], given: Given) -> Iterator[Said]:
    """9: of each step what was planned and due, when it was done, and who was late by how many days."""
    planned = {
        step: day
        for one in of_kind(lines, "step-completed")
        for step, day in one.data.get("planned", {}).items()
    }
    found = 0
    for stream, told in sorted(by_stream(lines).items()):
        dues = [one for one in of_kind(told, *DUE) if one.data.get("due")]
        if not dues:
            continue
        found += 1
        step, place = str(dues[0].data["step"]), stream.rpartition("-")[2].lstrip("0")
        of_it = {"step": step, "place": place, "planned": planned.get(step, "")}
        for one in of_kind(told, "step-part-done"):
            yield from against_due(one, dues, {**of_it, "part": one.data["part"]}, given, "part-")
        done = newest(of_kind(told, "step-completed"))
        if done and not any(one.place > done.place for one in of_kind(told, "step-reopened")):
            yield from against_due(done, dues, of_it, given, "step-")
        else:
            last = dues[-1]
            said = {"due": last.data["due"]["due_on"], "calendar": last.data["due"]["calendar"]}
            yield Said("step-open", {**of_it, **said}, (last.place,))
    if not found:
        yield Said("no-steps", {})


def against_due(
    line: Told, dues: Sequence[Told], of_it: Mapping[str, Any], given: Given, what: str
) -> Iterator[Said]:
    """What was done on a day against the due day that held then; parts only where they were late."""
    held = due_on(dues, line.day)
    due = held.data["due"]
    days = working_days_late(due["due_on"], line.day, given)
    if days or what == "step-":
        facts = {**of_it, "due": due["due_on"], "calendar": due["calendar"], "days": days}
        yield acted(f"{what}{'late' if days else 'in-time'}", line, held, **facts)


def due_on(dues: Sequence[Told], day: str) -> Told:
    """The last word on the due day that counted on a day, by the day from which each counts."""
    started = [one for one in dues if one.data["due"]["counted_from"] <= day]
    counts = [one.data["due"]["counted_from"] for one in started or dues]
    since = max(counts) if started else min(counts)
    return [one for one in dues if one.data["due"]["counted_from"] == since][-1]


def working_days_late(due: str, done: str, given: Given) -> int:
    """Working days from the day after the due day on, at least one; by the days off that were given."""
    start, end = date.fromisoformat(due), date.fromisoformat(done)
    off, working = set(given.get("off", ())), set(given.get("working", ()))
    days = [start + timedelta(number) for number in range(1, (end - start).days + 1)]
    counted = [
        day
        for day in days
        if day.isoformat() in working or (day.weekday() < SATURDAY and day.isoformat() not in off)
    ]
    return max(1, len(counted)) if days else 0
