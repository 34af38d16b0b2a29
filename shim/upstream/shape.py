"""Whether an answer has the form that was asked for, so that no hole and no foreign value reaches an old client.

Without a schema a few things are certain all the same: every field that applies is there, under its alias; what has
a selection is an object, a list of them, or null; anything else is a scalar or a list of scalars.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graphql import (
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    SelectionSetNode,
    VariableNode,
)

from shim.upstream.errors import Kind, UpstreamError
from shim.upstream.operations import Operation

_TIME = re.compile(r"\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_TYPENAME = "__typename"
_ABSTRACT = frozenset({"Entity", "EventDetail", "Object", "WebhookPayload"})
Check = Callable[[Any], bool]
Fits = Callable[[Mapping[str, Any], Any], bool]
Conditions = tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Field:
    """One selected field: `kinds` are the types for which it was selected (empty: any), `whether` the variables that
    switch it on; it has a `selection` or its value passes `check`.
    """

    key: str
    check: Check
    selection: Selection | None = None
    kinds: frozenset[str] = frozenset()
    certain: bool = True
    whether: Conditions = ()


@dataclass(frozen=True)
class Selection:
    """What was selected of an object; `typename` is the key under which it says its type."""

    fields: tuple[Field, ...]
    typename: str | None


def check(operation: Operation, variables: Mapping[str, Any], data: Mapping[str, Any]) -> None:
    """Raise UpstreamError (fault) for data of another form than the operation asks for; no data at all is no fault."""
    if data and not _form(operation)(variables, data):
        raise UpstreamError(Kind.FAULT, f"the answer to {operation.name} has another form than was asked for")


def _judge(selection: Selection) -> Fits:
    """What tells whether a value fits a selection."""
    below = [_judge(f.selection) if f.selection else None for f in selection.fields]
    passing = [_NOTHING if f.selection else _PASSING[f.check] for f in selection.fields]
    fields = [(f.key, p, f.check, b, f) for f, p, b in zip(selection.fields, passing, below, strict=True)]
    typename = selection.typename

    def fits(variables: Mapping[str, Any], data: Any) -> bool:
        if isinstance(data, list):
            return all(fits(variables, item) for item in data)
        if not isinstance(data, dict):
            return data is None
        for key, passing, passes, inner, field in fields:
            try:
                value = data[key]
            except KeyError:
                if not _may_lack(field, variables, data.get(typename) if typename else None):
                    return False
                continue
            if type(value) in passing:
                continue
            if not (passes(value) if inner is None else inner(variables, value)):
                return False
        return True

    return fits


def _may_lack(field: Field, variables: Mapping[str, Any], kind: Any) -> bool:
    """Whether an object of some type may be without a field."""
    return not _applies(field, kind) or any(variables.get(name) is not told for name, told in field.whether)


def _applies(field: Field, kind: Any) -> bool:
    """Whether a field must be there: certainly, or because the object is of a type for which it was selected."""
    return kind in field.kinds if field.kinds and kind is not None else field.certain


@lru_cache(1024)
def _form(operation: Operation) -> Fits:
    definitions = operation.document.definitions
    fragments = {d.name.value: d for d in definitions if isinstance(d, FragmentDefinitionNode)}
    return _judge(_read(operation.definition.selection_set, fragments))


def _read(selections: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode]) -> Selection:
    fields = tuple(_merged(_fields(selections, fragments, Field("", _scalar))))
    return Selection(fields, next((f.key for f in fields if f.check is _typename), None))


def _fields(
    selections: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode], under: Field
) -> Iterator[Field]:
    """The fields of a selection set and its fragments; `under` holds what they have in common."""
    for node in selections.selections:
        whether = (*under.whether, *_conditions(node.directives or ()))
        if isinstance(node, FieldNode):
            key = node.alias.value if node.alias else node.name.value
            below = _read(node.selection_set, fragments) if node.selection_set else None
            check = _CHECKS.get(node.name.value, _scalar)
            yield Field(key, check, below, under.kinds, under.certain, whether)
            continue
        inline = isinstance(node, InlineFragmentNode)
        definition = fragments[node.name.value] if isinstance(node, FragmentSpreadNode) else node
        assert isinstance(definition, InlineFragmentNode | FragmentDefinitionNode)
        kind = definition.type_condition.name.value if definition.type_condition else ""
        kinds = under.kinds if kind in _ABSTRACT or not kind else frozenset({kind})
        inner = Field("", _scalar, None, kinds, under.certain and not (inline and kind), whether)
        yield from _fields(definition.selection_set, fragments, inner)


def _merged(fields: Iterator[Field]) -> Iterator[Field]:
    """Fields that several fragments select, once for each set of conditions."""
    yield from dict.fromkeys(fields)


def _conditions(directives: tuple[DirectiveNode, ...]) -> Conditions:
    """The variables on which a selection depends, with the values that switch it on."""
    given = ((d.name.value == "include", a.value) for d in directives for a in d.arguments or ())
    return tuple((value.name.value, told) for told, value in given if isinstance(value, VariableNode))


def _scalar(value: Any) -> bool:
    if isinstance(value, list):
        return all(not isinstance(item, list | dict) for item in value)
    return not isinstance(value, dict)


def _id(value: Any) -> bool:
    return value is None or (isinstance(value, int | str) and not isinstance(value, bool))


def _text(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _texts(value: Any) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(item, str) for item in value))


def _typename(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _time(value: Any) -> bool:
    return value is None or (isinstance(value, str) and _TIME.fullmatch(value) is not None)


_CHECKS: Mapping[str, Check] = {
    _TYPENAME: _typename,
    "id": _id,
    **dict.fromkeys(("header", "tags"), _texts),
    **dict.fromkeys(("created", "updated", "time", "received", "lastActivity", "lastUsed"), _time),
    **dict.fromkeys(("cursor", "name", "username", "canonicalName", "text", "message", "subject", "content"), _text),
    **dict.fromkeys(("body", "messageID", "mbox", "rawMessage", "envelope", "status", "visibility"), _text),
    **dict.fromkeys(("runner", "manifest", "note", "path", "filename", "hash", "url", "key", "fingerprint"), _text),
    **dict.fromkeys(
        ("userType", "paymentStatus", "email", "location", "bio", "ipAddress", "eventType", "details"), _text
    ),
}
_NULL = type(None)
_NOTHING = frozenset({_NULL})
_PASSING: Mapping[Check, frozenset[type]] = {
    _scalar: frozenset({_NULL, str, int, float, bool}),
    _id: frozenset({_NULL, str, int}),
    _text: frozenset({_NULL, str}),
    _typename: frozenset({_NULL, str}),
    _time: _NOTHING,
    _texts: _NOTHING,
}
"""The types of which every value passes a check, so that it need not be made."""
