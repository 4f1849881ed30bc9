"""What Tim SPM wants to know about figures of a submission: the points of its last return, and the questions
that are open, each answered or not.

SOP steps 7 and 8. Previous hop: `submission/queries.py`, with the notes of the return and the timeline.
Next hop: the sheet, which shows each beside its figure. Pure.
"""

from collections.abc import Iterable, Sequence

from services.intake.queries import Row


def points_of(notes: Iterable[Row], happened: Iterable[Row]) -> Sequence[Row]:
    """`notes`: of the last return; `happened`: what of the timeline was said in verification, in order.
    Answers Service, field, note, answered.
    """
    returned = {(note["service"], note["field"]): {**note, "answered": False} for note in notes}
    found = returned
    for row in happened:
        facts = row["facts"]
        cell = (facts.get("service", ""), facts.get("field", ""))
        match row["what"]:
            case "submission-returned":
                found = returned
            case "submission-approved":
                found = {}
            case "question-asked":
                asked = {"service": cell[0], "field": cell[1], "note": facts["text"], "answered": False}
                found = {**found, cell: asked}
            case "question-answered" if cell in found:
                found = {**found, cell: {**found[cell], "answered": True}}
            case "question-settled":
                found = {key: point for key, point in found.items() if key != cell}
    return tuple(found.values())
