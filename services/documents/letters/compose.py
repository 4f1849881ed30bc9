"""What the template of a letter gets: the fields as a person typed them, cut by their form,
and for the report its tables as text.

SOP steps 4, 9, 10. Previous hop: `papers/drafting.py`. Next hop: `letters/render.py`.
Text of persons stays text: it travels as JSON strings only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from services.documents.domain.report import Report
from services.documents.letters.catalogue import Field
from services.documents.letters.corrections import Correction, differences, of_letter
from services.documents.letters.formats import clean, long_date
from services.documents.letters.render import Manuscript
from services.documents.letters.report_tables import report_tables
from services.documents.letters.wording import LettersOfRegion
from services.documents.regions import Office
from shared.contracts.documents import Kind
from shared.eventsourcing.commands.decider import Refused

LONGEST = 20_000

Value = str | list[str] | list[list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleFacts:
    """What every letter of a cycle needs to know about it."""

    cycle: str
    region: str
    region_name: str
    year: int

    @property
    def report_title(self) -> str:
        return f"Laporan Penerapan Standar Pelayanan Minimal {self.region_name} Tahun {self.year}"

    def placeholders(self, office: Office) -> Mapping[str, str]:
        """The words that `letters.toml` may leave open."""
        return {
            "region_name": self.region_name,
            "REGION_NAME": self.region_name.upper(),
            "year": str(self.year),
            "next_year": str(self.year + 1),
            "head": office.head,
            "HEAD": office.head.upper(),
            "place": office.place,
        }


def defaults(letters: LettersOfRegion, kind: Kind, facts: CycleFacts) -> dict[str, str]:
    """The text that stands in each field before anybody changed it."""
    words = facts.placeholders(letters.office)
    return {field.id: field.default.format_map(words).strip() for field in letters.kind[kind].field}


def as_typed(field: Field, value: Value) -> str:
    """The text that a field's value was cut from, up to spaces: what the editor shows of an earlier draft."""
    match value:
        case str():
            return value
        case _ if field.form == "paragraphs":
            return "\n\n".join(map(str, value))
        case _:
            return "\n".join(" | ".join(line) if isinstance(line, list) else line for line in value)


def file_name(letters: LettersOfRegion, kind: Kind, facts: CycleFacts) -> str:
    return letters.kind[kind].file_name.format(year=facts.year)


def compose(
    letters: LettersOfRegion,
    kind: Kind,
    facts: CycleFacts,
    entries: Mapping[str, str],
    dated: date,
    *,
    report: Report | None = None,
    report_digest: str = "",
    correction: Correction | None = None,
) -> Manuscript:
    """The manuscript of a letter. A field nobody sent has its default text.
    Refuses an empty required field, naming it, and rows that miss columns.
    """
    office = letters.office
    words = facts.placeholders(office)
    texts = defaults(letters, kind, facts) | dict(entries)
    data: dict[str, Any] = {
        "office": {**msgspec.to_builtins(office), "government": office.government.format_map(words)},
        "cycle": facts.cycle,
        "year": str(facts.year),
        "region_name": facts.region_name,
        "date": long_date(dated),
        "report_title": facts.report_title,
        "report_digest": report_digest,
        "fields": {field.id: _value(field, texts[field.id]) for field in letters.kind[kind].field},
    }
    if correction is not None:
        data["correction"] = of_letter(correction, facts.report_title)
        if report is not None:
            data["correction"]["differences"] = differences(correction, report)
    if report is not None:
        data |= {
            "outline": msgspec.to_builtins(letters.outline),
            "report": {"region_name": facts.region_name, **report_tables(report)},
        }
    return Manuscript(template=letters.kind[kind].template, data=data, dated=dated)


def _value(field: Field, typed: str) -> Value:
    text = clean(typed)
    if len(text) > LONGEST:
        raise Refused(
            "field-too-long",
            "{label} terlalu panjang; paling banyak {longest} huruf.",
            field=field.id,
            label=field.label,
            longest=LONGEST,
        )
    if field.required and not text:
        raise Refused("field-required", "{label} belum diisi.", field=field.id, label=field.label)
    match field.form:
        case "text":
            return " ".join(text.split())
        case "paragraphs":
            return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]
        case "lines":
            return [line.strip() for line in text.split("\n") if line.strip()]
        case "rows":
            return [
                _row(field, number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()
            ]


def _row(field: Field, number: int, line: str) -> list[str]:
    cells = [cell.strip() for cell in line.split("|")]
    if len(cells) != len(field.columns):
        raise Refused(
            "row-columns",
            "{label}, baris {number}: tulis {columns}, dipisahkan tanda |.",
            field=field.id,
            label=field.label,
            number=number,
            columns=" | ".join(field.columns),
        )
    return cells
