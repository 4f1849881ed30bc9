"""What an environment says: each setting by its name, or in the file that `<NAME>_FILE` names.

Role: says what a setting is called, reads it, and says what is wrong with how it was told, before anything is
judged. Used by `settings.py`,
and by `deploy` for what it is told itself.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import Field


class SettingsError(Exception):
    """Settings are missing, wrong or contradict each other;
    `faults` says each in one sentence, with what to do.
    """

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def _from_file(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "it holds no UTF-8 text"
        sentence = (
            f"{name}_FILE names {path}, which cannot be read ({why}); make that file readable for this "
            f"user, or set {name}."
        )
        raise SettingsError(sentence) from None


def found(environment: Mapping[str, str], names: Iterable[str]) -> tuple[dict[str, str], dict[str, str]]:
    """What was told, by name, and what is wrong with how it was told. Nothing but spaces is nothing."""
    found: dict[str, str] = {}
    faults: dict[str, str] = {}
    for name in names:
        said, path = environment.get(name, "").strip(), environment.get(f"{name}_FILE", "").strip()
        if said and path:
            faults[name] = f"{name} and {name}_FILE are both set; keep one of them."
        elif said:
            found[name] = said
        elif path:
            try:
                found[name] = _from_file(name, path)
            except SettingsError as error:
                faults[name] = str(error)
    return found, faults


def told(name: str, must: str, default: Any = ..., *, secret: bool = False) -> Any:
    """A field that is told as `name`. `must` completes "NAME must be …";
    a secret is shown neither by repr nor in a sentence.
    """
    return Field(
        default,
        validation_alias=name,
        description=must,
        repr=not secret,
        json_schema_extra={"secret": secret},
    )
