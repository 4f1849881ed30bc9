"""The table of roles, the rules and the routes name the same things;
and no route answers without saying who may ask.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from functools import cache

import pytest
from fastapi import FastAPI
from fastapi.routing import RouteContext, iter_route_contexts

from shared.access import permissions
from shared.service_names import SERVICES
from shared.web.declared import Declaration
from tests.support.applications import application_of, service_of

TABLE = permissions.load()
SAFE = {"GET", "HEAD"}
# Given by no rule: trying a parked message again, dismissing an alarm and ending somebody's session are no
# events of a case.
OF_THE_RIM = {"RetryParked", "DismissAlarm", "EndSessions"}
SESSIONS = {"/sesi", "/api/intake/sessions", "/api/intake/sessions/{session}"}
LOCAL = {"/masuk/lokal", "/masuk/kedua", "/undangan"} | {
    f"/saya/{own}" for own in ("sandi", "faktor", "faktor/baru", "faktor/hapus", "pemulihan")
}
"""By a local account; what is done to the own one needs no office, and its password (ADR 38)."""
IN_AND_OUT = {"/masuk", "/masuk/pamit/{provider}", "/keluar", "/api/intake/session"} | SESSIONS | LOCAL


def modules(service: str) -> Iterator[object]:
    package = importlib.import_module(f"services.{service}")
    for found in pkgutil.walk_packages(package.__path__, f"services.{service}."):
        if ".migrations" not in found.name and not found.name.endswith("__main__"):
            yield importlib.import_module(found.name)


def app_of(service: str) -> FastAPI:
    declared = service_of(service)
    return application_of(declared)


@cache
def routes(service: str) -> tuple[RouteContext, ...]:
    """Every route that answers for the service, the rim's own included."""
    app = app_of(service)
    found = iter_route_contexts(app.routes)
    return tuple(
        route
        for route in found
        if route.path != app.openapi_url and hasattr(route, "methods") and route.methods
    )


def declarations(route: RouteContext) -> list[Declaration]:
    return [
        depends.dependency for depends in route.dependencies if isinstance(depends.dependency, Declaration)
    ]


def commands(service: str) -> set[str]:
    """The command classes of a service's rules: the members of each domain file's `Command`."""
    found: set[str] = set()
    for module in modules(service):
        if (
            ".domain." in getattr(module, "__name__", "")
            and (union := getattr(module, "Command", None)) is not None
        ):
            found |= {
                command.__name__ for command in ((union,) if inspect.isclass(union) else union.__args__)
            }
    return found


def granted(service: str, table: permissions.Grants) -> set[str]:
    return {name.partition(".")[2] for name in table if name.startswith(f"{service}.")}


@pytest.mark.parametrize("service", SERVICES)
def test_every_route_says_who_may_ask(service: str) -> None:
    silent = [
        f"{sorted(route.methods)} {route.path}" for route in routes(service) if len(declarations(route)) != 1
    ]
    assert silent == []


@pytest.mark.parametrize("service", SERVICES)
def test_every_declared_name_stands_in_the_table(service: str) -> None:
    for route in routes(service):
        (declaration,) = declarations(route)
        table = TABLE.commands if declaration.kind == "command" else TABLE.queries
        assert set(declaration.names) <= set(table), route.path


@pytest.mark.parametrize("service", SERVICES)
def test_what_changes_something_is_a_command_or_the_way_in_and_out(service: str) -> None:
    """A page that only shows the form of a command may ask for that command too."""
    for route in routes(service):
        (declaration,) = declarations(route)
        if not route.methods <= SAFE and route.path not in IN_AND_OUT:
            assert declaration.kind == "command", route.path


@pytest.mark.parametrize("service", SERVICES)
def test_every_command_of_the_rules_stands_in_the_table_and_no_other(service: str) -> None:
    assert granted(service, TABLE.commands) - OF_THE_RIM == commands(service)


@pytest.mark.parametrize("service", SERVICES)
def test_every_command_that_a_person_may_give_has_a_route_and_no_other_has(service: str) -> None:
    given = {
        name.partition(".")[2]
        for route in routes(service)
        for one in declarations(route)
        if one.kind == "command"
        for name in one.names
    }
    of_persons = {
        name.partition(".")[2]
        for name, roles in TABLE.commands.items()
        if name.startswith(f"{service}.") and roles
    }
    assert given == of_persons


@pytest.mark.parametrize("service", SERVICES)
def test_every_query_of_the_table_has_a_route(service: str) -> None:
    asked = {
        name
        for route in routes(service)
        for one in declarations(route)
        if one.kind in {"query", "feed"}
        for name in one.names
    }
    own = {name for name in TABLE.queries if name.startswith(f"{service}.")}
    assert own - asked == set()


def test_a_route_that_declares_nothing_would_be_found() -> None:
    app = FastAPI()
    app.get("/terbuka")(lambda: None)
    assert [declarations(route) for route in iter_route_contexts(app.routes) if route.path == "/terbuka"] == [
        []
    ]
