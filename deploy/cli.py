"""`jejak`: the command line. Each command lives in a module of
deploy/commands and is imported only when it is called.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from deploy.cli_entering import entering
from deploy.cli_measuring import measuring
from deploy.commands.options import FOLDER, FOLDER_HELP, VAR, AsJson, DataFolder, choice, processes, service
from deploy.messages import CannotStart

OLDEST_PYTHON = (3, 11)
app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Jejak: satu siklus laporan SPM, tiga belas langkah.",
)


Parts = Annotated[str, typer.Option(help="auto | real | embedded")]


@app.command()
def up(
    *,
    parts: Parts = "auto",
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Buang data lama lebih dulu / throw the old data away first.")
    ] = False,
    no_demo: Annotated[
        bool, typer.Option("--no-demo", help="Tanpa siklus contoh / without the sample cycle.")
    ] = False,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Nomor port peramban / the browser's port (8400).")
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(help="Tanpa layanan ini, untuk debugger / without this service, for a debugger."),
    ] = None,
    web: Annotated[
        list[str] | None,
        typer.Option(
            help="LAYANAN=JUMLAH proses yang menjawab / SERVICE=NUMBER of processes that answer.",
            metavar="SERVICE=NUMBER",
        ),
    ] = None,
    data: DataFolder = VAR,
) -> None:
    """Jalankan semuanya di komputer ini / run everything on this machine."""
    from typing import cast

    from deploy.commands.up import up as run
    from deploy.local.wanted import PartsChoice

    run(
        data,
        parts=cast("PartsChoice", choice(parts)),
        fresh=fresh,
        demo=not no_demo,
        port=port,
        without=[service(name) for name in without or ()],
        webs=dict(processes(said) for said in web or ()),
    )


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="Folder instalasi baru / the new installation's folder.")],
    *,
    domain: Annotated[str, typer.Option(help="Nama yang diketik orang / the name that people type.")] = "",
    region: Annotated[str, typer.Option(help="Kode kabupaten, empat angka / the region's four digits.")] = "",
    login: Annotated[str, typer.Option(help="Cara masuk / ways of signing in.")] = "oidc",
    issuer: Annotated[str, typer.Option(help="Penyedia identitas / the provider's issuer.")] = "",
    client: Annotated[str, typer.Option(help="Nama klien di sana / the client's id there.")] = "jejak",
    client_secret_file: Annotated[
        str, typer.Option(help="Berkas rahasianya, boleh menyusul / the file of its secret, may come later.")
    ] = "",
    tls: Annotated[str, typer.Option(help="public | files | internal")] = "",
    mail: Annotated[str, typer.Option(help="Surel untuk sertifikat / mail for the certificate.")] = "",
    acme_directory: Annotated[str, typer.Option(help="Penerbit sertifikat lain / another authority.")] = "",
    acme_root: Annotated[str, typer.Option(help="Sertifikat akarnya / its root certificate.")] = "",
    certificate: Annotated[str, typer.Option(help="Berkas sertifikat sendiri / your own certificate.")] = "",
    key: Annotated[str, typer.Option(help="Berkas kuncinya / its key.")] = "",
    listen: Annotated[str, typer.Option(help="Alamat IP, semula semua / an IP address, else all.")] = "",
    https_port: Annotated[int, typer.Option(min=1, max=65535)] = 443,
    http_port: Annotated[int, typer.Option(min=0, max=65535, help="0: tidak ada / none.")] = 80,
    data: Annotated[str, typer.Option(help="Folder data / where everything is kept.")] = "",
    systemd: Annotated[bool, typer.Option("--systemd", help="Juga unit systemd / also a unit.")] = False,
    compose: Annotated[bool, typer.Option("--compose", help="Untuk kontainer / for containers.")] = False,
) -> None:
    """Siapkan instalasi: pengaturan, rahasia, benih / make an installation and look at the machine."""
    from deploy.commands.init import init as run
    from deploy.installing.making import Wanted

    wanted = Wanted(
        domain=domain,
        login=login,
        issuer=issuer,
        client=client,
        client_secret_file=client_secret_file,
        region=region,
        tls=tls,
        mail=mail,
        certificate=certificate,
        key=key,
        directory=acme_directory,
        root=acme_root,
        listen=listen,
        https_port=https_port,
        http_port=http_port,
        data=data,
        systemd=systemd,
    )
    raise typer.Exit(run(folder, wanted, compose=compose))


@app.command()
def doctor(
    *, as_json: AsJson = False, folder: Annotated[Path, typer.Option(*FOLDER, help=FOLDER_HELP)] = VAR
) -> None:
    """Periksa instalasi ini: apa yang salah dan apa yang dilakukan / what is wrong and what to do."""
    from deploy.commands.doctor import doctor as run

    raise typer.Exit(run(folder.resolve(), as_json=as_json))


@app.command()
def status(*, as_json: AsJson = False, data: DataFolder = VAR) -> None:
    """Tunjukkan apa yang berjalan / show what runs."""
    from deploy.commands.running import status as run

    raise typer.Exit(run(data, as_json=as_json))


@app.command()
def env(service: Annotated[str, typer.Argument(callback=service)], *, data: DataFolder = VAR) -> None:
    """Cetak lingkungan satu layanan / print the environment of one service: eval "$(jejak env intake)".
    It holds secrets.
    """
    from deploy.commands.running import env as run

    raise typer.Exit(run(data, service))


@app.command()
def down(*, data: DataFolder = VAR) -> None:
    """Hentikan Jejak / stop Jejak."""
    from deploy.commands.running import down as run

    raise typer.Exit(run(data))


@app.command()
def verify(
    path: Annotated[Path, typer.Argument(help="Folder ekspor atau berkas / an exported folder or file.")],
    *,
    older: Annotated[
        list[Path] | None,
        typer.Option(help="Checkpoint lama yang Anda simpan / an older checkpoint you kept."),
    ] = None,
    vkey: Annotated[
        str | None, typer.Option(help="Kunci pemeriksa dari kertas / the verifier key from paper.")
    ] = None,
    as_json: AsJson = False,
    lang: Annotated[str | None, typer.Option(help="id atau en / id or en.")] = None,
) -> None:
    """Periksa ekspor tanpa server dan tanpa jaringan / check an export without server or network."""
    from services.archive.proof.verifier import main as run

    arguments = [str(path), *(part for note in older or [] for part in ("--older", str(note)))]
    raise typer.Exit(
        run(
            [
                *arguments,
                *(["--vkey", vkey] if vkey else []),
                *(["--json"] if as_json else []),
                *(["--lang", lang] if lang else []),
            ]
        )
    )


VerifierKey = Annotated[
    str, typer.Option("--vkey", help="Kunci pemeriksa dari kertas / the verifier key from paper.")
]
BackupPlace = Annotated[Path, typer.Argument(help="Tempat cadangan / the place of backups.")]
PROVE = "Buktikan yang terakhir dengan memulihkannya / prove the newest by restoring it."


@app.command()
def backup(
    to: BackupPlace,
    *,
    check: Annotated[bool, typer.Option("--check", help=PROVE)] = False,
    vkey: VerifierKey = "",
    data: DataFolder = VAR,
) -> None:
    """Cadangkan semuanya, sambil bekerja / save everything, while people work."""
    from deploy.commands import saving

    raise typer.Exit(saving.check(data, to, vkey) if check else saving.backup(data, to))


@app.command()
def restore(
    backup: BackupPlace,
    *,
    vkey: VerifierKey = "",
    data: DataFolder = VAR,
) -> None:
    """Pulihkan ke folder yang masih kosong / restore into a folder that is still empty."""
    from deploy.commands import saving

    raise typer.Exit(saving.restore(data, backup, vkey))


@app.command()
def play(
    *,
    parts: Parts = "auto",
    as_json: AsJson = False,
    keep: Annotated[bool, typer.Option("--keep", help="Simpan ekspor / keep the export.")] = False,
    at: Annotated[str, typer.Option(help="Alamat Jejak yang berjalan / of a Jejak that runs.")] = "",
    authority: Annotated[Path | None, typer.Option(help="Penjamin alamat itu / who vouches for it.")] = None,
    folder: Annotated[Path | None, typer.Argument(help="Ke folder ini / in this folder.")] = None,
) -> None:
    """Mainkan satu siklus penuh dan periksa buktinya / play a whole cycle and verify its proof."""
    from deploy.commands.play import play as run

    raise typer.Exit(
        run(
            parts=choice(parts),
            as_json=as_json,
            keep=keep or folder is not None,
            into=folder,
            at=at.rstrip("/"),
            authority=authority,
        )
    )


app.add_typer(measuring)
app.add_typer(entering)


def main() -> int:
    """Entry point of the console script."""
    from deploy.messages import sentence

    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(str(number) for number in sys.version_info[:3])
        sys.stderr.write(sentence("python-old", needed="3.11", found=found) + "\n")
        return 1
    try:
        app()
    except CannotStart as reason:
        sys.stderr.write(f"jejak: {reason}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
