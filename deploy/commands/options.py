"""What may stand behind an option of the command line, and what is said of anything else."""

from pathlib import Path
from typing import Annotated

import typer

from shared.service_names import SERVICES


def choice(parts: str) -> str:
    if parts not in {"auto", "real", "embedded"}:
        raise typer.BadParameter("auto | real | embedded", param_hint="--parts")
    return parts


def service(name: str) -> str:
    if name not in SERVICES:
        raise typer.BadParameter(" | ".join(SERVICES))
    return name


def processes(said: str) -> tuple[str, int]:
    name, _, number = said.partition("=")
    if not (number.isascii() and number.isdecimal() and 1 <= int(number) <= 16):
        raise typer.BadParameter("SERVICE=1 … SERVICE=16", param_hint="--web")
    return service(name), int(number)


def _enter(folder: Path) -> Path:
    """The settings of an installation's folder are told to this process; what follows sees its data."""
    from deploy.installing.settings_file import enter

    return enter(folder)


FOLDER = ("--data", "--settings")
FOLDER_HELP = "Folder dari `jejak init`, atau folder data / a folder of `jejak init`, or one of data."
DataFolder = Annotated[Path, typer.Option(*FOLDER, help=FOLDER_HELP, callback=_enter)]
AsJson = Annotated[bool, typer.Option("--json", help="Untuk program / for programs.")]
VAR = Path("var")
