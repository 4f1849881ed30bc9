"""The applications that tests ask: routes and templates are made once in a process, as in life;
what an application knows of its room is new each time.
"""

from collections.abc import Sequence
from copy import copy
from pathlib import Path

from fastapi import APIRouter, FastAPI
from starlette.datastructures import State

from shared.service import Service
from shared.web.app import create_app
from shared.web.forms.form_words import Words, word

_MADE: dict[object, tuple[Sequence[APIRouter], FastAPI]] = {}


def application_of(service: Service) -> FastAPI:
    """What a service declares, without its life: the test opens the room."""
    return application(service.room.name, service.routers, service.templates, service.words)


def application(
    name: str, routers: Sequence[APIRouter], templates: Sequence[Path] = (), words: Words = word
) -> FastAPI:
    key = name, *map(id, routers), *templates, words
    if key not in _MADE:
        _MADE[key] = routers, create_app(name, routers=routers, templates=templates, words=words)
    made = _MADE[key][1]
    app = copy(made)
    app.state, app.middleware_stack = State(dict(made.state._state)), None
    return app
