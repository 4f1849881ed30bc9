"""`make mutants`: changes the rules one place at a time, in a copy of the tree, and says which changes
no test notices. `make mutants ARGS="services/intake/domain/step.py"` does so for modules or folders.
"""

import argparse
import os
import shutil
import sys
from pathlib import Path

import pytest
from mutmut.mutation.file_mutation import MutatedFile, mutate_file_contents

from tests.mutation.mutating import mutate_all
from tests.mutation.running import Mutants
from tests.mutation.telling import told

ROOT = Path(__file__).resolve().parents[2]
COPY = ROOT / "var" / "mutants"
TREES = ("shared", "services", "deploy", "tests", "docs")
RULES = ("services/*/domain/**/*.py", "shared/sop/*.py", "shared/spm/*.py")
# Left out: generated histories, which take seconds and kill nothing that an example does not; what starts
# processes of its own; and what gathers the sentences of the source text itself.
NOT_HERE = ("*_machine.py", "*/test_verifier*.py", "*/test_i18n.py")
TESTS = ("tests/unit", "tests/property", *(f"--ignore-glob={name}" for name in NOT_HERE))
PYTEST = ("-q", "--tb=no", "--rootdir=.", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:schemathesis")


def main() -> int:
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument(
        "paths", nargs="*", type=Path, help="modules or folders; all rules where none is named"
    )
    parser.add_argument(
        "--tests", nargs="+", default=TESTS, help="only these files of tests, while you write one"
    )
    asked = parser.parse_args()
    mutated = mutated_copy(asked.paths)
    os.chdir(COPY)
    sys.path[:] = [str(COPY), *(entry for entry in sys.path if Path(entry).resolve() != ROOT)]
    mutants = Mutants(mutated)
    for module in [name for name in sys.modules if name.partition(".")[0] in TREES]:
        del sys.modules[module]  # those of the original tree
    if pytest.main([*PYTEST, *asked.tests], plugins=[mutants]):
        return 1
    return told(mutated, mutants.lived)


def mutated_copy(paths: list[Path]) -> dict[str, MutatedFile]:
    """Writes the copy, every function of a rule in it with all its mutants; by module."""
    shutil.rmtree(COPY, ignore_errors=True)
    for tree in TREES:
        shutil.copytree(ROOT / tree, COPY / tree, ignore=shutil.ignore_patterns("__pycache__"))
    for file in (entry for entry in ROOT.iterdir() if entry.is_file()):
        shutil.copy2(file, COPY / file.name)
    mutate_all()
    mutated = {}
    for rule in sorted(rule for pattern in RULES for rule in COPY.glob(pattern)):
        path = rule.relative_to(COPY)
        if not paths or any(path.is_relative_to(asked) for asked in paths):
            file = mutate_file_contents(str(path), rule.read_text())
            rule.write_text(file.code)
            mutated[".".join(path.with_suffix("").parts)] = file
    return {module: file for module, file in mutated.items() if file.mutant_names}


if __name__ == "__main__":
    sys.exit(main())
