"""What a person says in a form or in JSON, as one shape:
it names the fields of a command that people fill in, once for both doors.

Serves every SOP step. Previous hop: a form, by way of `forms/typed.py`, or a body that FastAPI has read.
Next hop: the sub-room's `orders.py`.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from typing import Any, Literal, TypeVar, get_args, get_origin

from shared.eventsourcing.combined import combined
from shared.web.forms.fields import Body
from shared.web.forms.typed import day_of, text_of, whole_of

Said = TypeVar("Said", bound=Body)
Made = TypeVar("Made")

READ: Mapping[Any, Callable[[Mapping[str, Any], str], Any]] = {str: text_of, date: day_of, int: whole_of}


def said_in(form: Mapping[str, Any], shape: type[Said]) -> Said:
    """What a form says, each field read by its type: a text, a day, a whole number, a choice; None where a
    field that may be left out is empty.

    Raises Refused where there is no day or no number; whether a text is fit the gate says, as for JSON.
    """
    said = {name: _read(form, name, field.annotation) for name, field in shape.model_fields.items()}
    return shape.model_construct(**said)


def _read(form: Mapping[str, Any], name: str, kind: Any) -> Any:
    if type(None) in (inside := get_args(kind)):
        kind = next(one for one in inside if one is not type(None))
        kind = getattr(kind, "__origin__", kind)
        if not text_of(form, name):
            return None
    return READ[str if get_origin(kind) is Literal else kind](form, name)


def command_of(kind: type[Made], said: Body, **more: Any) -> Made:
    """The command that a person's words and `more` make; what else stands in the body is no part of it."""
    wanted = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    return combined(kind, **{**{name: value for name, value in said if name in wanted}, **more})
