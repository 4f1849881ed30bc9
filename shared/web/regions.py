"""The regions of a request: those that whoever asks may see, what the address names of others, and the one
region that a page without a cycle shows.

Used by `declared.py` for every route that is not public, and by `acting.py` for every command. What is of
another region is not there: 404, like what never was.
"""

import re
from collections.abc import Collection, Iterator

from fastapi import Request

from shared.access.people import Office, People
from shared.contracts.regions import INSTALLATION, OF_NO_REGION, region_of, within
from shared.eventsourcing import sight
from shared.eventsourcing.commands.order import Order
from shared.web.problems.shape import NotFound
from shared.web.running import running_of
from shared.web.visitor import viewer_of, visitor_of

REGION = "_region"
"""The hidden field of a form that says for which region it was shown, whatever is chosen meanwhile."""
CHOICE = "daerah"
"""The question in an address, and the cookie, that says which region somebody with several looks at."""
_PERSONS, _FREE = ("person", "whose"), ("search", "cari")
_STREAMS = ("stream", "region", CHOICE)
_CASE = re.compile(r"[0-9]{4}-[0-9]{4}(?:-|\Z)")


def keep_to_regions(request: Request, places: Collection[str]) -> None:
    """From now on this request sees only regions whose codes begin so. Raises NotFound where its address
    names another one.
    """
    request.state.places = places
    if any(region and not within(region, places) for region in _named(request)):
        raise NotFound
    running = running_of(request)
    everything = all(within(region, places) for region in running.people.regions)
    sight.see(places, first=running.settings.region, everything=everything)


def is_in_sight(request: Request, stream: str) -> bool:
    """Whether a stream is of a region that this request sees, or of none: how far one of others is, is not to
    be learned by waiting for it.
    """
    region = region_of(stream, running_of(request).settings.region)
    places = getattr(request.state, "places", None)
    return not region or places is None or within(region, places)


def region_of_request(request: Request) -> str:
    """The one region that is looked at or acted in: that of the cycle in the address, else of the form that
    was sent, else the chosen one, else that of the person. Raises NotFound for one that is not in sight.
    """
    places, own = request.state.places, viewer_of(request).region
    if named := next(filter(None, _of_cases(request)), ""):
        return named
    if asked := getattr(request.state, "region", "") or request.query_params.get(CHOICE, ""):
        if not _is_region(asked) or not within(asked, places):
            raise NotFound
        return asked
    kept = request.cookies.get(CHOICE, "")
    return kept if _is_region(kept) and within(kept, places) else own


def region_of_several(request: Request) -> str:
    """The region of the page, for whom may choose one; empty for everybody else."""
    visitor, places = visitor_of(request), getattr(request.state, "places", ())
    if visitor is None or all(_is_region(place) for place in places):
        return ""
    try:
        return region_of_request(request)
    except NotFound:  # which the page says
        return ""


def _is_region(text: str) -> bool:
    return len(text) == len(INSTALLATION) and text.isascii() and text.isdigit()


def people_in_sight(request: Request) -> People:
    """The people of the regions that whoever asks may see."""
    return running_of(request).people.within(request.state.places)


def office_for(request: Request, name: str, order: Order, agency: str | None = None) -> Office:
    """The office in which whoever asks may give this command, in the region that its stream names, else the
    person whom it is about. Raises NotFound where that is a region of others, and Forbidden.
    """
    about = running_of(request).people.find(str(getattr(order.command, "person", "")))
    of = about.region if about and order.stream.startswith(OF_NO_REGION) else order.stream
    return may(request, name, of, agency or getattr(order.command, "agency", None))


def may(request: Request, name: str, of: str, agency: str | None = None) -> Office:
    """The office in which whoever asks may give this command for a cycle, a case or what else names a region.
    Raises NotFound, and Forbidden.
    """
    running, viewer = running_of(request), viewer_of(request)
    permissions, region = running.permissions, region_of(of, running.settings.region)
    of_others = region and not within(region, permissions.places(viewer, name))
    if of_others and permissions.may(viewer, name):
        raise NotFound
    return permissions.office(viewer, name, agency, region)


def _of_cases(request: Request) -> Iterator[str]:
    """The regions of the cycles and cases that the address names."""
    first = running_of(request).settings.region
    for name, value in (*request.path_params.items(), *request.query_params.items()):
        if name not in _FREE and _CASE.match(str(value)):
            yield region_of(str(value), first)


def _named(request: Request) -> Iterator[str]:
    """The regions of all that the address names."""
    running = running_of(request)
    yield from _of_cases(request)
    for name, value in (*request.path_params.items(), *request.query_params.items()):
        if name in _PERSONS:
            known = running.people.find(str(value))
            yield known.region if known else ""
        elif name in _STREAMS:
            yield region_of(str(value), running.settings.region)
