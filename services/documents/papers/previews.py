"""Pictures of the pages of a draft, made from the data that the draft was made from; a few drafts are kept in memory.

SOP steps 4, 9, 10. Previous hop: the page of a document. Next hop: `letters/render.py`. Where template or renderer changed since, there is no picture:
it would not show the file.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

import structlog
from fastapi import Request

from services.documents.letters.catalogue import load
from services.documents.letters.render import CannotRender, Renderer, TypstRenderer, engine, template_digest
from services.documents.queries import Row
from shared.contracts.documents import Kind
from shared.objects.port import Bucket, Corrupt, NotThere, key_of

KEPT = 6

log = structlog.get_logger()


@dataclass(slots=True)
class Works:
    """What this service opens besides its room: the typesetter, and the pictures it made last."""

    renderer: Renderer
    pictures: OrderedDict[str, list[bytes]] = field(default_factory=OrderedDict)


def works_of(request: Request) -> Works:
    """The works of this process, opened with the first request that needs them: nothing runs before somebody drafts."""
    state = request.app.state
    if not hasattr(state, "works"):
        state.works = Works(TypstRenderer())
    works: Works = state.works
    return works


async def pages(works: Works, bucket: Bucket, kind: Kind, draft: Row) -> list[bytes]:
    """PNG pictures of the pages of a draft; empty where they cannot be made. Raises StoreAway, and then it may be tried again."""
    digest: Any = draft["digest"]
    if digest not in works.pictures:
        works.pictures[digest] = await _make(works.renderer, bucket, kind, draft)
    works.pictures.move_to_end(digest)
    while len(works.pictures) > KEPT:
        works.pictures.popitem(last=False)
    return works.pictures[digest]


async def _make(renderer: Renderer, bucket: Bucket, kind: Kind, draft: Row) -> list[bytes]:
    template = load().kind[kind].template
    if (draft["template_digest"], draft["engine"]) != (template_digest(template), engine()):
        return []
    try:
        return await renderer.pictures(template, await bucket.get(key_of(draft["data_digest"])))
    except (CannotRender, NotThere, Corrupt) as failure:
        log.warning("document-not-pictured", digest=draft["digest"], cause=str(failure))
        return []
