"""What a run says: a change that nothing noticed as a diff, and in the end a line for each module."""

import sys
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from difflib import unified_diff

from mutmut.mutation.file_mutation import MutatedFile

ENOUGH = 0.95


def told(mutated: Mapping[str, MutatedFile], lived: AbstractSet[str]) -> int:
    """1 where a module has too many that lived."""
    table, code = [f"\n{'module':46}{'mutants':>9}{'killed':>9}{'lived':>7}"], 0
    for module, file in mutated.items():
        number = len(file.mutant_names)
        left = sum(f"{module}.{name}" in lived for name in file.mutant_names)
        table.append(f"{module:46}{number:9}{number - left:9}{left:7}")
        code |= number - left < ENOUGH * number
    sys.stdout.write("\n".join(table) + "\n")
    return code


def change(file: MutatedFile, name: str) -> str:
    """A mutant as a diff, without the lines around it."""
    original = name.rpartition("__mutmut_")[0] + "__mutmut_orig"
    before, after = source(file, original).replace(original, name), source(file, name)
    lines = unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return "\n".join(line for line in lines if not line.startswith(("@@", "---", "+++")))


def source(file: MutatedFile, name: str) -> str:
    span = file.line_span_by_function_name[name]
    return "\n".join(file.code.splitlines()[span.start - 1 : span.end])
