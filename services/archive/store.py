"""The archive bucket of this process, as routes find it.

SOP step 13. Previous hop: `shelf/pages.py`, `proof/api.py`, `check/pages.py`. Next hop: the object store.
"""

from fastapi import Request

from shared.objects.port import Bucket


def archive_of(request: Request) -> Bucket:
    """Where what is filed lies under lock."""
    bucket: Bucket = request.app.state.objects.archive
    return bucket
