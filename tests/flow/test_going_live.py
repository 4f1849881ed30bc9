"""From an empty folder to an address that a browser trusts: `jejak init`, `jejak up`, `jejak doctor`,
for real, over TLS with a certificate of an authority of our own, which is replaced while everything runs.
"""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import psycopg
import pytest
from cryptography import x509
from playwright.sync_api import Page
from pyotp import TOTP

from deploy.doctor import inside
from deploy.local.secrets import SecretFolder
from deploy.local.wanted import Existing
from shared.access.database import ACCESS
from shared.clock import today
from shared.objects.address import S3Address
from shared.objects.s3_client import client_of
from shared.service_names import SERVICES
from tests.browser.windows import AUDIT, picture, sized
from tests.faults.terminal import jejak
from tests.flow.installed import NAME, Installation, browser_of, installed
from tests.flow.walking import follow, go_live, press, window
from tests.integration.collector import Collected, collecting
from tests.integration.local_doors import PASSWORD
from tests.unit.pairs import DAY, NOW, Authority, Pair

ISSUER = "https://127.0.0.1:9/realms/nobody"
HANDING_IN = "POST /isian/{case}/serahkan"


@pytest.fixture(scope="module")
def collected() -> Iterator[Collected]:
    with collecting() as made:
        yield made


@pytest.fixture(scope="module")
def live(kafka_jars: Path, collected: Collected) -> Iterator[Installation]:
    told = f'JEJAK_TRACES = "{collected.address}"'
    with installed("live", {"--login": "oidc,local", "--issuer": ISSUER}, line=told) as made:
        yield made


def test_a_browser_opens_the_address_and_trusts_it(live: Installation) -> None:
    with browser_of(live) as opened:
        for width in ("laptop", "phone"):
            page = opened.new_context(**sized(width)).new_page()
            page.goto(f"http://{NAME}:{live.http}/masuk?ke=/")
            assert page.url.startswith(f"{live.address}/masuk"), "plain HTTP only sends to TLS"
            assert page.evaluate("isSecureContext")
            assert page.evaluate(AUDIT) == []
            picture(page, f"masuk-tls-{width}")
            page.context.close()


def test_whoever_trusts_another_authority_is_kept_away(live: Installation) -> None:
    with pytest.raises(httpx2.ConnectError, match="certificate"):
        httpx2.get(live.address, verify=live.trusting(Authority().pem))


def test_tls_is_promised_and_plain_http_never_answers_itself(live: Installation) -> None:
    answer = live.get("/masuk")
    assert answer.status_code == 200
    assert "max-age=" in answer.headers["Strict-Transport-Security"]
    plain = httpx2.get(f"http://{NAME}:{live.http}/isian/a?b=c%2F%0d%0aX: y", follow_redirects=False)
    assert plain.status_code == 308
    assert plain.headers["Location"].startswith(f"{live.address}/isian/a?b=c")
    assert "X" not in plain.headers
    elsewhere = httpx2.get(
        f"http://{NAME}:{live.http}/", headers={"Host": "evil.example"}, follow_redirects=False
    )
    assert elsewhere.headers["Location"] == f"{live.address}/", "nobody is sent to another name"
    assert live.get("/", Host="evil.example").status_code == 421


def test_there_is_no_demonstration(live: Installation) -> None:
    assert not (live.folder / "data" / "demo-played").exists()


@pytest.mark.test_all
def test_another_certificate_is_served_without_a_restart_and_a_wrong_one_never(live: Installation) -> None:
    assert live.terminal is not None
    before = len(live.terminal.lines)
    (live.folder / "tls" / "certificate.pem").write_bytes(live.authority.pair("theirs.go.id").certificate)
    live.terminal.until("does not belong", before)
    assert live.get("/masuk").status_code == 200, "the one of before is served on"
    assert live.doctor() == (1, {"certificate": ["setting"]})

    live.put(live.authority.pair(NAME, begins=NOW - 9 * DAY, ends=NOW - DAY))
    live.terminal.until("browsers refuse this address", before)
    assert live.doctor()[1]["certificate"] == ["certificate-expired"]
    said = json.loads(httpx2.get(f"{live.address}/api/intake/health/ready", verify=False).text)
    while "certificate-expired" not in said["troubles"]:
        time.sleep(0.5)
        said = httpx2.get(f"{live.address}/api/intake/health/ready", verify=False).json()

    mark = len(live.terminal.lines)
    new = live.authority.pair(NAME)
    live.put(new)
    live.terminal.until("The certificate is valid again", mark)
    assert live.served() == x509.load_pem_x509_certificates(new.certificate)[0]
    assert live.get("/masuk").status_code == 200
    while "services" in live.doctor()[1]:
        time.sleep(0.5)  # each service looks by itself
    assert live.doctor() == (0, {})


@pytest.mark.test_all
def test_the_doctor_finds_nothing_wrong_and_every_wound_that_is_made(live: Installation) -> None:
    data = live.folder / "data"
    assert live.doctor() == (0, {})
    secret = data / "secrets" / "signing-intake"
    secret.chmod(0o644)
    assert live.doctor() == (1, {"secrets": ["secret-open"]})
    secret.chmod(0o600)

    there = inside.server(data, Existing())
    assert there is not None
    held = SecretFolder(data / "secrets")
    owner = there.url("jejak_archive", "jejak_archive_owner", held.get("database-archive-owner"))
    with psycopg.connect(owner, autocommit=True) as conn:
        found = conn.execute(
            "SELECT indexdef, (SELECT version_num FROM alembic_version) FROM pg_indexes "
            "WHERE indexname = 'leaf_stream'"
        ).fetchone()
        assert found is not None
        made, stands = found
        conn.execute("DROP INDEX leaf_stream")
        assert live.doctor() == (1, {"databases": ["index-missing"]})
        conn.execute(made)
        conn.execute("UPDATE alembic_version SET version_num = 'archive_0001'")
        assert live.doctor() == (1, {"databases": ["migrations"]})
        conn.execute("UPDATE alembic_version SET version_num = %s", (stands,))

    port = json.loads((data / "ports.json").read_text())["s3"]
    address = S3Address(f"127.0.0.1:{port}", held.get("s3-access"), held.get("s3-secret"))
    client = client_of(address)
    (live.folder / "loose").write_text("nobody holds this")
    client.fput_object("jejak-archive", "loose", str(live.folder / "loose"))
    assert live.doctor() == (1, {"locks": ["unlocked"]})
    for version in client.list_objects("jejak-archive", prefix="loose", include_version=True):
        client.remove_object("jejak-archive", "loose", version_id=version.version_id)
    assert live.doctor() == (0, {})


