"""What is changed: mutmut's own mutations, also inside dataclasses, properties and cached functions, which it
leaves out by itself. Left alone are the words of a sentence for people, and `assert_never`, which the type
checker has proven unreachable.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import libcst as cst
from libcst import matchers
from mutmut.mutation import file_mutation, mutators
from mutmut.mutation.file_mutation import MutationVisitor

WRAPPED = ("property", "cached_property", "cache")


def mutate_all() -> None:
    """Sets mutmut up for this process and those that it forks."""
    mutators.mutation_operators[:] = [  # type: ignore[index]
        (kind, MUTATED_OTHERWISE.get(operator, operator)) for kind, operator in mutators.mutation_operators
    ]
    MutationVisitor._skip_node_and_children = skipped
    file_mutation.function_trampoline_arrangement = arranged


def is_sentence(node: cst.CSTNode) -> bool:
    """A text with a blank in it, or several side by side: words for people.
    A code, a key or a field has none.
    """
    if isinstance(node, cst.ConcatenatedString):
        return True
    return isinstance(node, cst.SimpleString) and " " in node.raw_value


def strings(node: cst.BaseString) -> Iterable[cst.BaseString]:
    if not is_sentence(node):
        yield from mutators.operator_string(node)


def arguments(node: cst.Call) -> Iterable[cst.Call]:
    """As mutmut does it, but a sentence is not put away for None."""
    sentences = {i for i, argument in enumerate(node.args) if is_sentence(argument.value)}
    for mutant in mutators.operator_arg_removal(node):
        if not any(
            len(mutant.args) == len(node.args) and mutant.args[i] is not node.args[i] for i in sentences
        ):
            yield mutant


def assignments(node: cst.Assign | cst.AnnAssign) -> Iterable[cst.CSTNode]:
    if node.value is None or not is_sentence(node.value):
        yield from mutators.operator_assignment(node)


def is_never(node: cst.CSTNode) -> bool:
    return (
        isinstance(node, cst.Call) and isinstance(node.func, cst.Name) and node.func.value == "assert_never"
    )


def cases(node: cst.Match) -> Iterable[cst.Match]:
    """As mutmut does it, but without leaving out `case _: assert_never(…)`."""
    for mutant in mutators.operator_match(node):
        left_out = next(case for case in node.cases if case not in mutant.cases)
        if not matchers.findall(left_out.body, matchers.Call(func=matchers.Name("assert_never"))):
            yield mutant


MUTATED_OTHERWISE: dict[Any, Callable[[Any], Iterable[cst.CSTNode]]] = {
    mutators.operator_string: strings,
    mutators.operator_arg_removal: arguments,
    mutators.operator_assignment: assignments,
    mutators.operator_match: cases,
}


def wrapped(node: cst.CSTNode) -> bool:
    """A property or a cached function: its body can be changed like any other."""
    return (
        isinstance(node, cst.FunctionDef)
        and len(node.decorators) == 1
        and isinstance(node.decorators[0].decorator, cst.Name)
        and node.decorators[0].decorator.value in WRAPPED
    )


skips_by_itself = MutationVisitor._skip_node_and_children


def skipped(visitor: MutationVisitor, node: cst.CSTNode) -> bool:
    if isinstance(node, cst.Decorator | cst.ConcatenatedString) or is_never(node):
        return True
    if isinstance(node, cst.ClassDef) or wrapped(node):
        return False
    return skips_by_itself(visitor, node)


arranges_by_itself = file_mutation.function_trampoline_arrangement


def arranged(
    function: cst.FunctionDef, mutants: Iterable[file_mutation.Mutation], class_name: str | None
) -> tuple[Sequence[Any], Sequence[Any], Sequence[Any], Sequence[str]]:
    """Of a wrapped function only the switch between the mutants is wrapped, not every mutant."""
    before, methods, after, names = arranges_by_itself(function, mutants, class_name)
    if wrapped(function):
        switch, *variants = methods
        methods = [switch, *(variant.with_changes(decorators=[]) for variant in variants)]
    return before, methods, after, names
