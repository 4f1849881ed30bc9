"""An installation that was made by `jejak init` in an empty folder and is up, over TLS with a certificate
of an authority of our own; and a browser that trusts this authority.
"""

import base64
import hashlib
import json
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx2
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from playwright import sync_api

from deploy.local import ports
from tests.browser.windows import FLAGS, chromium_path
from tests.faults.terminal import Terminal, jejak
from tests.support.parts import own_folder, remove_folder
from tests.unit.pairs import Authority, Pair

NAME = "localhost"


class Installation:
    """One that was made by `jejak init` and is up."""

    def __init__(self, folder: Path, authority: Authority, more: Mapping[str, str]) -> None:
        self.folder, self.authority, self.more = folder, authority, more
        self.https, self.http = ports.free_ports(2)
        self.root = folder.parent / "authority.pem"
        self.root.write_bytes(self.authority.pem)
        self.pair = self.authority.pair(NAME)
        self.put(self.pair)
        self.terminal: Terminal | None = None
        self.begun = ""

    @property
    def address(self) -> str:
        return f"https://{NAME}:{self.https}"

    @property
    def words(self) -> list[str]:
        told = {
            "--domain": NAME,
            "--region": "3402",
            "--tls": "files",
            "--certificate": "tls/certificate.pem",
            "--key": "tls/key.pem",
            "--listen": "127.0.0.1",
            "--https-port": str(self.https),
            "--http-port": str(self.http),
            **self.more,
        }
        return [word for pair in told.items() for word in pair]

    def put(self, pair: Pair) -> None:
        pair.put(self.folder / "tls")

    def trusting(self, root: bytes | None = None) -> ssl.SSLContext:
        return ssl.create_default_context(cadata=(root or self.authority.pem).decode())

    def served(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate(ssl.get_server_certificate((NAME, self.https)).encode())

    def get(self, path: str = "/", **more: str) -> httpx2.Response:
        return httpx2.get(f"{self.address}{path}", verify=self.trusting(), headers=more)

    def doctor(self) -> tuple[int, dict[str, list[str]]]:
        """Its exit code, and what it found beside what is fine: check → problems."""
        told = jejak("doctor", "--json", "--data", self.folder)
        found: dict[str, list[str]] = {}
        for one in json.loads(told.stdout)["checks"]:
            if one["state"] == "wrong":
                found.setdefault(one["check"], []).append(one["key"])
        return told.returncode, found


@contextmanager
def installed(
    name: str,
    more: Mapping[str, str],
    *,
    authority: Authority | None = None,
    secret: str = "",
    line: str = "",
) -> Iterator[Installation]:
    """From the first command to the last. `more`: options of `jejak init`; `secret`: the provider's;
    `line`: what stands in `settings.toml` besides.
    """
    outside = own_folder(name)
    made = Installation(outside / "jejak", authority or Authority(), more)
    try:
        made.begun = jejak("init", made.folder, *made.words, "--systemd").stdout
        if secret:
            (made.folder / "sso.secret").write_text(secret)
            (made.folder / "sso.secret").chmod(0o600)
        with (made.folder / "settings.toml").open("a") as settings:
            settings.write(f"{line}\n")
        again = jejak("init", made.folder)
        assert again.returncode == 0, again.stdout + again.stderr
        made.terminal = Terminal("--data", made.folder)
        made.terminal.until("is ready after")
        yield made
        assert made.terminal.stop() == 0, made.terminal.said
    finally:
        if made.terminal is not None:
            made.terminal.end()
        remove_folder(made.folder / "data")
        remove_folder(outside)


@contextmanager
def browser_of(installation: Installation) -> Iterator[sync_api.Browser]:
    """One that trusts the certificate which the installation shows."""
    spki = (
        installation.served()
        .public_key()
        .public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    ours = base64.b64encode(hashlib.sha256(spki).digest()).decode()
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=chromium_path(),
            chromium_sandbox=False,
            args=[*FLAGS, f"--ignore-certificate-errors-spki-list={ours}"],
        )
        yield opened
        opened.close()
