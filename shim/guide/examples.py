"""The variables of an operation: their types, what they stand for, and an example of a call's values."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import ArgumentNode, FieldNode, FragmentSpreadNode, Node, VariableDefinitionNode, Visitor, print_ast, visit

from shim.rest.endpoint import Endpoint
from shim.upstream import Operation

FILE = "weather-1.0.tar.gz"
CURSOR = "CURSOR"
"""Stands for a cursor where one must be given."""
_PARAMETER = re.compile(r"<(?:[^<>]+:)?(\w+)>")
_FIRST = "null at first, then the `cursor` of the answer before, which is null behind the last page"
_GIVEN = "the `cursor` of an answer of the same list"
_OID = "5f0e1c1bd2d3c0c6a0b7e3a3b6d9a1c7e2f40812"
_BY_ARGUMENT: Mapping[str, Any] = {
    "createRepository.name": "weather",
    "createTracker.name": "weather",
    "description": "Weather of a week",
    "filter.count": 50,
    "ids": _OID,
    "label.name": "bug",
    "object.id": _OID,
    "path": "README.md",
    "reference.name": "refs/heads/main",
    "repository.name": "weather",
    "revspec": "main",
    "tracker.name": "weather",
    "user.username": "jdoe",
    "visibility": "PUBLIC",
}
_BY_PARAMETER: Mapping[str, str] = {
    "c": "1",
    "id": "1",
    "n": "1",
    "name": "main",
    "oid": _OID,
    "path": "README.md",
    "r": "weather",
    "ref": "main",
    "t": "weather",
    "u": "~jdoe",
    "uuid": "0d5c4c1e-3f9e-4f0c-9d6a-6f4b1a1c2d3e",
}
_BY_TYPE: Mapping[str, Any] = {"Int": 1, "Float": 1.0, "Boolean": True, "String": "text", "ID": "1"}


@dataclass(frozen=True)
class Variable:
    """A variable of an operation; `file` is the name of the file that is sent in place of its value."""

    name: str
    type: str
    stands_for: str
    example: Any
    file: str = ""

    @property
    def place(self) -> str:
        """Where a file stands among the variables: of a list of files the first."""
        return f"{self.name}.0" if self.type.startswith("[") else self.name


@dataclass(frozen=True)
class Use:
    """Where a variable is given: the field and the argument (`filter.count` inside one); without one, whether the field
    is asked for at all."""

    field: str
    argument: str

    def __str__(self) -> str:
        return f"argument `{self.argument}` of `{self.field}`" if self.argument else f"whether `{self.field}` is wanted"


def variables(operation: Operation, endpoint: Endpoint) -> tuple[Variable, ...]:
    """The variables that an operation declares, in its order, as a call of an endpoint would fill them."""
    uses = _uses(operation)
    declared = operation.definition.variable_definitions or ()
    return tuple(_variable(node, uses[node.variable.name.value], endpoint) for node in declared)


def parameters(endpoint: Endpoint) -> frozenset[str]:
    """The names in the rules of an endpoint."""
    return frozenset(name for rule in endpoint.rules for name in _PARAMETER.findall(rule))


def filled(endpoint: Endpoint) -> str:
    """The path of an example of the old call, by the endpoint's first rule."""
    values = {**_BY_PARAMETER, **endpoint.examples}
    return _PARAMETER.sub(lambda found: str(values.get(found[1], "1")), endpoint.rules[0])


def old_body(endpoint: Endpoint) -> Mapping[str, Any] | str:
    """An example of the old body: JSON's members, or a text; empty for none."""
    given: Mapping[str, Any] | str = endpoint.examples.get("body", {})
    names = {field.name: f"createRepository.{field.name}" for field in endpoint.fields}
    return given or {name: _BY_ARGUMENT.get(name, _BY_ARGUMENT.get(key)) for name, key in names.items()}


def _variable(node: VariableDefinitionNode, uses: Mapping[Use, None], endpoint: Endpoint) -> Variable:
    name, kind = node.variable.name.value, print_ast(node.type)
    bare = kind.strip("![]")
    file = endpoint.examples.get(name, FILE) if bare == "Upload" else ""
    return Variable(name, kind, _meaning(name, kind, uses, endpoint), _example(name, kind, uses, endpoint), file)


def _meaning(name: str, kind: str, uses: Mapping[Use, None], endpoint: Endpoint) -> str:
    parts = [*_old(name, endpoint), *map(str, uses)]
    if kind.startswith("Cursor"):
        parts.append(_GIVEN if kind.endswith("!") else _FIRST)
    if name.endswith("0"):
        parts.append(f"further ones are {name[:-1]}1, {name[:-1]}2 and so on, each with its field")
    return "; ".join(parts)


def _old(name: str, endpoint: Endpoint) -> Iterator[str]:
    """Where the old call had the value."""
    if name in parameters(endpoint):
        yield f"`<{name}>` of the old path" + (", without `~`" if name == "u" else "")
    elif any(field.name == name for field in endpoint.fields):
        yield f"`{name}` of the old body"


def _example(name: str, kind: str, uses: Mapping[Use, None], endpoint: Endpoint) -> Any:
    bare = kind.strip("![]")
    if bare == "Upload":
        return None
    if name in endpoint.examples:
        return endpoint.examples[name]
    if bare == "Cursor":
        return CURSOR if kind == "Cursor!" else None
    keys = [key for use in uses for key in (f"{use.field}.{use.argument}", use.argument)]
    is_left_out = not kind.endswith("!") and not any(_old(name, endpoint)) and "filter.count" not in keys
    if is_left_out:
        return None
    return next((_BY_ARGUMENT[key] for key in keys if key in _BY_ARGUMENT), _BY_TYPE.get(bare))


def _uses(operation: Operation) -> Mapping[str, Mapping[Use, None]]:
    """The uses of each variable, in the order of the document, each once."""
    found: defaultdict[str, dict[Use, None]] = defaultdict(dict)

    class Collect(Visitor):
        def enter_field(self, field: FieldNode, *_: Any) -> None:
            for name, use in _given(field):
                found[name][use] = None

        def enter_fragment_spread(self, spread: FragmentSpreadNode, *_: Any) -> None:
            for name, use in _wanted(spread, f"...{spread.name.value}"):
                found[name][use] = None

    visit(operation.document, Collect())
    return found


def _given(field: FieldNode) -> Iterator[tuple[str, Use]]:
    name = field.alias.value if field.alias else field.name.value
    for argument in field.arguments or ():
        yield from _within(argument, field.name.value, argument.name.value)
    yield from _wanted(field, name)


def _wanted(node: FieldNode | FragmentSpreadNode, name: str) -> Iterator[tuple[str, Use]]:
    for directive in node.directives or ():
        yield from ((variable, Use(name, "")) for variable in _names(directive))


def _within(argument: ArgumentNode, field: str, path: str) -> Iterator[tuple[str, Use]]:
    members = getattr(argument.value, "fields", ())
    for member in members:
        yield from ((variable, Use(field, f"{path}.{member.name.value}")) for variable in _names(member.value))
    if not members:
        yield from ((variable, Use(field, path)) for variable in _names(argument.value))


def _names(node: Node) -> list[str]:
    return re.findall(r"\$(\w+)", print_ast(node))
