"""Guards (design D14): requests that would kill the real GraphQL process for everybody are never sent.

Variables are checked on every call, documents once, by a test that walks every operation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from math import isfinite
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    SelectionSetNode,
    VariableNode,
    Visitor,
    print_ast,
    visit,
)

from shim.upstream.operations import Operation

LARGEST_INT = 2**31 - 1
_HALF = re.compile("[\ud800-\udfff]")
TEXT_TYPES = frozenset({"String", "Visibility"})
REVSPEC_ARGUMENTS = frozenset({"revspec", "from"})
READS_OBJECTS = frozenset({"objects", "object", "path", "reference", "revparse_single", "codeSearch"})


class Refused(Exception):
    """A value that must not go upstream: the thing it names can't exist."""


class HoldsNul(Refused):
    """A text that no database takes."""


def check(operation: Operation, variables: Mapping[str, Any], *, any_text: bool = False) -> None:
    """Refuse deadly variables: Ints beyond 32 bits, texts that are none, empty revspecs; and what is no JSON.

    NULs and halves of surrogate pairs may pass in mutations where `any_text` says that the API refuses them in words. A
    number in place of a text is harmless however large: upstream reads its digits (era-2026 G3).
    Raises Refused (conventions 10.3, git F15, era-2026 G2).
    """
    strict = not (any_text and operation.is_mutation)
    for name, value in variables.items():
        for leaf in _leaves(value):
            if isinstance(leaf, bytes) or (isinstance(leaf, float) and not isfinite(leaf)):
                raise Refused(f"${name} is no JSON")
            if isinstance(leaf, int) and name not in texts(operation) and not -LARGEST_INT - 1 <= leaf <= LARGEST_INT:
                raise Refused(f"${name} is beyond 32 bits")
            if isinstance(leaf, str) and strict and "\0" in leaf:
                raise HoldsNul(f"${name} holds a NUL")
            if isinstance(leaf, str) and strict and _HALF.search(leaf):
                raise Refused(f"${name} holds half of a surrogate pair")
    for name in revspecs(operation):
        if variables.get(name) == "":
            raise Refused(f"${name} is an empty revspec")


@cache
def texts(operation: Operation) -> frozenset[str]:
    """The variables in which a number is no Int: the server takes it for a text of digits, of any length."""
    types = ((v.variable.name.value, print_ast(v.type)) for v in operation.definition.variable_definitions or ())
    return frozenset(name for name, kind in types if kind.strip("[]!") in TEXT_TYPES)


@cache
def revspecs(operation: Operation) -> frozenset[str]:
    """The variables that reach an argument which the server resolves as a revision."""
    found: set[str] = set()

    class Collect(Visitor):
        def enter_argument(self, node: ArgumentNode, *_: Any) -> None:
            if node.name.value in REVSPEC_ARGUMENTS and isinstance(node.value, VariableNode):
                found.add(node.value.name.value)

    visit(operation.document, Collect())
    return frozenset(found)


def faults(operation: Operation) -> Iterator[str]:
    """What is deadly about a document: `log` twice, or beside other fields that read objects."""
    fields = list(_repository_fields(operation.document))
    if fields.count("log") > 1:
        yield "two log fields in one request (git F15)"
    if "log" in fields and READS_OBJECTS & set(fields):
        yield "log beside other fields that read objects (git F15)"


def _repository_fields(document: DocumentNode) -> Iterator[str]:
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}

    def walk(selections: SelectionSetNode | None) -> Iterator[str]:
        for node in selections.selections if selections else ():
            if isinstance(node, FragmentSpreadNode):
                yield from walk(fragments[node.name.value].selection_set)
                continue
            if isinstance(node, FieldNode):
                yield node.name.value
            yield from walk(getattr(node, "selection_set", None))

    for definition in document.definitions:
        if not isinstance(definition, FragmentDefinitionNode):
            yield from walk(getattr(definition, "selection_set", None))


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _leaves(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _leaves(item)
    elif not isinstance(value, bool):
        yield value
