"""A real Keycloak: fetched once by coordinates and SHA-256, built once and kept in the cache; started once
in a test process under our supervision, on the loopback address, with the realm of the operator's recipe.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from maven_artifact.artifact import Artifact
from maven_artifact.downloader import Downloader

from deploy.local import places, ports
from deploy.local.broker import java
from deploy.local.supervision.child import Child
from deploy.local.supervision.part import Part
from deploy.local.supervision.supervisor import Supervisor
from shared.access.oidc.providers import Provider
from tests.unit.pairs import Authority

VERSION = "26.7.3"
SHA256 = "27a6535553c3cdcd083872ba40629efafb3475e3b758e0c6f691395561dd0f1f"
REALM, ADMIN = "pegawai", "admin"
HEAP = "-Xmx512m -XX:TieredStopAtLevel=1"
QUARKUS = "io.quarkus.bootstrap"
THREADS = "java.util.concurrent.ForkJoinPool.common.threadFactory"
OPTIONS = [
    *("-Xms64m", "-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Dfile.encoding=UTF-8"),
    *(
        f"--add-opens=java.base/java.{one}=ALL-UNNAMED"
        for one in ("util", "util.concurrent", "security", "lang")
    ),
    "--enable-native-access=ALL-UNNAMED",
    "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
    f"-D{THREADS}={QUARKUS}.forkjoin.QuarkusForkJoinWorkerThreadFactory",
]
"""What its own script tells Java. It is left out: who is killed in its place leaves the program running."""


@dataclass
class Keycloak:
    """A running one. `secret` is that of the client *jejak*; people sign in with their names as passwords.
    It trusts `authority`.
    """

    address: str
    secret: str
    supervisor: Supervisor
    authority: Authority

    @property
    def issuer(self) -> str:
        return f"{self.address}/realms/{REALM}"

    @property
    def provider(self) -> Provider:
        return Provider(id="keycloak", name="SSO Pemda", issuer=self.issuer, client_id="jejak")

    def admin(self, verb: str, path: str, body: Any = None) -> Any:
        """Asks its administration about the realm; answers what it says."""
        with httpx2.Client(timeout=30) as http:
            form = {"client_id": "admin-cli", "grant_type": "password"}
            form |= {"username": ADMIN, "password": self.secret}
            token = http.post(f"{self.address}/realms/master/protocol/openid-connect/token", data=form)
            headers = {"Authorization": f"Bearer {token.json()['access_token']}"}
            answer = http.request(
                verb, f"{self.address}/admin/realms/{REALM}{path}", json=body, headers=headers
            )
            assert answer.status_code < 400, answer.text
            return answer.json() if answer.content else None

    def user(self, name: str) -> dict[str, Any]:
        (found,) = self.admin("GET", f"/users?exact=true&username={name}")
        return dict(found)

    def client(self) -> dict[str, Any]:
        (found,) = self.admin("GET", "/clients?clientId=jejak")
        return dict(found)

    def back_to(self, address: str, name: str = "keycloak") -> None:
        """Where it sends people, and says by itself that somebody signed out: an address of this test's."""
        client = self.client()
        client["redirectUris"] = [f"{address}/masuk/kembali/{name}"]
        client["attributes"]["post.logout.redirect.uris"] = f"{address}/masuk"
        client["attributes"]["backchannel.logout.url"] = f"{address}/masuk/pamit/{name}"
        self.admin("PUT", f"/clients/{client['id']}", client)


def realm(secret: str) -> dict[str, Any]:
    """What docs/operations/oidc.md makes by hand, line by line."""
    claim = {
        "claim.name": "nip",
        "user.attribute": "nip",
        "jsonType.label": "String",
        "id.token.claim": "true",
    }
    return {
        "realm": REALM,
        "enabled": True,
        "sslRequired": "external",
        "clients": [
            {
                "clientId": "jejak",
                "secret": secret,
                "publicClient": False,
                "standardFlowEnabled": True,
                "implicitFlowEnabled": False,
                "directAccessGrantsEnabled": False,
                "redirectUris": ["http://127.0.0.1:1/masuk/kembali/keycloak"],
                "attributes": {
                    "pkce.code.challenge.method": "S256",
                    "backchannel.logout.session.required": "true",
                    "backchannel.logout.url": "http://127.0.0.1:1/masuk/pamit/keycloak",
                    "post.logout.redirect.uris": "http://127.0.0.1:1/masuk",
                },
                "protocolMappers": [
                    {
                        "name": "nip",
                        "protocol": "openid-connect",
                        "protocolMapper": "oidc-usermodel-attribute-mapper",
                        "config": claim,
                    }
                ],
            }
        ],
        "components": {
            "org.keycloak.userprofile.UserProfileProvider": [
                {
                    "providerId": "declarative-user-profile",
                    "config": {"kc.user.profile.config": [json.dumps({"attributes": _profile()})]},
                }
            ]
        },
        "users": [user_of("sri", "Sri Lestari", "198503122010012003"), user_of("agus", "Agus Salim", "")],
    }


