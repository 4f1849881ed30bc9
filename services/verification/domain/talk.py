"""Talk: the threads of a submission, one for each cell: question, answer, settled.

SOP step 8. Used by `verification.py`, whose state they are part of, so that an approval and a question at the
same moment are decided one after the other. The notes of a return are points of such threads.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from shared.contracts.fields import Key, Name, Person, Prose
from shared.contracts.talk import QuestionAnswered, QuestionAsked, QuestionSettled
from shared.contracts.values import FieldNote
from shared.contracts.verification import (
    SubmissionApproved,
    SubmissionReturned,
    VerificationOpened,
)
from shared.eventsourcing.combined import combined
from shared.eventsourcing.commands.decider import Refused

MOST_SAID = 100
"""So much is said in one thread; who has more to say meets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskQuestion:
    """About one cell of what waits; `field` empty: about the whole service."""

    service: Key
    field: Name
    text: Prose
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerQuestion:
    service: Key
    field: Name
    text: Prose
    by: Person
    occurred_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleQuestion:
    service: Key
    field: Name
    by: Person
    occurred_on: date


TalkCommand = AskQuestion | AnswerQuestion | SettleQuestion
TalkEvent = QuestionAsked | QuestionAnswered | QuestionSettled
Cell = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Thread:
    """`question`: what was asked last. `asked`: by a question of its own, not only as a point of a return.
    `said`: how many words of both sides it holds; `answered_by`: who spoke for the agency.
    """

    question: str
    open: bool = True
    asked: bool = False
    said: int = 1
    answered_by: frozenset[str] = frozenset()


Threads = Mapping[Cell, Thread]


def ask(command: AskQuestion, opened: VerificationOpened, threads: Threads) -> Sequence[TalkEvent]:
    """Raises Refused for a question without words, and for a thread that is full."""
    _room(threads.get((command.service, command.field)))
    text = _words(command.text, "Tulis apa yang ditanyakan.")
    return [combined(QuestionAsked, opened, command, text=text)]


def answer(command: AnswerQuestion, opened: VerificationOpened, threads: Threads) -> Sequence[TalkEvent]:
    """Raises Refused where nothing is asked any more, or without words."""
    _room(_open(threads, command))
    text = _words(command.text, "Tulis jawabannya.")
    return [combined(QuestionAnswered, opened, command, text=text)]


def settle(command: SettleQuestion, opened: VerificationOpened, threads: Threads) -> Sequence[TalkEvent]:
    """Raises Refused where nothing is open."""
    _open(threads, command)
    return [combined(QuestionSettled, opened, command)]


def still_open(threads: Threads) -> Iterator[FieldNote]:
    """The questions that are not settled, as points of a return."""
    for (service, field), thread in threads.items():
        if thread.open and thread.asked:
            yield FieldNote(service=service, field=field, note=thread.question)


def answered_by(threads: Threads) -> frozenset[str]:
    """Who spoke for the agency in any thread."""
    return frozenset[str]().union(*(thread.answered_by for thread in threads.values()))


def _open(threads: Threads, command: AnswerQuestion | SettleQuestion) -> Thread:
    thread = threads.get((command.service, command.field))
    if thread is None or not thread.open:
        raise Refused("no-question", "Tidak ada pertanyaan yang terbuka pada sel ini.", field="field")
    return thread


def _room(thread: Thread | None) -> None:
    if thread and thread.said >= MOST_SAID:
        sentence = "Percakapan ini sudah memuat {most} pesan; selesaikan di luar sistem."
        raise Refused("thread-full", sentence, most=MOST_SAID)


def _words(text: str, otherwise: str) -> str:
    if not text.strip():
        raise Refused("text-missing", otherwise, field="text")
    return text.strip()


def evolve(threads: Threads, event: object) -> Threads:
    """The threads after an event of the submission's verification."""
    match event:
        case QuestionAsked():
            return _with(threads, event, event.text, asked=True)
        case SubmissionReturned(fields=fields):
            for note in fields:
                threads = _with(threads, note, note.note)
            return threads
        case QuestionAnswered():
            cell = (event.service, event.field)
            thread = threads[cell]
            who = thread.answered_by | {event.by}
            return {**threads, cell: replace(thread, said=thread.said + 1, answered_by=who)}
        case QuestionSettled():
            cell = (event.service, event.field)
            return {**threads, cell: replace(threads[cell], open=False)}
        case SubmissionApproved():
            return {cell: replace(thread, open=False) for cell, thread in threads.items()}
        case _:
            return threads


def _with(threads: Threads, at: QuestionAsked | FieldNote, question: str, *, asked: bool = False) -> Threads:
    cell = (at.service, at.field)
    before = threads.get(cell, Thread(question, said=0, asked=asked))
    asked = asked or (before.open and before.asked)
    now = replace(before, question=question, open=True, said=before.said + 1, asked=asked)
    return {**threads, cell: now}
