"""An address that names several servers, of which one takes writes: a primary and its replicas.

Role: after a replica was promoted, clients find it by themselves. libpq tries the servers in the order of the
address (`target_session_attrs=read-write`); whoever connects anew begins with the one that answered last, and
whoever doubts a server asks that one and no other. Used by `pool.py`.
"""

from typing import Any, Final

from psycopg import AsyncConnection
from psycopg.conninfo import conninfo_to_dict, make_conninfo

Place = tuple[str, str]
"""Host and port."""
_USUAL_PORT: Final = "5432"


class Way:
    """An address for a pool: the server that answered last comes first."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._last: Place | None = None

    def __call__(self) -> str:
        return beginning_with(self._url, self._last)

    async def saw(self, conn: AsyncConnection[Any]) -> None:
        """A connection was made."""
        self._last = place_of(conn)


def place_of(conn: AsyncConnection[Any]) -> Place:
    """The server that a connection was made to, as its address calls it."""
    return conn.info.host, str(conn.info.port)


def places(url: str) -> tuple[Place, ...]:
    """The servers of an address, in its order."""
    told = conninfo_to_dict(url)
    hosts = str(told.get("host") or "").split(",")
    ports = str(told.get("port") or _USUAL_PORT).split(",")
    if len(ports) == 1:
        ports *= len(hosts)
    return tuple((host, port or _USUAL_PORT) for host, port in zip(hosts, ports, strict=True))


def beginning_with(url: str, place: Place | None) -> str:
    """The same address, that server first; as it is where it names one server alone, or another."""
    known = places(url)
    if place is None or len(known) == 1 or place not in known or known[0] == place:
        return url
    return _naming(url, place, *(one for one in known if one != place))


def only(url: str, place: Place) -> str:
    """The same address with that one server, whether it takes writes or not."""
    return make_conninfo(_naming(url, place), target_session_attrs="any")


def _naming(url: str, *named: Place) -> str:
    hosts, ports = zip(*named, strict=True)
    return make_conninfo(url, host=",".join(hosts), port=",".join(ports))
