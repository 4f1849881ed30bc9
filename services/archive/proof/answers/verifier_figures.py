"""Questions 1 to 4 of an auditor, about figures: where a printed number comes from, what changed after it was
approved, who counted those entitled, and what is known of the same number elsewhere.

Role: a part of the verifier (`verifier.py`), joined to it when that is given out; standard library alone.
Previous hop: `verifier_nine.py`. Next hop: `verifier_lines.py`.
Source: what auditors look at, by BPK and EPPD.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from services.archive.proof.answers.verifier_lines import (
    Given,
    Said,
    Told,
    acted,
    by_stream,
    case_of,
    newest,
    of_kind,
    of_stream,
)

ENTERED, TAKEN_OVER, RECEIVED = "figure-entered", "services-taken-over", "submission-received"
APPROVED, SETTLED, DRAFTED = "submission-approved", "document-settled", "document-drafted"


def printed(lines: Sequence[Told], given: Given) -> Iterator[Said]:
    """1: for a printed number, which revision of which submission; typed by whom, with which evidence,
    verified and endorsed by whom.
    """
    case, service = given["case"], given["service"]
    submission = of_stream(lines, f"submission-{case}")
    approvals = list(of_kind(of_stream(lines, f"verification-{case}"), APPROVED))
    settled, basis = final_report(lines)
    in_it = [one for one in approvals if one.data["digest"] == basis.get(f"submission-{case}")]
    approved = newest(in_it or approvals)
    if settled is None:
        yield Said("no-report", {})
    elif in_it:
        yield Said("in-report", {"digest": settled.data["digest"]}, (settled.place,))
    else:
        yield Said("not-in-report", {"digest": settled.data["digest"]}, (settled.place,))
    handed = newest(
        one
        for one in of_kind(submission, RECEIVED)
        if approved is None or one.data["digest"] == approved.data["digest"]
    )
    before = [one for one in submission if handed is None or one.place < handed.place]
    typed = [one for one in of_kind(before, ENTERED) if one.data["service"] == service]
    if typed:
        *earlier, last = typed
        yield acted("typed", last, **cells(last.data["figure"]), service=service)
        for one in reversed(earlier):
            yield acted("typed-before", one, **cells(one.data["figure"]), service=service)
    else:
        yield Said("not-typed", {"service": service})
    for one in of_kind(before, TAKEN_OVER):
        if service in one.data["services"]:
            yield acted("taken-over", one, service=service, giver=one.data["giver"])
    if handed:
        yield acted("handed-in", handed, revision=handed.data["revision"], digest=handed.data["digest"])
    yield from evidence(before, service)
    yield from verified(lines, approved, settled)


def verified(lines: Iterable[Told], approved: Told | None, settled: Told | None) -> Iterator[Said]:
    """Who approved the submission, and who endorsed the report in which it stands."""
    if approved is None:
        yield Said("not-approved", {})
    else:
        yield acted(
            "approved",
            approved,
            agency=approved.data["agency"],
            revision=approved.data["revision"],
            digest=approved.data["digest"],
        )
    if settled is None:
        return
    for one in of_kind(lines, "report-endorsed"):
        if one.data["digest"] == settled.data["digest"]:
            yield acted("endorsed", one, digest=one.data["digest"])


def evidence(lines: Iterable[Told], service: str) -> list[Said]:
    """The files that were attached for a service and not withdrawn."""
    files: dict[str, Said] = {}
    for one in lines:
        if one.kind == "evidence-attached" and service in one.data["evidence"]["services"]:
            file = one.data["evidence"]["file"]
            files[file["digest"]] = acted("evidence", one, file=file["name"], digest=file["digest"])
        elif one.kind == "evidence-withdrawn":
            files.pop(one.data["digest"], None)
        elif one.kind == TAKEN_OVER and service in one.data["services"]:
            for each in one.data["evidence"]:
                if service in each["services"]:
                    file = each["file"]
                    files[file["digest"]] = acted("evidence", one, file=file["name"], digest=file["digest"])
    return [*files.values()] or [Said("no-evidence", {"service": service})]


def changed_after(lines: Sequence[Told], _given: Given) -> Iterator[Said]:
    """2: what changed after verification and after the endorsement, and who approved or endorsed it again."""
    found = [*after_approval(lines), *after_endorsement(lines)]
    yield from found
    if not found:
        yield Said("nothing-changed", {"many": len(list(of_kind(lines, APPROVED)))})


def after_approval(lines: Sequence[Told]) -> Iterator[Said]:
    """Approvals that fell, those that were given again, and what changed while one stood."""
    fallen, standing = dict[str, Told](), dict[str, Told]()
    for one in of_kind(lines, APPROVED, "approval-voided", "approval-withdrawn"):
        if one.kind == APPROVED:
            standing[one.stream] = one
            if before := fallen.pop(one.stream, None):
                yield acted("approved-again", one, before, **whose(one))
        else:
            fallen[one.stream] = one
            standing.pop(one.stream, None)
            yield from fell(one)
    for one in fallen.values():
        yield Said("not-approved-again", whose(one), (one.place,))
    yield from slipped(lines, standing)


def after_endorsement(lines: Sequence[Told]) -> Iterator[Said]:
    """Endorsements that were withdrawn, corrections of what was printed, and who endorsed again."""
    taken_back: Told | None = None
    for one in of_kind(lines, "settlement-withdrawn", "correction-decided", "report-endorsed"):
        if one.kind == "report-endorsed":
            if taken_back:
                yield acted("endorsed-again", one, taken_back, digest=one.data["digest"])
            taken_back = None
        elif one.kind == "correction-decided":
            taken_back = one
            yield acted("corrected", one, number=one.data["number"], reason=one.data["reason"])
        else:
            taken_back = one
            yield acted("endorsement-withdrawn", one, reason=one.data["reason"])


def fell(line: Told) -> Iterator[Said]:
    """An approval that fell, and each cell that was others than when it was given."""
    code = "voided" if line.kind == "approval-voided" else "taken-back"
    told = {"approved_by": line.data["approved_by"], "reason": line.data["reason"]}
    yield Said(code, {**whose(line), "by": line.data["by"], **told}, (line.place,))
    for cell in line.data.get("changes", ()):
        facts = {name: cell[name] for name in ("service", "field", "before", "after")}
        yield Said("cell", facts, (line.place,))


def slipped(lines: Iterable[Told], approved: Mapping[str, Told]) -> Iterator[Said]:
    """A figure that was entered while its approval stood, which no rule allows."""
    for one in of_kind(lines, ENTERED):
        stands = approved.get(f"verification-{case_of(one.stream)}")
        if stands is not None and one.place > stands.place:
            yield acted("slipped", one, stands, wrong=True, service=one.data["service"], **whose(stands))


def sources(lines: Sequence[Told], given: Given) -> Iterator[Said]:
    """3: of each figure that was approved last, who counted those entitled, in which document."""
    found = 0
    for stream, told in by_stream(lines).items():
        approved = newest(of_kind(told, APPROVED)) if stream.startswith("verification-") else None
        if approved is None:
            continue
        submission = of_stream(lines, f"submission-{case_of(stream)}")
        before = [one for one in submission if one.place < approved.place]
        for service, figure in sorted(approved.data["figures"].items()):
            found += 1
            files = [one for one in evidence(before, service) if one.code == "evidence"]
            typed = newest(one for one in of_kind(before, ENTERED) if one.data["service"] == service)
            rests = {approved.place, *(one.lines[0] for one in files), *([typed.place] if typed else [])}
            said = {
                "service": service,
                "agency": approved.data["agency"],
                "entitled": figure.get("entitled"),
                "origin": figure.get("origin") or "",
                "files": [one.facts["file"] for one in files],
            }
            yield Said("source" if said["origin"] else "no-source", said, tuple(sorted(rests)))
    for one in of_kind(lines, "population-recorded"):
        if one.data["year"] == given.get("year"):
            kept = {name: one.data[name] for name in ("service", "population", "source", "counted_on")}
            yield acted("population", one, **kept)
    if not found:
        yield Said("no-approvals", {})


def elsewhere(lines: Sequence[Told], _given: Given) -> Iterator[Said]:
    """4: what agencies say about figures that differ from others; and what no log of Jejak can know."""
    yield Said("elsewhere-unknown", {})
    found = 0
    for told in by_stream(lines).values():
        approved = newest(of_kind(told, APPROVED))
        for said in approved.data.get("explanations", ()) if approved else ():
            found += 1
            kept = {name: said[name] for name in ("service", "field", "rule", "text", "by")}
            yield Said("explained", {**kept, "agency": approved.data["agency"]}, (approved.place,))  # type: ignore[union-attr]
    if not found:
        yield Said("no-explanations", {"many": len(list(of_kind(lines, APPROVED)))})


def final_report(lines: Iterable[Told]) -> tuple[Told | None, Mapping[str, str]]:
    """The report that was settled last, and of each submission the digest that it was compiled from."""
    settled, drafts = None, dict[str, Mapping[str, str]]()
    for one in of_kind(lines, SETTLED, DRAFTED):
        if one.data["kind"] != "laporan":
            continue
        if one.kind == DRAFTED:
            drafts[one.data["file"]["digest"]] = one.data.get("basis", {})
        else:
            settled = one
    return settled, drafts.get(settled.data["digest"], {}) if settled else {}


def cells(figure: Mapping[str, Any]) -> dict[str, Any]:
    """The numbers of a figure; None where it is blank."""
    return {name: figure.get(name) for name in ("served", "entitled")}


def whose(line: Told) -> dict[str, Any]:
    """Whose submission a line is about, and which revision."""
    return {"agency": line.data["agency"], "revision": line.data["revision"]}
