"""Before every route: the address must be readable, whatever it names.

An event's way, hop 1, first thing. Previous hop: the server. Next hop: the route's own declarations. No route
needs to remember that a path or a query may hold a NUL, half of a surrogate pair or a megabyte: it never gets
one.
"""

from collections.abc import Iterable, Iterator

from fastapi import Request
from fastapi.exceptions import RequestValidationError

from shared.contracts.fields import LINE, NotPlain, Text, plain
from shared.web import paging

_ADDRESS = Text(LINE)


async def readable(request: Request) -> None:
    """Runs before every route. Raises RequestValidationError with the
    name of each field that must be mended.
    """
    if running := getattr(request.app.state, "running", None):
        paging.key.set(paging.key_for(running.cursor_key, request.scope["endpoint"].__qualname__))
    errors = [
        *_faults("path", request.path_params.items()),
        *_faults("query", request.query_params.multi_items()),
    ]
    if errors:
        raise RequestValidationError(errors)


def _faults(place: str, said: Iterable[tuple[str, object]]) -> Iterator[dict[str, object]]:
    for name, value in said:
        for text in (name, value):
            try:
                plain(str(text), _ADDRESS)
            except NotPlain as error:
                yield {"type": error.code.replace("-", "_"), "loc": (place, name), "ctx": error.facts}
