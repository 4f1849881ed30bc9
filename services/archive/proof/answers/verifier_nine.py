"""The nine questions by their numbers, and answers as text.

Role: a part of the verifier (`verifier.py`), joined to it when that is given out; standard library alone.
Previous hop: `questions/view.py` with the lines of the log, `verifier_answer.py` with those of a file.
Next hop: `verifier_figures.py`, `verifier_acts.py`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from services.archive.proof.answers.verifier_acts import copies, deadlines, dispatches, duties, log_itself
from services.archive.proof.answers.verifier_figures import changed_after, elsewhere, printed, sources
from services.archive.proof.answers.verifier_lines import Given, Said, Told
from services.archive.proof.answers.verifier_sayings import ASKED, OF_FIGURES
from services.archive.proof.answers.verifier_sayings_acts import OF_ACTS

Answering = Callable[[Sequence[Told], Given], Iterator[Said]]
NINE: Sequence[tuple[Answering, tuple[str, ...]]] = (
    (printed, ("submission", "verification", "document", "endorsement")),
    (changed_after, ("submission", "verification", "document", "endorsement")),
    (sources, ("submission", "verification", "rules")),
    (elsewhere, ("verification",)),
    (copies, ("document", "endorsement")),
    (dispatches, ("dispatch", "cyclefile")),
    (log_itself, ()),
    (duties, ("submission", "verification", "endorsement")),
    (deadlines, ("step", "settings")),
)
"""How each question is answered, and from which kinds of stream of the cycle; none named: from all."""

SAYINGS = {**OF_FIGURES, **OF_ACTS}


def answered(question: int, lines: Sequence[Told], given: Given) -> list[Said]:
    """The answer to a question as it follows from lines, in the order of the log. Raises IndexError for a
    question that there is not, one of UNREADABLE for lines that say what no service ever said.
    """
    if not 1 <= question <= len(NINE):
        raise IndexError(question)
    return list(NINE[question - 1][0](lines, given))


def in_words(one: Said, *, in_english: bool, show: Callable[[str, Any], str] | None = None) -> str:
    """A sentence of an answer. `show` says how a fact reads by its name; else as it stands in the log."""
    told = {name: (show or as_logged)(name, value) for name, value in one.facts.items()}
    return SAYINGS[one.code][in_english].format(**told)


def as_logged(_name: str, value: Any) -> str:
    """A fact as the log has it."""
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return "–" if value is None or value == "" else str(value)


def text_of(question: int, answer: Sequence[Said], lines: Sequence[Told], given: Given) -> str:
    """The answer to be read, in both languages, each sentence with the places and times of its lines."""
    times: Mapping[int, str] = {one.place: str(one.event["recorded_at"]) for one in lines}
    parts = []
    for in_english in (False, True):
        parts.append(f"{given['cycle']} · {question}. {ASKED[question - 1][in_english]}\n")
        for one in answer:
            parts.append(f"{'✗' if one.wrong else '–'} {in_words(one, in_english=in_english)}")
            parts += [f"    #{place} {times.get(place, '')}" for place in one.lines]
        rests = (
            "Rests on {n} lines of the log, all of them in this folder."
            if in_english
            else "Berdasar {n} baris log, semuanya ada di folder ini."
        )
        parts.append(f"\n{rests.format(n=len(lines))}\n")
    return "\n".join(parts)
