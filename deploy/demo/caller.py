"""A person at work through the public API: signs in, gives commands, asks,
and is patient when a service is away.

Used by `jejak play`, the demonstration and the fault tests. Every command carries an Idempotency-Key, so that
asking again after a broken connection is safe; every question carries the positions of what was done before,
so that it sees it.
"""

import ssl
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx2

PATIENCE_S = 90.0
_PAUSE_S = 0.25


class Unexpected(Exception):
    """A service answered otherwise than the cycle needs; the text is its problem document."""


class Positions:
    """What has been done so far, by stream; shared by all persons of one play."""

    def __init__(self) -> None:
        self._newest: dict[str, str] = {}

    def note(self, token: str | None) -> None:
        """Takes in the position token of an answer."""
        if token:
            self._newest[token.partition(":")[0]] = token

    def header(self) -> Mapping[str, str]:
        """The header for a question that must see all of it."""
        return {"Jejak-Position": ", ".join(self._newest.values())} if self._newest else {}


class Caller:
    """One signed-in person. `address` is the front door; `authority` the certificate file of the one who
    vouches for it, where nobody else does.
    """

    def __init__(
        self,
        address: str,
        person: str,
        positions: Positions,
        *,
        patience: float = PATIENCE_S,
        authority: Path | None = None,
    ) -> None:
        self.person, self._positions, self._patience = person, positions, patience
        trust = ssl.create_default_context(cafile=str(authority)) if authority else True
        self._http = httpx2.Client(base_url=address, timeout=30, verify=trust)
        token = self._patiently("POST", "/api/intake/session", json={"person": person}).json()["token"]
        self._http.headers["Authorization"] = f"Bearer {token}"

    def close(self) -> None:
        """Closes the connection."""
        self._http.close()

    def give(
        self, path: str, body: Mapping[str, Any], *, method: str = "POST", version: int | None = None
    ) -> dict[str, Any]:
        """Gives a command and answers its JSON. Raises Unexpected when it is refused."""
        headers = {"Idempotency-Key": uuid.uuid4().hex} | (
            {"If-Match": f'"{version}"'} if version is not None else {}
        )
        answer = self._patiently(method, path, headers=headers, json=dict(body))
        self._positions.note(answer.headers.get("Jejak-Position"))
        found: dict[str, Any] = answer.json()
        return found

    def hand_over(
        self, path: str, name: str, content: bytes, media_type: str = "application/pdf"
    ) -> dict[str, Any]:
        """Uploads a file; answers how it was stored. The same bytes again are the same file."""
        answer = self._patiently(
            "POST", path, params={"name": name}, content=content, headers={"Content-Type": media_type}
        )
        found: dict[str, Any] = answer.json()
        return found

    def ask(self, path: str, **query: Any) -> Any:
        """Asks, seeing everything that was done before."""
        return self._patiently("GET", path, params=query, headers=dict(self._positions.header())).json()

    def fetch(self, path: str, **query: Any) -> bytes:
        """The bytes of a file."""
        return self._patiently("GET", path, params=query, headers=dict(self._positions.header())).content

    def _patiently(self, method: str, path: str, **parts: Any) -> httpx2.Response:
        until = time.monotonic() + self._patience
        while True:
            away = ""
            try:
                answer = self._http.request(method, path, **parts)
                if answer.status_code not in {502, 503, 504}:
                    return _checked(answer)
                away = f"{answer.status_code} {answer.text[:300]}"
            except httpx2.TransportError as error:
                away = repr(error)
            if time.monotonic() > until:
                raise Unexpected(f"{method} {path}: no answer within {self._patience:.0f} s; last: {away}")
            time.sleep(_PAUSE_S)


def _checked(answer: httpx2.Response) -> httpx2.Response:
    if answer.is_success:
        return answer
    raise Unexpected(
        f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text[:1000]}"
    )
