"""Where a request came from, and the token of a form."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from fastapi import Request

from shared.access.session import Session
from shared.web.forms import csrf

ENDS = datetime(2026, 2, 17, tzinfo=UTC)


def request(**headers: str) -> Request:
    running = SimpleNamespace(settings=SimpleNamespace(public_url="https://jejak.bantul.test"))
    app = SimpleNamespace(state=SimpleNamespace(running=running))
    sent = [
        (name.replace("_", "-").encode(), value.encode())
        for name, value in {"host": "10.0.0.7:8400", **headers}.items()
    ]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": sent, "app": app})


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://10.0.0.7:8400"},
        {"origin": "https://jejak.bantul.test", "sec_fetch_site": "same-origin"},
        {"sec_fetch_site": "none"},
    ],
)
def test_our_own_pages_and_plain_programs_come_from_here(headers: dict[str, str]) -> None:
    assert csrf.came_from_here(request(**headers))


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://jahat.example"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "https://jejak.bantul.test.jahat.example"},
        {"origin": "http://10.0.0.7:8400", "sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
    ],
)
def test_other_sites_do_not(headers: dict[str, str]) -> None:
    assert not csrf.came_from_here(request(**headers))


def test_a_token_belongs_to_one_session_and_does_not_tell_its_id() -> None:
    one, other = Session("a" * 43, "sri", ENDS), Session("b" * 43, "sri", ENDS)
    assert one.form_token == one.form_token
    assert one.form_token != other.form_token
    assert "a" * 43 not in repr(one) + one.form_token
