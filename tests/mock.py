"""A GraphQL server that answers from a value: any document gets of it what it selects, under its own aliases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    parse,
)

_INTERFACES = {"Entity", "EventDetail", "Object", "WebhookPayload"}
_OTHER_NAMES = {"mentioned": "mentionedUser", "name": "emailName"}


def select(query: str, variables: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """What a document selects of `data`, whose members have the schema's names or the document's aliases.

    The fields of a mutation get the members of `data` in their order.
    """
    document = parse(query)
    operation = next(d for d in document.definitions if isinstance(d, OperationDefinitionNode))
    chosen = _Selection(document, variables)
    if operation.operation is OperationType.MUTATION:
        fields = list(chosen.fields(operation.selection_set, data))
        pairs = zip(fields, data.values(), strict=True)
        return {_key(field): chosen.value(field, value) for field, value in pairs}
    return chosen.of(operation.selection_set, data)


def filled(query: str, variables: Mapping[str, Any], data: Any) -> Any:
    """A value with a null for each selected member that it lacks, as a server would never leave one out."""
    document = parse(query)
    operation = next(d for d in document.definitions if isinstance(d, OperationDefinitionNode))
    return _Selection(document, variables).filled([operation.selection_set], data)


class _Selection:
    def __init__(self, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        definitions = (d for d in document.definitions if isinstance(d, FragmentDefinitionNode))
        self._fragments = {d.name.value: d for d in definitions}
        self._variables = variables

    def of(self, selections: SelectionSetNode, data: Mapping[str, Any]) -> dict[str, Any]:
        """What a selection set takes of an object."""
        found: dict[str, Any] = {}
        for field in self.fields(selections, data):
            value = self.value(field, _member(field, data))
            key = _key(field)
            found[key] = {**found[key], **value} if isinstance(found.get(key), dict) and value else value
        return found

    def filled(self, selections: list[SelectionSetNode], data: Any) -> Any:
        """A value, or a list of them, with nulls for what is selected and not there."""
        if isinstance(data, list):
            return [self.filled(selections, item) for item in data]
        if not isinstance(data, dict):
            return data
        below: dict[str, list[SelectionSetNode]] = {}
        found = dict(data)
        for field in (f for s in selections for f in self.fields(s, {"username": "", **data})):
            found.setdefault(_key(field), None)
            if field.selection_set:
                below.setdefault(_key(field), []).append(field.selection_set)
        return {key: self.filled(below[key], value) if key in below else value for key, value in found.items()}

    def value(self, field: FieldNode, value: Any) -> Any:
        """What a field takes of a value."""
        if isinstance(value, list):
            return [self.value(field, item) for item in value]
        return self.of(field.selection_set, value) if field.selection_set and isinstance(value, dict) else value

    def fields(self, selections: SelectionSetNode, data: Mapping[str, Any]) -> Iterator[FieldNode]:
        """The fields that apply to an object, through fragments."""
        for node in selections.selections:
            if not self._included(node):
                continue
            if isinstance(node, FieldNode):
                yield node
                continue
            fragment = self._fragments[node.name.value] if isinstance(node, FragmentSpreadNode) else node
            condition = fragment.type_condition.name.value
            if _is(data, condition):
                yield from self.fields(fragment.selection_set, data)

    def _included(self, node: Any) -> bool:
        for directive in node.directives or ():
            value = directive.arguments[0].value
            told = self._variables[value.name.value] if hasattr(value, "name") else value.value
            if told is not (directive.name.value == "include"):
                return False
        return True


def _is(data: Mapping[str, Any], condition: str) -> bool:
    kind = data.get("__typename")
    return (
        condition in _INTERFACES or kind == condition or (kind is None and (condition != "User" or "username" in data))
    )


def _key(field: FieldNode) -> str:
    return field.alias.value if field.alias else field.name.value


def _member(field: FieldNode, data: Mapping[str, Any]) -> Any:
    """By the schema's name before the alias, but for the alias that stands for two fields."""
    key, name = _key(field), field.name.value
    names = ("owner", name) if key == "owner" else (name, _OTHER_NAMES.get(name), key)
    return next((data[name] for name in names if name in data), None)
