"""A page as it was: `?pada=` in any address of a query says at which moment, and everything that the request
asks for is as it was then.

Serves whoever replays a cycle. Previous hop: `declared.py`, once it is known who asks. Next hop: the route,
which knows nothing of it: `shared.eventsourcing.past` bounds its questions, and `frame/rendering.py` says so
on the page and keeps the moment in its links.
"""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from html import escape
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from fastapi import Request

from shared.clock import WIB
from shared.eventsourcing.past import moment as past
from shared.eventsourcing.past.moment import Moment, NotKept, looks_at
from shared.web import positions
from shared.web.forms.typed_days import day_in
from shared.web.problems.shape import NotFound
from shared.web.regions import is_in_sight
from shared.web.running import now_of, running_of
from shared.web.visitor import visitor_of

MOMENT = "pada"
"""The question in an address that says the moment: `2026-02-17` (its end), `2026-02-17T14:30` in WIB, with
seconds or not, or an event, `intake:step-3402-2026-3@2`; after a tilde the time of the event, for a service
that does not take it in."""
DAY, HOUR = "pada_hari", "pada_jam"
"""The same as a person types it."""
_TIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?))?")
_HOUR = re.compile(r"([0-9]{1,2})[.:]([0-9]{2})")
NOW_ONLY = frozenset({
    "intake.parked", "verification.parked", "documents.parked", "archive.parked", "intake.sessions",
    "archive.checkpoint", "archive.proof", "archive.export", "archive.between",
})  # fmt: skip
"""Queries about what is going on now, or about the whole log, which has its own way of looking back; and
about two moments, which they name themselves."""
_LINK = re.compile(r'((?<!data-now)\s(?:href|hx-get)=")((?:/(?!static/|masuk|keluar)|\?)[^"#]*)')
_CYCLE = re.compile(r"(?:/|-)([0-9]{4}-[0-9]{4})(?=[/-]|$)")
_FORM = re.compile(r'<form(?![^>]*(?:method="post"|data-now))[^>]*>')


