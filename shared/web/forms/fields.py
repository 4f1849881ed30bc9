"""What a request may hold: text, days and whole numbers of bodies, queries and paths,
by the rules of `shared.contracts.fields`.

An event's way, hop 1. Previous hop: a program's JSON. Next hop: the route, which builds a command. A field
says its rule by its type (`reason: Prose`), so that a bad one is a 422 with the field's name; the gate before
the decision checks the same again for everybody.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import Path
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from shared.contracts import fields
from shared.contracts.fields import INT64, NotPlain, Text, plain

_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Checked:
    """The annotation by which pydantic keeps a text to a rule."""

    rule: Text

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        described = handler(schema)
        pattern = {"pattern": f"^{self.rule.pattern}$"} if self.rule.pattern else {}
        return {**described, "maxLength": self.rule.longest, **pattern}

    def check(self, text: str) -> str:
        try:
            return plain(text, self.rule)
        except NotPlain as error:
            raise PydanticCustomError(
                _KINDS[error.code],
                "{longest}{sign}{glyph}",
                {"longest": "", "sign": "", "glyph": "", **error.facts},
            ) from None


_KINDS = {
    "text-too-long": "text_too_long",
    "text-not-plain": "text_not_plain",
    "text-malformed": "text_malformed",
    "text-secret": "text_secret",
    "glyph-missing": "text_glyph",
}


def _iso(value: object) -> object:
    """Only a day as it is stored: not seconds since 1970, not 20240321, not digits of another script."""
    if isinstance(value, str) and not _ISO.fullmatch(value):
        raise PydanticCustomError("date_iso", "no ISO day")
    if isinstance(value, (int, float)):
        raise PydanticCustomError("date_iso", "no ISO day")
    return value


Short = Annotated[str, Checked(Text(fields.SHORT))]
Name = Annotated[str, Checked(Text(fields.NAME))]
Line = Annotated[str, Checked(Text(fields.LINE))]
Prose = Annotated[str, Checked(Text(fields.PROSE, lines=True))]
Id = Annotated[str, Checked(Text(80, pattern=r"[a-z0-9][a-z0-9_.-]*"))]
CycleId = Annotated[str, Checked(Text(9, pattern=r"[0-9]{4}-[0-9]{4}"))]
OptionalCycle = Annotated[str, Checked(Text(9, pattern=r"([0-9]{4}-[0-9]{4})?"))]
CaseId = Annotated[str, Checked(Text(120, pattern=r"[0-9]{4}-[0-9]{4}-[a-z0-9_]+-[a-z0-9_]+"))]
StepKey = Annotated[str, Checked(Text(40, pattern=r"[a-z][a-z_]*"))]
Region = Annotated[str, Checked(Text(4, pattern=r"[0-9]{4}"))]
Digest = Annotated[str, Checked(Text(64, pattern=r"[0-9a-f]{64}"))]
Day = Annotated[date, BeforeValidator(_iso, json_schema_input_type=str)]
Amount = Annotated[int, Field(strict=True, ge=-(10**15), le=10**15)]
CyclePath = Annotated[CycleId, Path(description="region and year, e.g. 3402-2026")]
StepPath = Annotated[StepKey, Path(description="key of a step in the SOP of the cycle, e.g. work_plan")]
CasePath = Annotated[CaseId, Path(description="cycle, agency and period: 3402-2026-dinkes-tahunan")]
Position = Annotated[int, Field(ge=0, lt=INT64)]
"""A place in an order: a position, an index, a size."""


class Body(BaseModel):
    """The JSON body of a request; a field that it does not know is refused."""

    model_config = ConfigDict(extra="forbid")
