"""Pages written down as they are shown, to be compared with what they show later for that moment.

Which pages there are is found by following links, from the navigation on: a page that is added later joins
by itself. Whoever looks may do nothing (an inspector), so that a page shows what is there and no button.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from difflib import unified_diff
from functools import cache
from urllib.parse import urlsplit

from shared.clock import WIB
from shared.eventsourcing import store
from shared.service_names import SERVICES
from shared.web.past.looking_back import MOMENT, NOW_ONLY
from tests.architecture.test_roles_table import declarations, routes
from tests.support.four_rooms import FourRooms, answering

ROLE = "inspektur"
ALSO = (
    "/pengesahan/3402-2026", "/pegawai/ekspor.csv", "/temuan/ekspor.csv?siklus=3402-2026",
    "/aturan/layanan/perbandingan",
)  # fmt: skip
"""Addresses that no page has a link to for an inspector."""
FILES = re.compile(r"/(?:bukti|lembar|berkas|naskah)\b|\.xlsx$")
"""What is a file and named by its content, or made anew from what a page shows."""
_LINKS = re.compile(r'\shref="(/[^"#]*)')
_KEPT = re.compile(rf'(?:\?|&amp;){MOMENT}=[^"#&]*|<input type="hidden" name="{MOMENT}"[^>]*>')


def shown(page: str) -> str:
    """What the page says, without that it says it of the past."""
    main = page[page.index("<main") : page.index("</main>")] if "<main" in page else page
    return re.sub(r"\s+<", "<", _KEPT.sub("", main))


@dataclass
class Recorder:
    """`kept`: moment, address, and what it showed; `templates`: the routes that were recorded."""

    rooms: FourRooms
    kept: list[tuple[str, str, str]] = field(default_factory=list)
    templates: set[str] = field(default_factory=set)

    async def record(self) -> None:
        """Every kind of page, once, as it is now."""
        for service in SERVICES:
            async with self.rooms.running(service).pool.connection() as conn:
                await store.tick(conn, await store.settled(conn))
        await asyncio.sleep(0.002)
        now = datetime.now(UTC)
        moment = now.astimezone(WIB).replace(tzinfo=None).isoformat()
        await asyncio.sleep(0.002)
        for app in self.rooms.apps.values():
            app.state.clock = lambda: now
        async for address, text in self.pages():
            self.kept.append((moment, address, shown(text)))

    async def pages(self) -> AsyncIterator[tuple[str, str]]:
        """One address of each page that links lead to, with what it shows."""
        waiting, met = ["/", *ALSO], set[str]()
        while waiting:
            address = waiting.pop(0)
            template = self.template(address)
            if template is None or template in met or FILES.search(template):
                continue
            status, text = await self.rooms.page(address, ROLE)
            if status != 200:
                continue
            met.add(template)
            self.templates.add(template)
            waiting += [link.replace("&amp;", "&") for link in _LINKS.findall(text)]
            yield address, text

    def template(self, address: str) -> str | None:
        """The route of a page that can be looked at as it was; None for anything else."""
        path = urlsplit(address).path
        known = looked_back_at(answering(address))
        return next((template for template, pattern in known.items() if pattern.fullmatch(path)), None)

    async def compare(self) -> list[str]:
        """What differs of what was recorded when it is asked for at its moment."""
        found = []
        for moment, address, before in self.kept:
            status, text = await self.rooms.page(
                f"{address}{'&' if '?' in address else '?'}{MOMENT}={moment}", ROLE
            )
            after = shown(text) if status == 200 else str(status)
            if before != after:
                split = [page.replace("<", "\n<").splitlines() for page in (before, after)]
                found.append("\n".join([address, *list(unified_diff(*split, lineterm="", n=1))[:40]]))
        return found


@cache
def looked_back_at(service: str) -> dict[str, re.Pattern[str]]:
    """The pages of a service that can be asked for as they were: their paths, the plainest first."""
    found = {
        route.path: re.compile(re.sub(r"\{[^}]*\}", "[^/]+", route.path))
        for route in routes(service)
        if "GET" in route.methods and not route.path.startswith("/api/")
        for said in declarations(route)
        if said.kind == "query" and not NOW_ONLY.issuperset(said.names)
    }
    return dict(sorted(found.items(), key=lambda one: one[0].count("{")))
