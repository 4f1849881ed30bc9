"""Services that go over from one agency's submission to another's in a running cycle, with all that was
entered.

SOP step 7, where agencies are split or merged after the socialisation (ADR 44). Two streams are involved:
the giver decides with what it has, the taker with what it is given, and both are recorded together or not at
all (`process_manager.at_once`). Previous hop: `submission.py`. Next hop: the taker's stream; verification and
the step of filling, which wait for another agency from then on.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from services.intake.domain.submission_commands import HandOverServices, TakeOverServices
from services.intake.domain.submission_state import (
    Filling,
    HandedIn,
    Submission,
    Withdrawn,
    Wrote,
    contributed,
    place_of,
)
from shared.contracts.handing_over import ServicesHandedOver, ServicesTakenOver
from shared.contracts.intake import SubmissionOpened
from shared.contracts.values import AttachedEvidence, CellAuthor, FileAuthor
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.decider import Refused

T = TypeVar("T")


# Decide


def hand_over(command: HandOverServices, giver: Submission) -> Sequence[ServicesHandedOver]:
    """What the giver parts with. Raises Refused."""
    check_giver(command, giver)
    for name in ("reason", "letter"):
        if not getattr(command, name).strip():
            raise Refused(
                "reason-missing" if name == "reason" else "letter-missing",
                "Tulis mengapa layanan dialihkan, dan surat atau peraturan yang menetapkannya.",
                field=name,
            )
    moved = frozenset(command.services)
    evidence = parted(giver.evidence, moved, inside=True)
    digests = {entry.file.digest for entry in evidence}
    return [
        combined(
            ServicesHandedOver,
            giver,
            command,
            services=tuple(service for service in giver.services if service in moved),
            held=tuple(service for service in giver.services if service not in moved),
            figures=only(giver.figures, moved),
            authors=authors_of(giver, moved),
            evidence=evidence,
            left=tuple(
                entry for entry in parted(giver.evidence, moved, inside=False) if entry.file.digest in digests
            ),
            attached=tuple(
                combined(FileAuthor, wrote, digest=digest, occurred_on=wrote.on)
                for digest, wrote in giver.attached_by.items()
                if digest in digests
            ),
            fields=tuple(note for note in giver.notes if note.service in moved),
            explanations=tuple(said for said in giver.explained.values() if said.service in moved),
            reason=command.reason.strip(),
            letter=command.letter.strip(),
        )
    ]


def check_giver(command: HandOverServices, giver: Submission) -> None:
    """Only what is still being filled in goes over: what lies with Tim SPM is returned or taken back first,
    so that its approval is voided by the way that is there for it.
    """
    if giver.phase is None:
        raise Refused("submission-not-open", "Isian belum dibuka; isian dibuka setelah sosialisasi.")
    if command.endorsed:
        raise Refused("report-endorsed", "Laporan sudah disahkan; layanan tidak dapat dialihkan lagi.")
    if isinstance(giver.phase, HandedIn):
        sentence = "Isian {agency} sudah diserahkan; tunggu dikembalikan atau ditarik kembali, lalu alihkan."
        raise Refused("giver-handed-in", sentence, agency=giver.agency_name)
    if isinstance(giver.phase, Withdrawn):
        raise Refused("submission-withdrawn", "Semua layanan isian ini sudah dialihkan; isian ini ditutup.")
    if command.taker == giver.agency:
        raise Refused("taker-is-giver", "Pilih perangkat daerah lain sebagai penerima.", field="taker")
    if not command.services:
        raise Refused("services-missing", "Pilih sedikitnya satu layanan.", field="services")
    strange = [service for service in command.services if service not in giver.services]
    if strange:
        sentence = "Layanan {service} bukan layanan {agency} dalam siklus ini."
        raise Refused(
            "service-not-held", sentence, field="services", service=strange[0], agency=giver.agency_name
        )


def take_over(command: TakeOverServices, taker: Submission) -> Sequence[SubmissionOpened | ServicesTakenOver]:
    """What the taker has afterwards; its submission is opened where there is none. Raises Refused."""
    if isinstance(taker.phase, HandedIn):
        sentence = "Isian {agency} sudah diserahkan; tunggu dikembalikan atau ditarik kembali, lalu alihkan."
        raise Refused("taker-handed-in", sentence, field="taker", agency=taker.agency_name)
    twice = [service for service in command.services if service in taker.services]
    if twice:
        sentence = "Layanan {service} sudah ada pada {agency}."
        raise Refused("service-twice", sentence, field="services", service=twice[0], agency=taker.agency_name)
    opened = [] if taker.phase else [combined(SubmissionOpened, command)]
    held = tuple(dict.fromkeys((*taker.services, *command.services)))
    arrived = tuple(joined(taker.attached(entry.file.digest), entry) for entry in command.evidence)
    taken = combined(
        ServicesTakenOver,
        command,
        agency_name=taker.agency_name or command.agency_name,
        held=held,
        evidence=arrived,
        fields=(*taker.notes, *command.fields),
    )
    return [*opened, taken]


def joined(before: AttachedEvidence | None, now: AttachedEvidence) -> AttachedEvidence:
    """The same bytes attached again support more services; they keep the name under which they are known."""
    if before is None:
        return now
    return AttachedEvidence(
        file=before.file, services=tuple(dict.fromkeys((*before.services, *now.services)))
    )


def parted(
    evidence: Iterable[AttachedEvidence], services: Container[str], *, inside: bool
) -> tuple[AttachedEvidence, ...]:
    """The files as far as they support these services, or all others."""
    found = (
        replace(entry, services=tuple(one for one in entry.services if (one in services) is inside))
        for entry in evidence
    )
    return tuple(entry for entry in found if entry.services)


def only(table: Mapping[str, T], services: Container[str]) -> dict[str, T]:
    """What a table by service says of these."""
    return {service: value for service, value in table.items() if service in services}


def authors_of(giver: Submission, services: Container[str]) -> tuple[CellAuthor, ...]:
    """Whose each cell of these services is."""
    return tuple(
        combined(CellAuthor, wrote, service=service, field=place, occurred_on=wrote.on)
        for service, cells in giver.written.items()
        if service in services
        for place, wrote in cells.items()
    )


# Evolve


def handed_over(giver: Submission, event: ServicesHandedOver) -> Submission:
    """Without what went; withdrawn where nothing is left. Who worked on it stays known (R17)."""
    stay, gone = frozenset(event.held), {entry.file.digest for entry in event.evidence}
    evidence = tuple(entry for entry in giver.evidence if entry.file.digest not in gone)
    attached = {entry.file.digest for entry in (*evidence, *event.left)}
    phase = giver.phase
    if not stay and isinstance(phase, Filling):
        phase = Withdrawn(phase.last)
    return replace(
        giver,
        services=event.held,
        figures=only(giver.figures, stay),
        written=only(giver.written, stay),
        evidence=(*evidence, *event.left),
        attached_by=only(giver.attached_by, attached),
        notes=tuple(note for note in giver.notes if note.service in stay),
        explained={about: said for about, said in giver.explained.items() if said.service in stay},
        phase=phase,
    )


def taken_over(taker: Submission, event: ServicesTakenOver) -> Submission:
    """With what came, and whose each of its cells and files is."""
    came = {entry.file.digest for entry in event.evidence}
    others = tuple(entry for entry in taker.evidence if entry.file.digest not in came)
    written: dict[str, dict[str, Wrote]] = {}
    for author in event.authors:
        written.setdefault(author.service, {})[author.field] = Wrote(author.by, author.occurred_on)
    attached = {author.digest: Wrote(author.by, author.occurred_on) for author in event.attached}
    phase = taker.phase
    if isinstance(phase, Withdrawn):
        phase = Filling(phase.last)
    return replace(
        contributed(taker, *event.contributors),
        services=event.held,
        figures={**taker.figures, **event.figures},
        written={**taker.written, **written},
        evidence=(*others, *event.evidence),
        attached_by={**attached, **taker.attached_by},
        notes=event.fields,
        explained={**taker.explained, **{place_of(said): said for said in event.explanations}},
        phase=phase,
    )
