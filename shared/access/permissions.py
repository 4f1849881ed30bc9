"""Permissions: which role may give which command and ask which query, for its own agency or for all, and in
which regions.

The table is `roles.toml`; a name that is not in it is allowed to nobody. An office holds for its own region;
of the roles that the table names `below`, an office of a province or of the installation holds for what lies
in it.
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
from shared.contracts.regions import below
from shared.contracts.secret_text import is_token
from shared.eventsourcing.combined import combined

Scope = Literal["own_agency", "all"]
Grants = Mapping[str, Mapping[str, Scope]]
NOBODY: frozenset[str] = frozenset()
TABLE = Path(__file__).with_name("roles.toml")


class Forbidden(Exception):
    """The person may not do this. `allowed` are the roles that may,
    so that the sentence can say whom to ask. `of_persons`: a token asked for what only a person may.
    """

    def __init__(self, name: str, allowed: tuple[str, ...] = (), *, of_persons: bool = False) -> None:
        super().__init__(name)
        self.name, self.allowed, self.of_persons = name, allowed, of_persons


class RolesFileInvalid(Exception):
    """The table of roles names a role or a scope that does not exist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who looks or acts: a person with the offices held today, or a token with the one that it is lent.
    `reach` is what the present query may show: None is everything of the regions whose codes begin as one of
    `places`. Who `looks_back` at a past moment may give no command there.
    """

    person: str
    name: str
    region: str
    agency: str
    agency_name: str
    offices: tuple[Office, ...]
    reach: frozenset[str] | None = NOBODY
    places: frozenset[str] = NOBODY
    looks_back: bool = False

    @classmethod
    def of(cls, person: Person, agency_name: str, day: date) -> "Viewer":
        return combined(
            cls, person, person=person.id, agency_name=agency_name, offices=person.offices_on(day)
        )

    @property
    def roles(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(office.role for office in self.offices))

    @property
    def is_token(self) -> bool:
        return is_token(self.person)

    def has(self, role: str) -> bool:
        return role in self.roles

    def may_see(self, agency: str) -> bool:
        """Whether the present query may show something of this agency, where the region is one of its."""
        return self.reach is None or agency in self.reach

    def sees(self, agency: ColumnElement[Any]) -> ColumnElement[bool]:
        """The same as a WHERE clause: every query filters at the source by `viewer.sees(table.c.agency)`.
        Regions need none: `shared.eventsourcing.sight` keeps them.
        """
        return true() if self.reach is None else agency == any_(literal(sorted(self.reach), ARRAY(Text)))


@dataclass(frozen=True, slots=True)
class Permissions:
    """The table of roles.toml, asked by full name: `intake.EnterFigure`, `intake.board`.
    `tokens`: what a token may too, in the role of its office; all else demands a person.
    """

    commands: Grants
    queries: Grants
    below: frozenset[str] = NOBODY
    tokens: frozenset[str] = NOBODY

    def may(self, viewer: Viewer, name: str) -> bool:
        """Whether the viewer holds any office that is allowed this at all."""
        granted = self._granted(name, viewer)
        return any(office.role in granted for office in viewer.offices)

    def roles(self, name: str) -> tuple[str, ...]:
        """The roles that are allowed this, for whatever scope."""
        return tuple(self._granted(name))

    def places(self, viewer: Viewer, *names: str) -> frozenset[str]:
        """How the codes of the regions begin in which the viewer is allowed any of these."""
        granted = {role for name in names for role in self._granted(name, viewer)}
        return frozenset(self._place(office) for office in viewer.offices if office.role in granted)

    def everywhere(self, viewer: Viewer) -> frozenset[str]:
        """The same for whatever the viewer may do at all."""
        return frozenset(map(self._place, viewer.offices))

    def office(self, viewer: Viewer, name: str, agency: str | None, region: str) -> Office:
        """The office in which the viewer may give this command for this agency of a region; what is of no
        region is everybody's whom the table names. Raises Forbidden.
        """
        granted = self._granted(name, viewer)
        for office in viewer.offices:
            if region and not region.startswith(self._place(office)):
                continue
            scope = granted.get(office.role)
            if scope == "all" or (scope == "own_agency" and agency is not None and office.agency == agency):
                return office
        raise self.refusal(viewer, name)

    def reading(self, viewer: Viewer, name: str) -> Viewer:
        """The viewer with the reach that this query gives. Raises Forbidden when no office is allowed it."""
        granted = self._granted(name, viewer)
        scopes = [
            (granted[office.role], office.agency) for office in viewer.offices if office.role in granted
        ]
        if not scopes:
            raise self.refusal(viewer, name)
        everything = any(scope == "all" for scope, _ in scopes)
        reach = None if everything else frozenset(agency for _, agency in scopes)
        return replace(viewer, reach=reach, places=self.places(viewer, name))

    def reaching(self, viewer: Viewer, name: str) -> Viewer | None:
        """The same, or None where no office is allowed it."""
        return self.reading(viewer, name) if self.may(viewer, name) else None

    def _place(self, office: Office) -> str:
        return below(office.region) if office.role in self.below else office.region

    def refusal(self, viewer: Viewer, *names: str) -> Forbidden:
        """What is answered to a viewer who may do none of these."""
        if viewer.is_token and not self.tokens.intersection(names):
            return Forbidden(names[0] if names else "", of_persons=True)
        return Forbidden(names[0], tuple(sorted({role for name in names for role in self.roles(name)})))

    def _granted(self, name: str, viewer: Viewer | None = None) -> Mapping[str, Scope]:
        if viewer is not None and viewer.is_token and name not in self.tokens:
            return {}
        if viewer is not None and viewer.looks_back and name in self.commands:
            return {}
        return self.commands.get(name) or self.queries.get(name) or {}


def load(path: Path = TABLE) -> Permissions:
    """The table of roles from its file. Raises RolesFileInvalid for an unknown role or scope,
    a name in both parts, or one that only tokens may.
    """
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    commands, queries = _grants(document.get("commands", {})), _grants(document.get("queries", {}))
    if twice := commands.keys() & queries.keys():
        raise RolesFileInvalid(f"both a command and a query: {', '.join(sorted(twice))}")
    wide = frozenset(document.get("below", {}).get("roles", ()))
    if unknown := wide - ROLES.keys():
        raise RolesFileInvalid(f"below: unknown role {min(unknown)}")
    tokens = frozenset(document.get("tokens", {}).get("may", ()))
    if unknown := tokens - commands.keys() - queries.keys():
        raise RolesFileInvalid(f"tokens may what nobody may: {', '.join(sorted(unknown))}")
    return Permissions(commands, queries, wide, tokens)


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
