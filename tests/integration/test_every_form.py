"""Every field of every form as the pages show it, with what it must not hold:
a page that says so, never a 5xx, and nothing of it in an event.

The forms themselves say which fields there are, also those whose names are made at run time;
what is added later is tried too.
"""

import re
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager

import pytest
import structlog
from fastapi import FastAPI
from httpx2 import AsyncClient

from shared.contracts.registry import PRODUCERS
from shared.service_names import SERVICES
from shared.web.forms.sent_form import CARRIED
from tests.architecture.test_endpoint_matrix import guarded, method, path_of
from tests.integration.test_hostile_requests import UNSEEN, _kept_spoils
from tests.support.applications import application, bearer, fill, visiting
from tests.support.doors import some
from tests.support.forms import Form, leading_nowhere, posted
from tests.support.parts import PostgresPart

OPENED = {
    "CycleOpened",
    "StepStarted",
    "AgencyRegistered",
    "ServiceAssigned",
    "CalendarChanged",
    "ThresholdSet",
    "PopulationRecorded",
    "FindingAssigned",
    "FindingResolved",
    "SubmissionOpened",
    "FigureEntered",
    "EvidenceAttached",
    "LoginRequested",
    "TokenGiven",
}
ENDS = {
    *(
        "StepCompleted",
        "SubmissionReopened",
        "VerificationWithdrawn",
        "SubmissionReturned",
        "SubmissionApproved",
        "ApprovalVoided",
        "QuestionSettled",
    ),
    *(
        "ReportEndorsed",
        "DocumentHandedOver",
        "TeamDecreeIssued",
        "CopiesPrinted",
        "DispatchSent",
        "ReceiptRecorded",
        "DispatchCorrected",
    ),
    *("ItemFiled", "ItemSealed", "HardCopyFiled", "CycleArchived"),
    *("CertificateGivenUp", "CertificateIssued"),
}
ALL = {event.__name__ for declared in PRODUCERS.values() for event in declared}
PLACES = {
    "intake": {"intake", "langkah", "pegawai", "akun", "sesi", "token", "aturan", "temuan"},
    "verification": {"verification", "verifikasi"},
    "documents": {"documents", "dokumen", "pengiriman"},
    "archive": {"archive", "arsip"},
}
APART: Mapping[str, str] = {
    "/opd": "a row each of two short tables",
    "/token/{token}": "prolonged or ended: whoever does the one gave up the other",
    "/pengesahan": "endorsed or refused: whoever does the one gave up the other",
    "/pengesahan/{cycle}": "the same",
}
"""Pages with several forms to write in, and why what is written in one may go when another is sent."""
STATES = {
    "opened": ALL - OPENED,
    "waiting": ENDS,
    "sent": {"ReceiptRecorded", "DispatchCorrected", "CycleArchived", "StepCompleted"},
    "whole": set[str](),
}
BOX = re.compile('<details class="confirm.*?</details>', re.DOTALL)
"""What asks once more before an act."""
TAG, ISO = re.compile(r"<[^>]*>"), re.compile(r"\b20\d\d-\d\d-\d\d\b")
LONGEST = re.compile(r"paling banyak (\d+) huruf")
BAD = ["a\u202eb", "9" * 400, "\u0663", "20240321", "\u200b"]


@asynccontextmanager
async def house(
    service: str, state: str, postgres: PostgresPart
) -> AsyncIterator[tuple[FastAPI, AsyncClient]]:
    database = postgres.fresh_database(f"forms_{service}_{state}")
    await fill(service, database, without=STATES[state])
    async with application(service, database) as app, visiting(app) as browser:
        yield app, browser.http


def several(forms: Iterable[Form]) -> set[str]:
    """Where the forms of one page go in which a person writes, where there is more than one: what is written
    in one is lost when another is sent, unless they are one form with several buttons.
    """
    written = {
        form.action if not form.elsewhere else "": form
        for form in forms
        if any(one.is_typed for one in form.fields)
    }
    return set(written) if len(written) > 1 else set()


async def too_long(http: AsyncClient, form: Form) -> list[str]:
    """The fields of a form that do not say how much they take, and whether it takes less than they say."""
    fields = [one for one in form.fields if one.is_typed]
    unbounded = [f"{form.action}: {one.name} has no maxlength" for one in fields if not one.longest]
    said = {one.name: one.value for one in form.fields if one.kind not in {"file", "button"}}
    said |= {one.name: "x" * one.longest for one in fields}
    answer = await http.post(form.action, data=said, headers=bearer("as_all"))
    told = LONGEST.findall(answer.text)
    return unbounded + [f"{form.action}: its fields take more than {told}"] * bool(told)


async def shown(http: AsyncClient, service: str) -> dict[str, Form]:
    """The forms of all pages, by where they go and what they hold; no page has several to write in."""
    found: dict[str, Form] = {}
    for route in guarded(service, reading=True):
        if not route.path.startswith("/api/"):
            page = path_of(route, "dinkes")
            answer = await http.get(page, headers=bearer("as_all"))
            if answer.headers.get("content-type", "").startswith("text/html"):
                forms = posted(answer.text, page)
                assert all("data-cancel" in box for box in BOX.findall(answer.text)), f"{page}: no way back"
                assert not ISO.search(TAG.sub(" ", answer.text)), f"{page}: a day as programs write it"
                if route.path not in APART:
                    assert not several(forms), page
                found |= {
                    f"{form.action} {sorted({_shape(one.name) for one in form.fields})}": form
                    for form in forms
                }
    return found


def _shape(name: str) -> str:
    """Fields of the same kind are tried once: a sheet has four hundred of them."""
    return name.rpartition(".")[2]


def spoiled(form: Form) -> Iterator[dict[str, str]]:
    fields = [one for one in form.fields if one.kind not in {"file", "button"}]
    sound = {one.name: one.value for one in sorted(fields, key=lambda one: one.sent)}
    shapes = {_shape(name): name for name in sound if not name.startswith("_")}
    for name in shapes.values():
        yield from ({**sound, name: bad} for bad in some(BAD, (form.action, name)))


@pytest.mark.parametrize("service", SERVICES)
async def test_no_field_of_any_form_breaks_anything(service: str, postgres: PostgresPart) -> None:
    structlog.configure(
        processors=[structlog.processors.KeyValueRenderer()], logger_factory=structlog.ReturnLoggerFactory()
    )
    actions, faults, tried = set[str](), list[str](), set[str]()
    for state in STATES:
        async with house(service, state, postgres) as (app, http):
            for key, form in (await shown(http, service)).items():
                if "/keluar" in form.action or key in tried:
                    continue
                tried.add(key)
                if CARRIED in {one.name for one in form.fields}:
                    faults.append(f"{form.action}: {CARRIED} is what the page of signing in carries")
                actions.add(form.action)
                faults += await too_long(http, form)
                for said in spoiled(form):
                    answer = await http.post(form.action, data=said, headers=bearer("as_all"))
                    if answer.status_code >= 500:
                        faults.append(f"{form.action} {said}: {answer.status_code}")
                    faults += [f"{form.action}: #{at} leads nowhere" for at in leading_nowhere(answer.text)]
            faults += await _kept_spoils(app)
    structlog.reset_defaults()
    assert not faults, "\n".join(faults)[:3000]
    posts = [route for route in guarded(service, reading=False) if not route.path.startswith("/api/")]
    unseen = {
        f"{method(route)} {route.path}"
        for route in posts
        if not any(Form(action=action).goes_to(route.path) for action in actions)
    }
    assert unseen == {path for path in UNSEEN if path.split("/")[1] in PLACES[service]}
