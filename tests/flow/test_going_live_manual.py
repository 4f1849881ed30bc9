"""The commands of docs/operations/going-live.md and upgrading.md are run as they stand there, in their order,
in a shell; what is not run says why, beside it.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local import places, ports
from tests.faults.terminal import Terminal
from tests.support.parts import own_folder, remove_folder
from tests.unit.pairs import Authority

MANUAL = places.PROJECT / "docs" / "operations"
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
NOT_RUN = "  # not run: "


def lines(document: str) -> list[str]:
    text = (MANUAL / document).read_text(encoding="utf-8")
    return [line for block in BLOCK.findall(text) for line in block.splitlines() if line.strip()]


@pytest.mark.parametrize("document", ["going-live.md", "upgrading.md"])
def test_what_is_not_run_says_why_and_the_rest_is_ours(document: str) -> None:
    assert len(lines(document)) > 3
    for line in lines(document):
        assert NOT_RUN in line or line.split()[0] in {"jejak", "cp", "mv"}, line
        assert NOT_RUN not in line or len(line.partition(NOT_RUN)[2]) > 5, line


@pytest.fixture
def folder() -> Iterator[Path]:
    made = own_folder("manual")
    yield made
    for name in ("data", "data.before", "data.newer"):
        remove_folder(made / "kabupaten" / name)
    remove_folder(made)


def said(folder: Path, line: str) -> str:
    """The command on this machine: another folder, and a name and a certificate that can be had here."""
    return (
        line.replace("/srv/jejak/kabupaten", str(folder / "kabupaten"))
        .replace("jejak.contohkab.go.id", "localhost")
        .replace("--tls public", "--tls files --certificate tls/certificate.pem --key tls/key.pem")
    )


@pytest.mark.test_all
def test_both_manuals_from_the_first_command_to_the_last(folder: Path, kafka_jars: Path) -> None:
    Authority().pair("localhost").put(folder / "kabupaten" / "tls")
    shell = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "JEJAK_LANGUAGE": "en",
    }
    terminal: Terminal | None = None
    codes: list[tuple[str, int]] = []
    try:
        for line in [*lines("going-live.md"), *lines("upgrading.md")]:
            if NOT_RUN in line:
                continue
            words = said(folder, line)
            if words.startswith("jejak up"):
                terminal = Terminal(*words.split()[2:])
                terminal.until("is ready after")
                continue
            done = subprocess.run(
                words,
                shell=True,
                env=shell,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
            codes.append((line, done.returncode))
            if line.startswith("jejak init"):
                made_for_here(folder / "kabupaten" / "settings.toml")
            elif "--json" in line:
                assert json.loads(done.stdout)["well"]
        assert [line for line, code in codes if code and not line.startswith("jejak init")] == []
        assert len(codes) > 8
    finally:
        if terminal is not None:
            terminal.end()


def made_for_here(file: Path) -> None:
    """Ports that a test may have."""
    https, http = ports.free_ports(2)
    told = {
        "JEJAK_LISTEN": '"127.0.0.1"',
        "JEJAK_HTTPS_PORT": str(https),
        "JEJAK_HTTP_PORT": str(http),
    }
    text = file.read_text()
    for name, value in told.items():
        text = re.sub(rf"^{name} = .*$", f"{name} = {value}", text, flags=re.MULTILINE)
    file.write_text(text)
