"""The front door: who answers which path, what is handed on, what a person sees while a service is away."""

import pytest
from starlette.testclient import TestClient

from deploy.local import front_door


@pytest.mark.parametrize(
    ("path", "service"),
    [
        ("/", "intake"),
        ("/siklus/3402-2026", "intake"),
        ("/isian", "intake"),
        ("/static/jejak.css", "intake"),
        ("/verifikasi", "verification"),
        ("/pengesahan/3402-2026", "verification"),
        ("/dokumen/3402-2026", "documents"),
        ("/pengiriman", "documents"),
        ("/arsip", "archive"),
        ("/jejak-audit", "archive"),
        ("/macet", "archive"),
        ("/documents/macet", "documents"),
        ("/api/verification/openapi.json", "verification"),
        ("/api/archive/audit/events", "archive"),
        ("/api/nobody", "intake"),
        ("/favicon.ico", "intake"),
    ],
)
def test_the_first_part_of_the_path_says_who_answers(path: str, service: str) -> None:
    assert front_door.service_of(path) == service


NOWHERE = dict.fromkeys(front_door.FIRST_PARTS, "http://127.0.0.1:9")  # the discard port: nothing listens


def test_a_person_sees_a_kind_page_in_both_languages_while_the_service_is_away() -> None:
    with TestClient(front_door.create_app(NOWHERE)) as browser:
        answer = browser.get("/verifikasi", headers={"accept": "text/html"})
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == front_door.RETRY_AFTER
    assert "mencoba lagi" in answer.text
    assert "tries again" in answer.text
    assert "verification" in answer.text


@pytest.mark.parametrize(("path", "accept"), [("/api/archive/audit", "text/html"), ("/arsip", "application/json"), ("/arsip", "*/*")])
def test_a_program_gets_a_problem_while_the_service_is_away(path: str, accept: str) -> None:
    with TestClient(front_door.create_app(NOWHERE)) as program:
        answer = program.get(path, headers={"accept": accept})
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 503
    assert answer.json()["service"] == "archive"
