"""Commands that measure Jejak and attack it."""

from pathlib import Path
from typing import Annotated

import typer

from deploy.commands.options import AsJson

measuring = typer.Typer()


@measuring.command()
def bench(
    *,
    as_json: AsJson = False,
    only: Annotated[
        list[str] | None, typer.Option(help="Hanya pokok ini, boleh berulang / only this topic, repeatable.")
    ] = None,
    peer: Annotated[
        Path | None,
        typer.Option(help="Versi lama beserta .venv-nya, diukur bergantian / an earlier checkout, in turns."),
    ] = None,
) -> None:
    """Ukur kecepatan dan ukuran / measure speed and size."""
    from deploy.bench.run import TOPICS, Wanted
    from deploy.commands.bench import bench as run

    if unknown := set(only or ()) - set(TOPICS):
        raise typer.BadParameter(f"{', '.join(sorted(unknown))}: {' | '.join(TOPICS)}", param_hint="--only")
    if peer is not None and not (peer / ".venv" / "bin" / "jejak").exists():
        raise typer.BadParameter(f"{peer}/.venv/bin/jejak", param_hint="--peer")
    raise typer.Exit(run(as_json=as_json, wanted=Wanted(only or (), peer and peer.resolve())))


@measuring.command()
def drill(
    what: Annotated[str, typer.Argument(help="forgery")],
    *,
    trials: Annotated[
        int, typer.Option(min=1, max=10_000, help="Percobaan tiap serangan / trials of each attack.")
    ] = 200,
    as_json: AsJson = False,
) -> None:
    """Serang Jejak sendiri dan lihat apa yang ketahuan / attack a Jejak of its own and see what is named."""
    from deploy.commands.drill import forgery

    if what != "forgery":
        raise typer.BadParameter("forgery", param_hint="WHAT")
    raise typer.Exit(forgery(trials=trials, as_json=as_json))
