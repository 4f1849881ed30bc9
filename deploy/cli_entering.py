"""Commands by which a region begins, the first official of an installation comes in, and everything is
replayed and compared.
"""

from typing import Annotated

import typer

from deploy.commands.options import VAR, DataFolder

entering = typer.Typer()


@entering.command()
def region(
    code: Annotated[str, typer.Argument(help="Kode daerah, empat angka / the region's code, e.g. 3401.")],
    *,
    data: DataFolder = VAR,
) -> None:
    """Siapkan daerah berikutnya dalam folder ini / prepare a further region in this folder."""
    from deploy.commands.region import region as run

    raise typer.Exit(run(data, code))


@entering.command()
def invite(
    person: Annotated[str, typer.Argument(help="Kode pegawai / the person's id, e.g. kabag.")],
    *,
    data: DataFolder = VAR,
) -> None:
    """Cetak undangan akun lokal, untuk pejabat pertama / print an invitation, for the first official."""
    from deploy.commands.entering import invite as run

    raise typer.Exit(run(data, person))


@entering.command()
def join(
    mark: Annotated[str, typer.Argument(help="Tanda akun pada halaman / the page's account mark.")] = "",
    person: Annotated[str, typer.Argument(help="Kode pegawai / the person's id, e.g. kabag.")] = "",
    *,
    data: DataFolder = VAR,
) -> None:
    """Hubungkan akun penyedia yang menunggu / say who a waiting login is; without words, which wait."""
    from deploy.commands.entering import join as run

    raise typer.Exit(run(data, mark, person))


@entering.command()
def certificate(*, data: DataFolder = VAR) -> None:
    """Putar ulang dan bandingkan semuanya, tulis sertifikatnya di sini / replay and compare everything, and
    write the certificate here.
    """
    from deploy.commands.entering import told_as as run

    raise typer.Exit(run(data, "archive", "services.archive.certificate.terminal"))
