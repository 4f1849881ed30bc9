"""One thing that was found: how bad it is, what it says and what to do."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from deploy.messages import sentence

State = Literal["fine", "unseen", "warning", "wrong"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`key` names its sentence in messages.toml, which `facts` completes."""

    check: str
    state: State
    key: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return sentence(f"doctor-{self.key}", **self.facts) if self.key else ""

    def as_json(self) -> dict[str, Any]:
        facts = {name: str(value) for name, value in self.facts.items()}
        return {**asdict(replace(self, facts=facts)), "sentence": self.text}


def exit_code(findings: "list[Finding]") -> int:
    """0 where nothing is wrong (a warning is not), 1 where something is."""
    return 1 if any(found.state == "wrong" for found in findings) else 0
