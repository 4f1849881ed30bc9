"""What mypy cannot see by itself of `combined(Kind, *sources, **said)`: whether every field of `Kind` gets a
value, and one of its type. So a field that is missing fails in `make check`, not when the path is first run.

Role: a plugin of mypy, named in pyproject.toml; no part of Jejak imports it. Not looked at is what mypy
itself does not know: a `Kind` that is a parameter, and names that come in a dictionary.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from mypy.expandtype import expand_type_by_instance
from mypy.nodes import ARG_STAR2, TypeInfo, Var
from mypy.plugin import FunctionContext, Plugin
from mypy.subtypes import is_subtype
from mypy.types import AnyType, Instance, Type, UnionType, get_proper_type

COMBINED = "shared.eventsourcing.combined.combined"
KIND, SOURCES, SAID = range(3)
"""The arguments of `combined` in their order."""


class Combined(Plugin):
    """Looks at every call of `combined`."""

    def get_function_hook(self, fullname: str) -> Callable[[FunctionContext], Type] | None:
        return checked if fullname == COMBINED else None


def checked(call: FunctionContext) -> Type:
    """Says what is wrong with one call; its type is the one that mypy found."""
    said = {
        name: kind
        for name, kind in zip(call.arg_names[SAID], call.arg_types[SAID], strict=True)
        if name is not None
    }
    open_ended = ARG_STAR2 in call.arg_kinds[SAID]
    for made in _members(call.default_return_type):
        if isinstance(made, Instance) and "dataclass" in made.type.metadata:
            for fault in faults(made, call.arg_types[SOURCES], said, open_ended=open_ended):
                call.api.fail(f"combined({made.type.name}): {fault}", call.context)
    return call.default_return_type


def faults(
    made: Instance, sources: Sequence[Type], said: Mapping[str, Type], *, open_ended: bool
) -> Iterator[str]:
    """What is said and is no field; which field has no value, or one of another type."""
    fields = {name: needed for info in reversed(made.type.mro) for name, needed in _fields(info)}
    for name in said.keys() - fields.keys():
        yield f"there is no field {name}"
    for name, needed in fields.items():
        found = said.get(name) or _last(sources, name)
        if found is None and needed and not open_ended:
            yield f"the field {name} is in none of its sources, and not said"
        wanted = _type_of(made, name)
        if found is not None and wanted is not None and not is_subtype(found, wanted):
            yield f"the field {name} is {wanted}, not {found}"


def _fields(info: TypeInfo) -> Iterator[tuple[str, bool]]:
    """The fields of a dataclass, each with whether it needs a value."""
    for field in info.metadata.get("dataclass", {}).get("attributes", ()):
        if field["is_in_init"]:
            yield field["name"], not field["has_default"]


def _last(sources: Sequence[Type], name: str) -> Type | None:
    """The type of a field in the last source that has it; of one in a union, only where all have it."""
    for source in reversed(sources):
        found = [_type_of(one, name) for one in _members(source)]
        if found and None not in found:
            return UnionType.make_union([kind for kind in found if kind is not None])
    return None


def _members(kind: Type) -> list[Type]:
    """The types of a union; a type alone is one."""
    proper = get_proper_type(kind)
    return (
        [member for item in proper.items for member in _members(item)]
        if isinstance(proper, UnionType)
        else [proper]
    )


def _type_of(kind: Type, name: str) -> Type | None:
    if isinstance(kind, AnyType):
        return kind
    if not isinstance(kind, Instance) or not any(
        name == field for info in kind.type.mro for field, _ in _fields(info)
    ):
        return None
    found = kind.type.get(name)
    node = found.node if found is not None else None
    return (
        expand_type_by_instance(node.type, kind) if isinstance(node, Var) and node.type is not None else None
    )


def plugin(_version: str) -> type[Plugin]:
    """Where mypy begins."""
    return Combined
