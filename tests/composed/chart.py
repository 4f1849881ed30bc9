"""The chart as Helm renders it, kept beside the tests so that it is looked at where there is no Helm.
`python -m tests.composed.chart` renders it anew; the digest in its first line says of which chart it is.
"""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

from deploy.local import places

CHART: Final = Path(__file__).parents[2] / "deploy" / "helm" / "jejak"
VALUES: Final = CHART / "example-values.yaml"
KEPT: Final = Path(__file__).parent / "chart.yaml"
HELM: Final = "helm.sh/helm/v3/cmd/helm@v3.22.0"
VERSIONS: Final = tuple(f"1.{minor}" for minor in range(27, 38))
"""The versions of Kubernetes for which the chart is meant."""


def digest() -> str:
    """Of everything from which the chart is rendered."""
    made = hashlib.sha256()
    for file in sorted(CHART.rglob("*")):
        if file.is_file():
            made.update(f"{file.relative_to(CHART)}\0".encode() + file.read_bytes())
    return made.hexdigest()


def helm() -> Path:
    """The machine's own, else one built from source, once on a machine."""
    found = shutil.which("helm") or places.cache_folder() / "helm" / "helm"
    if not Path(found).exists():
        environment = {**os.environ, "GOBIN": str(Path(found).parent)}
        subprocess.run(["go", "install", HELM], env=environment, check=True, capture_output=True)
    return Path(found)


def rendered(*options: str, version: str = VERSIONS[-1]) -> str:
    """What Helm makes of the chart. Raises CalledProcessError."""
    words = ["template", "jejak", CHART, "--namespace", "jejak", "--kube-version", version]
    done = subprocess.run(
        [helm(), *words, "--values", VALUES, *options], check=True, capture_output=True, text=True
    )
    return done.stdout


def kept() -> str:
    return f"# digest: {digest()}\n{rendered()}"


if __name__ == "__main__":
    KEPT.write_text(kept())