def _profile() -> list[dict[str, Any]]:
    """Everybody may read the own NIP; only the administration writes it."""
    own = {"permissions": {"view": ["admin", "user"], "edit": ["admin", "user"]}}
    usual = [{"name": name, **own} for name in ("username", "email", "firstName", "lastName")]
    return [*usual, {"name": "nip", "permissions": {"view": ["admin", "user"], "edit": ["admin"]}}]


def user_of(name: str, called: str, nip: str) -> dict[str, Any]:
    first, _, last = called.partition(" ")
    return {
        "username": name,
        "enabled": True,
        "firstName": first,
        "lastName": last,
        "email": f"{name}@example.go.id",
        "emailVerified": True,
        "attributes": {"nip": [nip]} if nip else {},
        "credentials": [{"type": "password", "value": name, "temporary": False}],
    }


def built() -> Path:
    """The folder of a Keycloak that has built itself; fetched and built the first time."""
    place = places.cache_folder() / f"keycloak-{VERSION}"
    place.parent.mkdir(parents=True, exist_ok=True)
    with (place.parent / "keycloak.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several workers of one test run ask at once
        if not place.exists():
            unfinished = place.with_name(f".{place.name}.{os.getpid()}")
            try:
                _build(unfinished)
                (unfinished / f"keycloak-{VERSION}").rename(place)
            finally:
                shutil.rmtree(unfinished, ignore_errors=True)
    return place


def _build(folder: Path) -> None:
    folder.mkdir()
    packed = folder / "keycloak.zip"
    given = os.environ.get("JEJAK_MAVEN")
    downloader = Downloader(given) if given else Downloader()
    artifact = Artifact("org.keycloak", "keycloak-quarkus-dist", VERSION, extension="zip")
    url = downloader.resolver.uri_for_artifact(artifact)
    digest = hashlib.sha256()
    asked = downloader.requestor.request(url, None, timeout=60, stream=True)
    with contextlib.closing(asked) as answer, packed.open("wb") as out:
        for piece in answer.iter_content(1 << 20):
            out.write(piece)
            digest.update(piece)
    assert digest.hexdigest() == SHA256, f"Keycloak {VERSION} is not the one that was measured"
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(folder)
    packed.unlink()
    program = folder / f"keycloak-{VERSION}" / "bin" / "kc.sh"
    program.chmod(0o755)
    options = ["--db=dev-file", "--health-enabled=false", "--metrics-enabled=false", "--cache=local"]
    subprocess.run([program, "build", *options], env=_environment(), check=True, capture_output=True)


def _environment(**more: str) -> dict[str, str]:
    found = java.find().program
    kept = {"PATH": f"{found.parent}:/usr/bin:/bin", "JAVA_HOME": str(found.parents[1]), "LC_ALL": "C.UTF-8"}
    return {**kept, "JAVA_OPTS_APPEND": HEAP, **more}


@contextlib.contextmanager
def running(folder: Path, secret: str) -> Iterator[Keycloak]:
    """A Keycloak of its own, whose data nobody keeps."""
    home = folder / "keycloak"
    shutil.copytree(built(), home, copy_function=_linked)
    (home / "data" / "import").mkdir(parents=True)
    (home / "data" / "import" / "realm.json").write_text(json.dumps(realm(secret)), encoding="utf-8")
    authority = Authority()
    (home / "conf" / "truststores").mkdir(exist_ok=True)
    (home / "conf" / "truststores" / "office.pem").write_bytes(authority.pem)
    (port,) = ports.free_ports(1)
    argv = [
        str(java.find().program),
        *OPTIONS,
        f"-Dkc.home.dir={home}",
        f"-Djboss.server.config.dir={home}/conf",
    ]
    argv += ["-cp", f"{home}/lib/quarkus-run.jar", f"{QUARKUS}.runner.QuarkusEntryPoint"]
    argv += ["start", "--optimized", "--http-enabled=true", f"--http-port={port}", "--import-realm"]
    argv += [f"--http-host={ports.LOOPBACK}", "--hostname-strict=false", "--log-level=warn"]
    child = Child(
        name="keycloak",
        argv=argv,
        log=folder / "keycloak.log",
        pid_file=folder / "keycloak.json",
        env=_environment(KC_BOOTSTRAP_ADMIN_USERNAME=ADMIN, KC_BOOTSTRAP_ADMIN_PASSWORD=secret),
        cwd=home,
    )
    address = f"http://{ports.LOOPBACK}:{port}"
    made = Keycloak(address, secret, Supervisor(), authority)
    part = Part(
        "keycloak", "Keycloak", VERSION, "real", "guarantee-service", address, lambda: _answers(made), child,
        patience=300,
    )  # fmt: skip
    try:
        made.supervisor.start([part])
        yield made
    finally:
        made.supervisor.stop()


def _linked(source: str, target: str) -> str:
    """A copy costs two seconds and 250 MB; only what it writes must be its own."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target


def _answers(keycloak: Keycloak) -> bool:
    try:
        return httpx2.get(f"{keycloak.issuer}/.well-known/openid-configuration", timeout=5).status_code == 200
    except httpx2.HTTPError:
        time.sleep(0.5)
        return False