class NoSuchMoment(Exception):
    """The address names a moment that cannot be looked at; `code` says why: `only-now` (what was asked for
    exists in the present alone: an act, or a page about what goes on now), `moment-not-readable`,
    `moment-not-over`, `moment-not-kept`.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


async def look_at_moment(request: Request, names: tuple[str, ...], *, acts: bool) -> None:
    """From here on the request looks at the moment that its address names; nothing where it names none.
    Raises NoSuchMoment, and NotFound for an event that is not there or not in sight.
    """
    if (asked := _asked(request)) is None:
        return
    if acts or request.method not in {"GET", "HEAD"} or NOW_ONLY.issuperset(names):
        raise NoSuchMoment("only-now")
    past.look_back(await moment_named(request, asked))
    request.state.moment = asked
    if (visitor := visitor_of(request)) is not None:
        request.state.visitor = replace(visitor, viewer=replace(visitor.viewer, looks_back=True))


async def moment_named(request: Request, asked: str) -> Moment:
    """The moment that is named so in an address. Raises NoSuchMoment, and NotFound for an event that is not
    there or not in sight.
    """
    try:
        return await _moment(request, asked)
    except (ValueError, positions.PositionInvalid) as error:
        raise NoSuchMoment("moment-not-readable") from error
    except NotKept as error:
        raise NoSuchMoment("moment-not-over" if error.since is None else "moment-not-kept") from error


def _asked(request: Request) -> str | None:
    """The moment as an address names it; what a person typed is brought into that form.
    Raises NoSuchMoment.
    """
    query = request.query_params
    if not query.get(DAY):
        return query.get(MOMENT) or None
    return as_named(request, query[DAY], query.get(HOUR, ""))


def as_named(request: Request, day_typed: str, hour_typed: str) -> str:
    """What a person typed as a day and an hour, as an address names that moment; without a day it is now, and
    of today without an hour too. Raises NoSuchMoment.
    """
    now = now_of(request).astimezone(WIB).replace(tzinfo=None)
    if not day_typed.strip():
        return now.isoformat()
    day, hour = day_in(day_typed), _HOUR.fullmatch(hour_typed.strip() or "23:59")
    if day is None or hour is None:
        raise NoSuchMoment("moment-not-readable")
    if hour_typed.strip():
        return f"{day.isoformat()}T{int(hour[1]):02}:{hour[2]}"
    return now.isoformat() if day == now.date() else day.isoformat()


async def _moment(request: Request, asked: str) -> Moment:
    running = running_of(request)
    async with running.pool.connection() as conn:
        if found := _TIME.fullmatch(asked):
            return await past.at_time(conn, _time(found[1], found[2]))
        named, _, about = asked.partition("~")
        else_at = _TIME.fullmatch(about)
        if about and not else_at:
            raise positions.PositionInvalid(asked[:80])
        (event, *others) = positions.parse(named)
        if others:
            raise positions.PositionInvalid(asked[:80])
        if not is_in_sight(request, event.stream):
            raise NotFound
        moment = await past.at_event(conn, running.room.name, event.source, event.stream, event.version)
        if moment is None and else_at:
            return await past.at_time(conn, _time(else_at[1], else_at[2]))
    if moment is None:
        raise NotFound
    return moment


def _time(day: str, hour: str | None) -> datetime:
    """Raises ValueError for a day or an hour that there is not."""
    if hour is None:
        return datetime.fromisoformat(day).replace(tzinfo=WIB) + timedelta(days=1, microseconds=-1)
    return datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=WIB)


def of_the_present(request: Request) -> dict[str, str]:
    """What an address asks, but for the moment."""
    return {name: value for name, value in request.query_params.items() if name not in {MOMENT, DAY, HOUR}}


def can_look_back(request: Request) -> bool:
    """Whether the page that is shown can be asked for as it was."""
    declaration = getattr(request.state, "declaration", None)
    return (
        request.method in {"GET", "HEAD"}
        and declaration is not None
        and declaration.kind == "query"
        and not NOW_ONLY.issuperset(declaration.names)
    )


def named_in(path: str) -> str:
    """The cycle that a path names, by itself or by one of its cases; empty where it names none."""
    found = _CYCLE.search(path)
    return found[1] if found else ""


def at_moment(address: str, asked: str) -> str:
    """The address of the same page at another moment."""
    split = urlsplit(address)
    rest = [(name, value) for name, value in parse_qsl(split.query) if name not in {MOMENT, DAY, HOUR}]
    query = "&".join(filter(None, [urlencode(rest), f"{MOMENT}={quote(asked, safe=':@~')}"]))
    return urlunsplit(("", "", split.path, query, split.fragment))


def between_moments(cycle: str, first: str, second: str) -> str:
    """The address of what differs in a cycle between two moments, each as an address names it."""
    said = (
        (name, quote(asked, safe=":@~")) for name, asked in (("dari", first), ("sampai", second)) if asked
    )
    return f"/jejak-audit/beda/{cycle}?" + "&".join(f"{name}={asked}" for name, asked in said)


def keeping(page: str, asked: str) -> str:
    """The page with its links and its forms of questions leading to the same moment."""
    said = f"{MOMENT}={quote(asked, safe=':@~')}"

    def link(found: re.Match[str]) -> str:
        address = found[2]
        return f"{found[1]}{address}{'&amp;' if '?' in address else '?'}{said}"

    hidden = f'<input type="hidden" name="{MOMENT}" value="{escape(asked)}">'
    return _FORM.sub(lambda form: form[0] + hidden, _LINK.sub(link, page))


__all__ = [
    "MOMENT",
    "NoSuchMoment",
    "as_named",
    "at_moment",
    "between_moments",
    "can_look_back",
    "keeping",
    "look_at_moment",
    "looks_at",
    "moment_named",
    "named_in",
    "of_the_present",
]
