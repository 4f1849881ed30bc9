"""`jejak init`: an installation in a folder, made from answers; then the machine is looked at.

Previous hop: `deploy/cli.py`. Next hop: `deploy/installing/making.py`, `deploy/doctor/`.
"""

import os
import sys
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import replace
from pathlib import Path

import typer

from deploy.commands import terminal
from deploy.commands.doctor import show
from deploy.commands.running import runs
from deploy.containers import folder as composed
from deploy.doctor import checks
from deploy.doctor.finding import exit_code
from deploy.doctor.looking import look
from deploy.front_door import settings as door_settings
from deploy.installing import making, settings_file
from deploy.installing.making import Wanted, Written
from deploy.messages import CannotStart, sentence
from shared.access.oidc import providers


def init(
    folder: Path,
    wanted: Wanted,
    environment: MutableMapping[str, str] = os.environ,
    *,
    compose: bool = False,
) -> int:
    """Write what is missing, say each file, look at the machine. 0: all is well, 1: something is missing.
    With `compose` the folder is one for containers, and their machine need not be this one.
    """
    folder = folder.resolve()
    if compose or not (folder / settings_file.NAME).exists():
        wanted = _answered(wanted)
    write_out(folder, (composed if compose else making).make(folder, wanted))
    if compose:
        terminal.line(sentence("init-compose", folder=folder))
        return 0
    data = settings_file.enter(folder, environment)
    _say_what_the_provider_needs(environment)
    found = checks.judged(look(folder, data, runs), checks.MACHINE)
    show(found)
    code = exit_code(found)
    terminal.line(sentence("init-mend" if code else "init-ready", folder=folder))
    return code


def write_out(folder: Path, files: Iterable[Written]) -> None:
    """Write the files of a folder and say each. Raises CannotStart where that cannot be."""
    try:
        for one in files:
            terminal.line(sentence("init-new" if one.new else "init-kept", place=one.place))
    except PermissionError:
        raise CannotStart("not-writable", folder=folder) from None
    except OSError as error:
        raise CannotStart("init-failed", folder=folder, why=error.strerror) from None


def _say_what_the_provider_needs(environment: Mapping[str, str]) -> None:
    """The three addresses that the identity provider must be told, as this installation is reached."""
    if "oidc" not in environment.get("JEJAK_LOGIN", "").split(","):
        return
    try:
        door, known = door_settings.read(environment), providers.load(Path(environment.get("JEJAK_OIDC", "")))
    except (CannotStart, ValueError, OSError):
        return  # the look at the machine says it
    address = door.address(door.https_port or 443)
    for provider in known:
        terminal.line(sentence("init-provider", address=address, called=provider.name, provider=provider.id))


def _answered(wanted: Wanted) -> Wanted:
    """The answers, asked for at a terminal where they were not given.
    Raises CannotStart for one that is missing and nobody is there to be asked.
    """
    if not wanted.domain:
        wanted = replace(wanted, domain=_ask("init-ask-domain", "--domain"))
    if not wanted.region:
        wanted = replace(wanted, region=_ask("init-ask-region", "--region"))
    if not wanted.tls:
        wanted = replace(wanted, tls="files" if wanted.certificate else "public")
    if wanted.tls == "public" and not wanted.mail and sys.stdin.isatty():
        wanted = replace(wanted, mail=_ask("init-ask-mail", "--mail"))
    return wanted


def _ask(key: str, option: str) -> str:
    if not sys.stdin.isatty():
        raise CannotStart("init-unanswered", option=option)
    return str(typer.prompt(sentence(key))).strip()