def test_the_doctor_knows_every_index_that_a_database_has(live: Installation) -> None:
    data = live.folder / "data"
    there = inside.server(data, Existing())
    assert there is not None
    for name in (*SERVICES, ACCESS):
        secret = (data / "secrets" / f"database-{name}-owner").read_text()
        with psycopg.connect(there.url(f"jejak_{name}", f"jejak_{name}_owner", secret)) as conn:
            found = conn.execute(
                "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
                "LEFT JOIN pg_constraint k ON k.conindid = c.oid "
                "WHERE k.oid IS NULL AND c.relnamespace = 'public'::regnamespace"
            ).fetchall()
        assert {str(index) for (index,) in found} == inside.expected_indexes(name), name


def test_a_second_one_on_the_same_ports_is_told_who_has_them(live: Installation) -> None:
    second = live.folder.parent / "second"
    Pair(live.pair.certificate, live.pair.key).put(second / "tls")
    told = jejak("init", second, *live.words)
    assert told.returncode == 1
    assert told.stdout.count("is taken by caddy") == 2


def test_the_commands_take_the_folder_of_the_installation(live: Installation) -> None:
    status = json.loads(jejak("status", "--json", "--data", live.folder).stdout)
    assert status["address"] == live.address
    assert jejak("env", "intake", "--settings", live.folder).returncode == 0
    assert jejak("up", "--data", live.folder).returncode == 1, "it runs already"
    assert (live.folder / "settings.toml").stat().st_mode & 0o077 == 0


def test_by_local_accounts_alone_from_the_terminal_to_a_figure_that_was_handed_in(live: Installation) -> None:
    assert live.terminal is not None
    live.terminal.until(f"jejak invite kabag --data {live.folder}")
    link = jejak("invite", "kabag", "--data", live.folder)
    assert link.stdout.startswith(f"{live.address}/undangan?token="), link.stderr
    with browser_of(live) as browser:
        kabag = window(browser)
        passkeys(kabag)
        set_password(kabag, link.stdout.strip())
        kabag.get_by_role("button", name="Buat kunci sandi").click()

        def enter(person: str, name: str) -> Page:
            follow(kabag, "Akun")
            follow(kabag, "Akun lokal")
            follow(kabag, name)
            kabag.get_by_role("button", name="Buat undangan").click()
            page = window(browser)
            set_password(page, kabag.locator("#link").input_value())
            if person == "bagus":
                code_and_in_again(page, person)
            return page

        go_live(kabag, enter, today())


def test_the_figure_that_was_handed_in_is_one_trace_through_all_four_services(collected: Collected) -> None:
    """After the walk. From form over Kafka to the audit log."""

    def handing_in() -> list[tuple[str, str]]:
        """Of the one trace in which it happened, whatever has arrived by now."""
        traces = [list(one) for one in list(collected.traces.values())]
        found = [one for one in traces if any(span.name == HANDING_IN for _, span in one)]
        return [(service, span.name) for one in found for service, span in one]

    wanted = {
        ("intake", HANDING_IN),
        *(("intake", name) for name in ("command", "append", "relay")),
        *((service, "consume") for service in SERVICES if service != "intake"),
        ("verification", "reaction"),
        ("verification", "relay"),
    }
    leaf = ("archive", "leaf")  # of the figure, and of what followed from it in verification
    while wanted - set(said := handing_in()) or said.count(leaf) < 2:
        time.sleep(0.5)
    assert said.count(("intake", HANDING_IN)) == 1, "one trace"
    for word in (b"bayu", b"Bayu", b"kabag", b"damkar", b"Damkar", b"3402", b"Bantul", PASSWORD.encode()):
        assert word not in collected.bytes, word


def passkeys(page: Page) -> None:
    """This browser holds passkeys, and asks who holds it."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    holds = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True}
    holds |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": holds})


def set_password(page: Page, link: str) -> None:
    page.goto(link)
    for label in ("Kata sandi baru", "Kata sandi baru, sekali lagi"):
        page.get_by_label(label, exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Buat kata sandi").click()


def code_and_in_again(page: Page, person: str) -> None:
    """An app with codes, of one's own accord; then out, and in by password and the next code."""
    follow(page, "Akun saya")
    page.locator("#add_password").fill(PASSWORD)
    page.get_by_role("button", name="Tambah", exact=True).click()
    app = TOTP(page.locator("#kunci").inner_text().replace(" ", ""))
    page.get_by_label("Kode enam angka").fill(app.now())
    press(page, "Pasang", "Ponsel")
    page.locator("header summary").last.click()
    page.get_by_role("button", name="Keluar").click()
    page.get_by_label("NIP atau nama pengguna").fill(person)
    page.get_by_label("Kata sandi", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Lanjut").click()
    page.get_by_label("Kode enam angka").fill(app.at(time.time() + 30))
    page.get_by_role("button", name="Masuk", exact=True).click()
