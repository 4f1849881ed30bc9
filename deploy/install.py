"""Makes `.venv/bin/jejak` without a build backend or network: a path file for imports and a console script.
Run by the Makefile.
"""

import site
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
# A shell starts Python, because a path with a space cannot stand in the first line.
SCRIPT = """#!/bin/sh
'''exec' "{python}" "$0" "$@"
' '''
import sys

from deploy.cli import main

sys.exit(main())
"""


def install() -> Path:
    """Write both files into the running environment and answer with the script."""
    packages = Path(site.getsitepackages()[0])
    (packages / "jejak.pth").write_text(f"{PROJECT}\n")
    script = Path(sys.prefix) / "bin" / "jejak"
    script.write_text(SCRIPT.format(python=sys.executable))
    script.chmod(0o755)
    return script


if __name__ == "__main__":
    install()
