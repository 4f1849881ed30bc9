"""The API reference of a service, rendered from its OpenAPI document; needs no script and nothing from elsewhere."""

from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from shared.web.declared import public
from shared.web.rendering import render


class FieldProblem(BaseModel):
    field: str
    detail: str


class ProblemDocument(BaseModel):
    """A problem (RFC 9457), as application/problem+json."""

    type: str = Field(description="stable URI, `urn:jejak:problem:<code>`", examples=["urn:jejak:problem:R02"])
    title: str
    status: int
    detail: str
    instance: str | None = None
    errors: list[FieldProblem] = Field(default_factory=list, description="the fields to mend")


_PROBLEM: dict[str, Any] = {"model": ProblemDocument}
PROBLEM_RESPONSES: dict[int | str, dict[str, Any]] = {
    401: {**_PROBLEM, "description": "Nobody is signed in"},
    403: {**_PROBLEM, "description": "Not the office of this person"},
    404: {**_PROBLEM, "description": "Nothing here that this person may see"},
    409: {**_PROBLEM, "description": "The case is not in a state for it"},
    412: {**_PROBLEM, "description": "Changed since (If-Match); `changed` says what"},
    413: {**_PROBLEM, "description": "Larger than the limit"},
    422: {**_PROBLEM, "description": "Refused by a rule, or a field to mend"},
    503: {**_PROBLEM, "description": "The asked position is not reached yet; see Retry-After"},
}


def router(service: str) -> APIRouter:
    """`/api/<service>/docs`."""
    made = APIRouter(include_in_schema=False, dependencies=[public()])

    @made.get(f"/api/{service}/docs")
    async def docs(request: Request) -> Response:
        document = request.app.openapi()
        return render(request, "reference.html", document=document, operations=_operations(document))

    return made


def _operations(document: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for path, methods in document.get("paths", {}).items():
        for method, operation in methods.items():
            tag = (operation.get("tags") or ["–"])[0]
            found.setdefault(tag, []).append({"method": method.upper(), "path": path, **operation})
    return found
