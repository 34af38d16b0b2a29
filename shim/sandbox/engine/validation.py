"""Documents: parsed, validated and weighed once, with the texts of gqlparser (conventions 10.1, 10.3)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    NamedTypeNode,
    NameNode,
    OperationDefinitionNode,
    SelectionSetNode,
    SourceLocation,
    StringValueNode,
    TypeInfo,
    TypeInfoVisitor,
    VariableDefinitionNode,
    Visitor,
    parse,
    validate,
    visit,
)
from graphql.error import GraphQLSyntaxError
from graphql.language.ast import EnumValueNode

from shim.sandbox.engine.errors import RequestError, coded, invalid
from shim.sandbox.engine.schema import ANY

MAX_COMPLEXITY = 200
_QUOTED = re.compile(r"'([^']*)'")
_TEXTS = (
    (_QUOTED, r'"\1"'),
    (re.compile(r'^Argument "\w+\.(\w+)\((\w+):\)" of type'), r'Field "\1" argument "\2" of type'),
    (
        re.compile(r'^Expected value of type ("\w+") not to include unknown field ("\w+"), found: .*', re.DOTALL),
        r"Field \2 is not defined by type \1.",
    ),
)


@dataclass(frozen=True)
class Document:
    """A valid document; `executable` is the same for the relaxed schema."""

    node: DocumentNode
    executable: DocumentNode

    @classmethod
    def read(cls, text: str, schema: GraphQLSchema) -> Document:
        """Parse and validate. Raises RequestError (422)."""
        if not text.strip():
            raise invalid("no operation provided")
        try:
            node = parse(text)
        except GraphQLSyntaxError as error:
            raise RequestError(422, _syntax_error(error)) from error
        errors = list(_unsupported(node, schema)) or validate(schema, node)
        if errors:
            context = _Context(node, schema)
            raise RequestError(422, *(_invalid(error, context) for error in errors))
        return cls(node, visit(node, _Untyped()))

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The operation to execute. Raises RequestError (422)."""
        operations = [d for d in self.node.definitions if isinstance(d, OperationDefinitionNode)]
        if not operations:
            raise invalid("no operation provided")
        if not name and len(operations) == 1:
            return operations[0]
        for operation in operations:
            if operation.name and operation.name.value == name:
                return operation
        raise invalid(f"operation {name or ''} not found")

    def complexity(self, operation: OperationDefinitionNode) -> int:
        """The number of fields selected: a fragment counts at every use, `__schema` not at all."""
        fragments = {d.name.value: d for d in self.node.definitions if isinstance(d, FragmentDefinitionNode)}
        return _weight(operation.selection_set, fragments)


def _weight(selections: SelectionSetNode | None, fragments: dict[str, FragmentDefinitionNode]) -> int:
    total = 0
    for selection in selections.selections if selections else ():
        if isinstance(selection, FragmentSpreadNode):
            total += _weight(fragments[selection.name.value].selection_set, fragments)
        elif not isinstance(selection, FieldNode):
            total += _weight(selection.selection_set, fragments)  # type: ignore[attr-defined]
        elif selection.name.value != "__schema":
            total += 1 + _weight(selection.selection_set, fragments)
    return total


def _syntax_error(error: GraphQLSyntaxError) -> dict[str, Any]:
    message = _QUOTED.sub(r'"\1"', error.message.removeprefix("Syntax Error: ").rstrip("."))
    return coded("GRAPHQL_PARSE_FAILED", message, locations=[_location(error)])


def _unsupported(node: DocumentNode, schema: GraphQLSchema) -> Iterable[GraphQLError]:
    for operation in node.definitions:
        if isinstance(operation, OperationDefinitionNode) and not schema.get_root_type(operation.operation):
            kind = operation.operation.value
            yield GraphQLError(f"Schema does not support operation type '{kind}'", operation)


def _invalid(error: GraphQLError, context: _Context) -> dict[str, Any]:
    """One validation error with gqlparser's text and its one location."""
    message = error.message
    for pattern, text in _TEXTS:
        message = pattern.sub(text, message)
    location = _location(error)
    node = error.nodes[0] if error.nodes else None
    if isinstance(node, ArgumentNode) and id(node) in context.fields:
        location = _location(GraphQLError("", context.fields[id(node)]))
    elif isinstance(node, EnumValueNode):
        message = f'Value "{node.value}" does not exist in "{context.types[id(node)]}" enum.'
    elif isinstance(node, StringValueNode):
        location["column"] += 1
    return coded("GRAPHQL_VALIDATION_FAILED", message, locations=[location])


def _location(error: GraphQLError) -> dict[str, int]:
    place = error.locations[0] if error.locations else SourceLocation(1, 1)
    return {"line": place.line, "column": place.column}


class _Untyped(Visitor):
    """Lets variables of any declared type through graphql-core; `coercion` checks them."""

    def enter_variable_definition(self, node: VariableDefinitionNode, *_: Any) -> VariableDefinitionNode:
        anything = NamedTypeNode(name=NameNode(value=ANY))
        return VariableDefinitionNode(variable=node.variable, type=anything, directives=())


class _Context(Visitor):
    """What the nodes of a document stand in: arguments in fields, enum literals where a type is expected."""

    def __init__(self, document: DocumentNode, schema: GraphQLSchema) -> None:
        super().__init__()
        self.fields: dict[int, FieldNode] = {}
        self.types: dict[int, str] = {}
        self._info = TypeInfo(schema)
        visit(document, TypeInfoVisitor(self._info, self))

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        self.fields.update((id(argument), node) for argument in node.arguments or ())

    def enter_enum_value(self, node: EnumValueNode, *_: Any) -> None:
        self.types[id(node)] = str(self._info.get_input_type())
