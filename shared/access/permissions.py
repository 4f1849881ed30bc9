"""Permissions: which role may give which command and ask which query, for its own agency or for all.

The table is `roles.toml`; a name that is not in it is allowed to nobody.
Rules of the cases (who may not approve own figures) are not here but in `services/*/domain`.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import ARRAY, ColumnElement, Text, any_, literal, true

from shared.access.people import ROLES, Office, Person

Scope = Literal["own_agency", "all"]
Grants = Mapping[str, Mapping[str, Scope]]
NOBODY: frozenset[str] = frozenset()
TABLE = Path(__file__).with_name("roles.toml")


class Forbidden(Exception):
    """The person may not do this. `allowed` are the roles that may,
    so that the sentence can say whom to ask.
    """

    def __init__(self, name: str, allowed: tuple[str, ...] = ()) -> None:
        super().__init__(name)
        self.name, self.allowed = name, allowed


class RolesFileInvalid(Exception):
    """The table of roles names a role or a scope that does not exist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who looks or acts: a person with the offices held today.
    `reach` is what the present query may show: None is everything.
    """

    person: str
    name: str
    agency: str
    agency_name: str
    offices: tuple[Office, ...]
    reach: frozenset[str] | None = NOBODY

    @classmethod
    def of(cls, person: Person, agency_name: str, day: date) -> "Viewer":
        return cls(
            person=person.id,
            name=person.name,
            agency=person.agency,
            agency_name=agency_name,
            offices=person.offices_on(day),
        )

    @property
    def roles(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(office.role for office in self.offices))

    def has(self, role: str) -> bool:
        return role in self.roles

    def may_see(self, agency: str) -> bool:
        """Whether the present query may show something of this agency."""
        return self.reach is None or agency in self.reach

    def sees(self, agency: ColumnElement[Any]) -> ColumnElement[bool]:
        """The same as a WHERE clause: every query filters at the source by `viewer.sees(table.c.agency)`."""
        return true() if self.reach is None else agency == any_(literal(sorted(self.reach), ARRAY(Text)))


@dataclass(frozen=True, slots=True)
class Permissions:
    """The table of roles.toml, asked by full name: `intake.EnterFigure`, `intake.board`."""

    commands: Grants
    queries: Grants

    def may(self, viewer: Viewer, name: str) -> bool:
        """Whether the viewer holds any office that is allowed this at all."""
        granted = self._granted(name)
        return any(office.role in granted for office in viewer.offices)

    def roles(self, name: str) -> tuple[str, ...]:
        """The roles that are allowed this, for whatever scope."""
        return tuple(self._granted(name))

    def office(self, viewer: Viewer, name: str, agency: str | None) -> Office:
        """The office in which the viewer may give this command for this agency. Raises Forbidden."""
        granted = self._granted(name)
        for office in viewer.offices:
            scope = granted.get(office.role)
            if scope == "all" or (scope == "own_agency" and agency is not None and office.agency == agency):
                return office
        raise Forbidden(name, tuple(granted))

    def reading(self, viewer: Viewer, name: str) -> Viewer:
        """The viewer with the reach that this query gives. Raises Forbidden when no office is allowed it."""
        granted = self._granted(name)
        scopes = [
            (granted[office.role], office.agency) for office in viewer.offices if office.role in granted
        ]
        if not scopes:
            raise Forbidden(name, tuple(granted))
        everything = any(scope == "all" for scope, _ in scopes)
        return replace(viewer, reach=None if everything else frozenset(agency for _, agency in scopes))

    def reaching(self, viewer: Viewer, name: str) -> Viewer | None:
        """The same, or None where no office is allowed it."""
        return self.reading(viewer, name) if self.may(viewer, name) else None

    def _granted(self, name: str) -> Mapping[str, Scope]:
        return self.commands.get(name) or self.queries.get(name) or {}


def load(path: Path = TABLE) -> Permissions:
    """The table of roles from its file. Raises RolesFileInvalid for an unknown role or scope,
    or a name in both parts.
    """
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    commands, queries = _grants(document.get("commands", {})), _grants(document.get("queries", {}))
    if twice := commands.keys() & queries.keys():
        raise RolesFileInvalid(f"both a command and a query: {', '.join(sorted(twice))}")
    return Permissions(commands, queries)


def _grants(services: Mapping[str, Mapping[str, Mapping[str, Scope]]]) -> Grants:
    grants = {
        f"{service}.{name}": granted for service, names in services.items() for name, granted in names.items()
    }
    for name, granted in grants.items():
        for role, scope in granted.items():
            if role not in ROLES:
                raise RolesFileInvalid(f"{name}: unknown role {role}")
            if scope not in {"own_agency", "all"}:
                raise RolesFileInvalid(f"{name}: unknown scope {scope}")
    return grants
