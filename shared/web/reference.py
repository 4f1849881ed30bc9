"""The API reference of a service, rendered from its OpenAPI document;
needs no script and nothing from elsewhere.
"""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, Field
from starlette.routing import BaseRoute

from shared.access import permissions
from shared.access.permissions import Permissions
from shared.access.session import COOKIE
from shared.web.declared import Declaration, public
from shared.web.frame.rendering import render
from shared.web.problems.shape import MEDIA_TYPE


class FieldProblem(BaseModel):
    field: str
    detail: str


class ProblemDocument(BaseModel):
    """A problem (RFC 9457), as application/problem+json."""

    type: str = Field(
        description="stable URI, `urn:jejak:problem:<code>`", examples=["urn:jejak:problem:R02"]
    )
    title: str
    status: int
    detail: str
    instance: str | None = None
    request: str | None = Field(
        default=None, description="by which the operator finds this request in the log files"
    )
    errors: list[FieldProblem] = Field(default_factory=list, description="the fields to mend")


LENT = (
    "Of an agency's own system, given on the page `/token` and shown once there: "
    "`Authorization: Bearer jejak_…`, in no address, cookie or body. It acts as itself (`token:<name>`) in "
    "the role that its holder has for the agency, may use only the operations that name this scheme, and "
    "opens nothing after its last day, after it was ended, or when its holder has the office no more. At "
    "most five requests a second for long, 150 at once: 429 says by Retry-After when to go on."
)
_PROBLEM: dict[str, Any] = {"model": ProblemDocument}
PROBLEM_RESPONSES: dict[int | str, dict[str, Any]] = {
    400: {
        **_PROBLEM,
        "description": (
            "Cannot be read: a body that is no JSON, a cursor, position or If-Match that nobody gave"
        ),
    },
    401: {**_PROBLEM, "description": "Nobody is signed in"},
    403: {**_PROBLEM, "description": "Not the office of this person"},
    404: {**_PROBLEM, "description": "Nothing here that this person may see"},
    409: {**_PROBLEM, "description": "The case is not in a state for it"},
    410: {**_PROBLEM, "description": "The store has this file no more as it was"},
    412: {**_PROBLEM, "description": "Changed since (If-Match); `changed` says what"},
    413: {**_PROBLEM, "description": "Larger than the limit"},
    415: {**_PROBLEM, "description": "A form, or bytes of a kind that is not taken here"},
    421: {**_PROBLEM, "description": "Asked by a name that is none of this installation"},
    422: {**_PROBLEM, "description": "Refused by a rule, or a field to mend"},
    428: {**_PROBLEM, "description": "Needs what was seen: a digest or If-Match"},
    429: {**_PROBLEM, "description": "The token comes too fast; see Retry-After"},
    503: {
        **_PROBLEM,
        "description": (
            "Not now: the asked position is not reached, many change the same, or a part is away; "
            "see Retry-After"
        ),
    },
}


def router(service: str) -> APIRouter:
    """`/api/<service>/docs`."""
    made = APIRouter(include_in_schema=False, dependencies=[public()])

    @made.get(f"/api/{service}/docs")
    async def docs(request: Request) -> Response:
        document = request.app.openapi()
        return render(request, "reference.html", document=document, operations=_operations(document))

    return made


def described(document: dict[str, Any], routes: Sequence[BaseRoute]) -> dict[str, Any]:
    """The OpenAPI document with the ways to sign in, and with who may use each operation,
    from what its route declares.
    """
    document.setdefault("components", {})["securitySchemes"] = {
        "session": {"type": "http", "scheme": "bearer", "description": "token of POST /api/intake/session"},
        "token": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "jejak_… (55 characters, the last six check the others)",
            "description": LENT,
        },
        "cookie": {
            "type": "apiKey",
            "in": "cookie",
            "name": COOKIE,
            "description": "the browser's session; by https its name begins with __Host-",
        },
    }
    grants = permissions.load()
    for route in iter_route_contexts(routes):
        declared = next(
            (
                one.dependency
                for one in getattr(route, "dependencies", ())
                if isinstance(one.dependency, Declaration)
            ),
            None,
        )
        for method in getattr(route, "methods", None) or ():
            operation = document["paths"].get(route.path, {}).get(method.lower())
            if operation is not None and declared is not None:
                _describe(operation, declared, grants)
    return document


def _describe(operation: dict[str, Any], declared: Declaration, grants: Permissions) -> None:
    operation["security"] = [] if declared.kind == "public" else [{"session": []}, {"cookie": []}]
    if declared.tokens or grants.tokens.intersection(declared.names):
        operation["security"].append({"token": []})
    for status, answer in operation["responses"].items():
        if status >= "4" and answer.get("content"):  # a problem is JSON also where the answer itself is text
            answer["content"] = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}}
    if declared.names:
        operation["x-permission"] = list(declared.names)
        roles = sorted({role for name in declared.names for role in grants.roles(name)})
        said = operation.get("description", "")
        operation["description"] = f"{said}\n\nFor: {', '.join(roles) or 'nobody'}.".strip()


def _operations(document: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for path, methods in document.get("paths", {}).items():
        for method, operation in methods.items():
            tag = (operation.get("tags") or ["–"])[0]
            found.setdefault(tag, []).append({"method": method.upper(), "path": path, **operation})
    return found
