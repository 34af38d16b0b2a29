"""Variables and arguments as gqlparser and gqlgen read them, which is not how the specification has it.

A variable is checked once, before execution (422); an argument is read by its field, so that a fault there is
an error of that field with the argument's name behind its path.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from graphql import (
    FieldNode,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    OperationDefinitionNode,
    ValueNode,
    VariableNode,
    type_from_ast,
)
from graphql.language.ast import FloatValueNode, IntValueNode, ListValueNode, ObjectValueNode

from shim.sandbox.engine.errors import FieldError, RequestError, invalid
from shim.sandbox.engine.gojson import Number, kind

Path = tuple[str | int, ...]
Values = Mapping[str, Any]
Scalars = Mapping[str, Callable[[Any], Any]]
ABSENT = object()
_INTEGER = re.compile(r"[+-]?[0-9]+")
_INT64 = range(-(2**63), 2**63)


def variables(schema: GraphQLSchema, operation: OperationDefinitionNode, given: Values) -> dict[str, Any]:
    """Check the variables given for an operation and add its defaults; values stay as they were sent.

    Raises RequestError (422) whose path is `variable`, the variable's name, and the place in its value.
    """
    values = {}
    for definition in operation.variable_definitions or ():
        name = definition.variable.name.value
        value = given.get(name, ABSENT)
        if value is ABSENT and definition.default_value:
            value = literal(definition.default_value, {})
        declared = type_from_ast(schema, definition.type)
        if isinstance(value, Number) and _named(declared) == "Int":
            _check_int64(value, ("variable", name))
        _check(declared, value, ("variable", name))
        if value is not ABSENT:
            values[name] = value
    return values


def arguments(field: GraphQLField, node: FieldNode, values: Values, scalars: Scalars) -> dict[str, Any]:
    """The arguments of one field, read by their types; those not given and without default are left out.

    `scalars` reads scalars by name. Raises FieldError with the argument's path as suffix.
    """
    given = {argument.name.value: argument.value for argument in node.arguments or ()}
    read = {}
    for name, argument in field.args.items():
        value = literal(given[name], values) if name in given else ABSENT
        if value is ABSENT and argument.ast_node and argument.ast_node.default_value:
            value = literal(argument.ast_node.default_value, {})
        if value is not ABSENT:
            read[name] = _unmarshal(argument.type, value, scalars, (name,))
    return read


def strict_text(value: Any) -> str:
    """A text, where no number is taken for one (the core of 2023). Raises FieldError."""
    if isinstance(value, Number) or not isinstance(value, str):
        raise FieldError(f"{'json.Number' if isinstance(value, Number) else kind(value)} is not a string")
    return value


def literal(node: ValueNode, values: Values) -> Any:
    """The value of a literal, with variables put in; ABSENT for a variable without value."""
    if isinstance(node, VariableNode):
        return values.get(node.name.value, ABSENT)
    if isinstance(node, ListValueNode):
        return [None if (value := literal(item, values)) is ABSENT else value for item in node.values]
    if isinstance(node, ObjectValueNode):
        members = {field.name.value: literal(field.value, values) for field in node.fields}
        return {name: value for name, value in members.items() if value is not ABSENT}
    if isinstance(node, (IntValueNode, FloatValueNode)):
        return Number(node.value)
    return getattr(node, "value", None)


def _named(declared: Any) -> str:
    return str(declared).rstrip("!")


def _check_int64(value: Number, path: Path) -> None:
    """What Go's json.Number makes of the value of an Int variable."""
    number = int(value) if _INTEGER.fullmatch(value) else None
    if number is None or number not in _INT64:
        nearest = 0 if number is None else max(_INT64[0], min(number, _INT64[-1]))
        raise _refused(f"cannot use value {nearest} as Int", path)


