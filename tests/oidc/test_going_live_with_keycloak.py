"""From an empty folder to a figure that was handed in, in production, where people sign in by a real
Keycloak: only pages, and what the terminal printed.
"""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Page, expect

from shared.clock import today
from tests.faults.terminal import jejak
from tests.flow.installed import Installation, browser_of, installed
from tests.flow.walking import COMPLAINTS, follow, go_live, window
from tests.oidc.keycloak import Keycloak, user_of

PEOPLE = {"kabag": "Hesti Wulandari", "bagus": "Bagus Prakoso", "bayu": "Bayu Aji"}


@pytest.fixture(scope="module")
def live(kafka_jars: Path, keycloak: Keycloak) -> Iterator[Installation]:
    more = {"--login": "oidc", "--issuer": keycloak.issuer, "--client-secret-file": "sso.secret"}
    with installed("keycloak", more, authority=keycloak.authority, secret=keycloak.secret) as made:
        yield made


@pytest.mark.test_all
def test_by_keycloak_alone_from_the_terminal_to_a_figure_that_was_handed_in(
    live: Installation, keycloak: Keycloak
) -> None:
    told = f"Back-channel logout: {live.address}/masuk/pamit/sso"
    assert told in live.begun.replace("\n", " "), "what the provider must be told was printed"
    assert live.terminal is not None
    live.terminal.until(f"jejak join MARK kabag --data {live.folder}")
    keycloak.back_to(live.address, "sso")
    for person, name in PEOPLE.items():
        keycloak.admin("POST", "/users", user_of(person, name, ""))
    with browser_of(live) as browser:
        kabag = window(browser)
        mark = asks(kabag, live, "kabag")
        refused = jejak("join", "00000000", "kabag", "--data", live.folder)
        assert refused.returncode == 1, "a mark under which nobody waits"
        assert mark in jejak("join", "--data", live.folder).stdout
        joined = jejak("join", mark, "kabag", "--data", live.folder)
        assert (joined.returncode, joined.stdout) == (0, f"{PEOPLE['kabag']} → kabag\n"), joined.stderr
        comes_in(kabag)

        def enter(person: str, name: str) -> Page:
            page = window(browser)
            shown = asks(page, live, person)
            follow(kabag, "Akun")
            kabag.get_by_role("link", name=re.compile(shown)).click()
            kabag.locator("#person").select_option(person)
            kabag.get_by_role("button", name="Hubungkan").click()
            expect(kabag.locator("main")).to_contain_text("Akun dihubungkan")
            comes_in(page)
            return page

        go_live(kabag, enter, today())
        signed_out_there(live, keycloak, kabag)


def asks(page: Page, live: Installation, person: str) -> str:
    """Signs in at Keycloak for the first time; the mark that the page shows."""
    page.goto(live.address)
    page.get_by_role("link", name="Masuk dengan Akun pegawai").click()
    page.fill("#username", person)
    page.fill("#password", person)
    page.click("#kc-login")
    expect(page.get_by_role("heading", name="Belum dapat masuk")).to_be_visible()
    return page.locator("#tanda-akun").inner_text()


def comes_in(page: Page) -> None:
    page.get_by_role("link", name="Masuk lagi").click()
    page.get_by_role("link", name="Masuk dengan Akun pegawai").click()
    expect(page.locator(".person-name")).to_be_visible()
    COMPLAINTS[page].clear()  # of pages that are not ours, and that nobody was let in


def signed_out_there(live: Installation, keycloak: Keycloak, page: Page) -> None:
    """Keycloak reaches the back-channel address over TLS, by the authority that it was given."""
    user = keycloak.user("kabag")
    keycloak.admin("POST", f"/users/{user['id']}/logout")
    cookies = {one["name"]: one["value"] for one in page.context.cookies()}
    asked = f"{live.address}/api/intake/session"
    while httpx2.get(asked, verify=live.trusting(), cookies=cookies).status_code == 200:
        time.sleep(0.2)
