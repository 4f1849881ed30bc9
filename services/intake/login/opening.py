"""Opens the identity providers that this installation names, for as long as intake runs.

Used by `__main__.py`; the pages find them as `app.state.providers`, by id.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI

from shared.access.oidc.asking import Asking
from shared.access.oidc.attempt import Seal
from shared.room import Running


@asynccontextmanager
async def providers(app: FastAPI, running: Running) -> AsyncIterator[None]:
    """Among the extras of intake: without `oidc` among the ways in there are none."""
    async with AsyncExitStack() as stack:
        found: dict[str, Asking] = {}
        for provider in running.settings.providers if "oidc" in running.settings.login else ():
            found[provider.id] = Asking(provider)
            stack.push_async_callback(found[provider.id].close)
        app.state.providers, app.state.seal = found, Seal(running.cursor_key)
        yield