def _check(declared: Any, value: Any, path: Path) -> None:
    if value is None or value is ABSENT:
        if isinstance(declared, GraphQLNonNull):
            raise _refused("cannot be null" if value is None else "must be defined", path)
        return
    bare = declared.of_type if isinstance(declared, GraphQLNonNull) else declared
    if isinstance(bare, GraphQLList):
        for index, item in enumerate(value if isinstance(value, list) else [value]):
            _check(bare.of_type, item, (*path, index))
    elif isinstance(bare, GraphQLInputObjectType):
        _check_object(bare, value, path)
    elif isinstance(bare, GraphQLEnumType):
        _check_enum(bare, value, path)
    elif bare.name in _PASSES and not _PASSES[bare.name](value):
        raise _refused(f"cannot use {kind(value)} as {bare.name}", path)


def _check_object(declared: GraphQLInputObjectType, value: Any, path: Path) -> None:
    if not isinstance(value, dict):
        raise _refused(f"must be a {declared.name}", path)
    for name in value:
        if name not in declared.fields and name != "__typename":
            raise _refused("unknown field", (*path, name))
    for name, field in declared.fields.items():
        given = value.get(name, ABSENT)
        if given is not ABSENT or not (field.ast_node and field.ast_node.default_value):
            _check(field.type, given, (*path, name))


def _check_enum(declared: GraphQLEnumType, value: Any, path: Path) -> None:
    if not isinstance(value, str):
        raise _refused("enums must be ints or strings", path)
    if value.casefold() not in (name.casefold() for name in declared.values):
        raise _refused(f"{value} is not a valid {declared.name}", path)


def _unmarshal(declared: Any, value: Any, scalars: Scalars, path: Path) -> Any:
    """Read a value for a resolver, as gqlgen's unmarshalers do."""
    bare = declared.of_type if isinstance(declared, GraphQLNonNull) else declared
    if value is None and bare is declared:
        return None
    if isinstance(bare, GraphQLList):
        items = value if isinstance(value, list) else [value]
        return [_unmarshal(bare.of_type, item, scalars, (*path, i)) for i, item in enumerate(items)]
    if isinstance(bare, GraphQLInputObjectType):
        return _unmarshal_object(bare, value, scalars, path)
    if isinstance(bare, GraphQLEnumType):
        return _unmarshal_enum(bare, value, path)
    try:
        return {**_SCALARS, **scalars}[bare.name](value)
    except FieldError as error:
        raise error.at(*path) from error.__cause__
    except (TypeError, ValueError) as error:
        raise FieldError(f"{kind(value)} is not {bare.name}").at(*path) from error


def _unmarshal_object(declared: GraphQLInputObjectType, value: Any, scalars: Scalars, path: Path) -> Any:
    if _is_raw(declared):
        return value
    members = {}
    for name, field in declared.fields.items():
        given = value.get(name, ABSENT)
        if given is ABSENT and field.ast_node and field.ast_node.default_value:
            given = literal(field.ast_node.default_value, {})
        if given is not ABSENT:
            members[name] = _unmarshal(field.type, given, scalars, (*path, name))
    return members


def _is_raw(declared: GraphQLInputObjectType) -> bool:
    directives = (declared.ast_node and declared.ast_node.directives) or ()
    return any(directive.name.value == "raw" for directive in directives)


def _unmarshal_enum(declared: GraphQLEnumType, value: Any, path: Path) -> str:
    if not isinstance(value, str):
        raise FieldError("enums must be strings").at(*path)
    if value not in declared.values:
        raise FieldError(f"{value} is not a valid {declared.name}").at(*path)
    return value


def _refused(message: str, path: Path) -> RequestError:
    return invalid(message, path=list(path))


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_integer(value: Any) -> bool:
    return isinstance(value, str) and bool(_INTEGER.fullmatch(value)) and int(value) in _INT64


def _is_number(value: Any) -> bool:
    return isinstance(value, Number) or _is_integer(value)


def _is_boolean(value: Any) -> bool:
    return isinstance(value, bool)


_PASSES: dict[str, Callable[[Any], bool]] = {
    "Int": _is_integer,
    "Float": _is_number,
    "String": _is_text,
    "ID": _is_text,
    "Boolean": _is_boolean,
}
_SCALARS: Scalars = {"Int": int, "Float": float, "String": str, "ID": str, "Boolean": bool}
