"""Pictures of the pages of a draft, made from the data that the draft was made from;
a few drafts are kept in memory.

SOP steps 4, 9, 10. Previous hop: the page of a document. Next hop: `letters/render.py`.
Where template or renderer changed since, there is no picture: it would not show the file.
"""

from collections import OrderedDict
from dataclasses import dataclass, field

import structlog
from fastapi import Request

from services.documents.letters.catalogue import load
from services.documents.letters.render import CannotRender, Renderer, TypstRenderer, engine, template_digest
from services.documents.queries import Row
from shared.contracts.documents import Kind
from shared.objects.port import Bucket, Corrupt, NotThere, StoreAway, key_of
from shared.web.files.downloads import bucket_of

__all__ = ["StoreAway", "Typesetter", "pages", "typesetter_of"]

KEPT = 6

log = structlog.get_logger()


@dataclass(slots=True)
class Typesetter:
    """What this service runs besides its room: the renderer, and the pictures that it made last."""

    renderer: Renderer
    pictures: OrderedDict[str, list[bytes]] = field(default_factory=OrderedDict)


def typesetter_of(request: Request) -> Typesetter:
    """The typesetter of this process, opened with the first request that needs them:
    nothing runs before somebody drafts.
    """
    state = request.app.state
    if not hasattr(state, "typesetter"):
        state.typesetter = Typesetter(TypstRenderer())
    typesetter: Typesetter = state.typesetter
    return typesetter


async def pages(request: Request, kind: Kind, draft: Row) -> list[bytes]:
    """PNG pictures of the pages of a draft; empty where they cannot be made.
    Raises StoreAway, and then it may be tried again.
    """
    typesetter, digest = typesetter_of(request), draft["digest"]
    if digest not in typesetter.pictures:
        typesetter.pictures[digest] = await _make(typesetter.renderer, bucket_of(request), kind, draft)
    typesetter.pictures.move_to_end(digest)
    while len(typesetter.pictures) > KEPT:
        typesetter.pictures.popitem(last=False)
    return typesetter.pictures[digest]


async def _make(renderer: Renderer, bucket: Bucket, kind: Kind, draft: Row) -> list[bytes]:
    template = load().kind[kind].template
    if (draft["template_digest"], draft["engine"]) != (template_digest(template), engine()):
        return []
    try:
        return await renderer.pictures(template, await bucket.get(key_of(draft["data_digest"])))
    except (CannotRender, NotThere, Corrupt) as failure:
        log.warning("document-not-pictured", digest=draft["digest"], cause=str(failure))
        return []
