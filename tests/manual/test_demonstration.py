"""The second kabupaten of the demonstration has all that can be interesting: everybody has work."""

import re
from collections.abc import Iterator

import httpx2
import pytest

from deploy.demo import data, running
from deploy.demo.caller import Caller, Positions
from deploy.local.instance import Instance
from shared.access.session import COOKIE
from tests.manual.looking import signed_in

CAST = data.cast(data.KULON_PROGO)
HAVE_WORK = (running.LATE, running.RETURNED, running.FALLEN)


@pytest.fixture(scope="module")
def ask(jejak: Instance, cycles: dict[str, str]) -> Iterator[dict[str, Caller]]:
    """The people of the second kabupaten, once it was played."""
    assert cycles["now"] > cycles["before"]
    people = {CAST.verifier, *CAST.officers.values()}
    callers = {person: Caller(jejak.address, person, Positions()) for person in people}
    yield callers
    for caller in callers.values():
        caller.close()


def test_each_agency_is_somewhere_else(ask: dict[str, Caller], cycles: dict[str, str]) -> None:
    def standing(agency: str) -> str:
        case = f"{cycles['now']}-{agency}-tahunan"
        return str(ask[CAST.verifier].ask(f"/api/verification/verifications/{case}")["status"])

    assert {agency: standing(agency) for agency in CAST.officers if agency != running.LATE} == {
        running.APPROVED: "approved",
        running.WAITING: "waiting",
        running.CHANGED: "waiting",
        running.FALLEN: "voided",
        running.RETURNED: "returned",
    }
    late = ask[CAST.officers[running.LATE]].ask(
        f"/api/intake/submissions/{cycles['now']}-{running.LATE}-tahunan"
    )
    assert late["standing"] == "open"


def test_a_delivery_waits_and_a_decree_is_missing(ask: dict[str, Caller], cycles: dict[str, str]) -> None:
    tari = ask[CAST.verifier]
    path = f"/api/documents/cycles/{cycles['before']}/dispatches"
    assert tari.ask(f"{path}/{running.OUT}")["status"] == "sent"
    assert tari.ask(f"{path}/gubernur")["status"] == "received"
    decree = tari.ask(f"/api/documents/cycles/{cycles['now']}/documents/sk_tim")
    assert decree["state"] == "handed_over"


def test_somebody_has_something_to_do_in_every_role(jejak: Instance, cycles: dict[str, str]) -> None:
    def todo(person: str) -> set[str]:
        cookie = {COOKIE: signed_in(jejak.address, person)}
        home = httpx2.get(f"{jejak.address}/siklus/{cycles['now']}", cookies=cookie).text
        return set(re.findall(r"todo-cycle[^>]*>[^<]*?(\d{4})", home))

    before, now = cycles["before"][-4:], cycles["now"][-4:]
    assert todo(CAST.verifier) == {before, now}
    assert todo(CAST.arsiparis) == {before}
    officers = CAST.officers
    for person in (CAST.subkoordinator, *(officers[name] for name in HAVE_WORK)):
        assert (person, todo(person)) == (person, {now})
    assert todo(officers[running.APPROVED]) == set()
