"""Guards (design D14): requests that would kill the real GraphQL process for everybody are never sent.

Variables are checked on every call, documents once, by a test that walks every operation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
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
BESIDE_LOG = frozenset({"log", "HEAD", "references"})
READS_OBJECTS = frozenset({"objects", "object", "path", "reference", "revparse_single", "codeSearch"})
OPENS = BESIDE_LOG | READS_OBJECTS
"""The fields of a repository whose contents the server opens for them."""
FOLLOWS = frozenset({"follow", "artifacts"})
"""The fields of a reference that read objects."""


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
        for leaf in leaves(value):
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


@lru_cache(1024)
def texts(operation: Operation) -> frozenset[str]:
    """The variables in which a number is no Int: the server takes it for a text of digits, of any length."""
    types = ((v.variable.name.value, print_ast(v.type)) for v in operation.definition.variable_definitions or ())
    return frozenset(name for name, kind in types if kind.strip("[]!") in TEXT_TYPES)


@lru_cache(1024)
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
    """What is deadly about a document (git F15).

    All selections of a repository in one request share one object, under whatever aliases it stands, which `log`
    walks without its lock and which `HEAD` unlocks: so it may be opened under one response path only, and beside
    its `log` there may be nothing but `HEAD` and the references without their objects. Which repository an alias
    means is not known here, so two of them count as the same.
    """
    opened = _opened(operation.document)
    if len(opened) > 1:
        yield "a repository under two aliases (git F15)"
    fields = [field for selection in opened.values() for field in selection]
    names = [field.name for field in fields]
    if names.count("log") > 1:
        yield "two log fields in one request (git F15)"
    if "log" in names:
        beside = {field.name for field in fields if field.name not in BESIDE_LOG or field.below & FOLLOWS}
        if beside - {"log"}:
            yield f"log beside {', '.join(sorted(beside - {'log'}))} (git F15)"


@dataclass(frozen=True)
class _Field:
    """A field of a repository: its name, its place in the answer, and the names of all fields below it."""

    name: str
    place: tuple[str, ...]
    below: frozenset[str]


def _opened(document: DocumentNode) -> dict[tuple[str, ...], list[_Field]]:
    """The fields that open a repository, by the response path of the repository."""
    found: dict[tuple[str, ...], dict[tuple[str, ...], _Field]] = {}
    for place, parent, node, below in _fields(document):
        if _holds_repository(parent) and node.name.value in OPENS:
            field = found.setdefault(place[:-1], {}).get(place)
            merged = below | field.below if field else below
            found[place[:-1]][place] = _Field(node.name.value, place, merged)
    return {place: list(fields.values()) for place, fields in found.items()}


def _holds_repository(field: str) -> bool:
    return field in ("repository", "repositories.results") or field.endswith("Repository")


def _fields(document: DocumentNode) -> Iterator[tuple[tuple[str, ...], str, FieldNode, frozenset[str]]]:
    """Every field with its response path, its parent's name (of a list: `list.results`), and the names below it."""
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}

    def selected(selections: SelectionSetNode | None) -> Iterator[FieldNode]:
        for node in selections.selections if selections else ():
            if isinstance(node, FieldNode):
                yield node
            else:
                inner: Any = fragments[node.name.value] if isinstance(node, FragmentSpreadNode) else node
                yield from selected(inner.selection_set)

    def names(selections: SelectionSetNode | None) -> Iterator[str]:
        for node in selected(selections):
            yield node.name.value
            yield from names(node.selection_set)

    def walk(
        selections: SelectionSetNode | None, place: tuple[str, ...], parent: str
    ) -> Iterator[tuple[tuple[str, ...], str, FieldNode, frozenset[str]]]:
        for node in selected(selections):
            name = node.name.value
            here = (*place, node.alias.value if node.alias else name)
            yield here, parent, node, frozenset(names(node.selection_set))
            yield from walk(node.selection_set, here, f"{parent}.{name}" if name == "results" else name)

    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            yield from walk(definition.selection_set, (), "")


def leaves(value: Any) -> Iterator[Any]:
    """The plain values within a value, but for switches."""
    if isinstance(value, Mapping):
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from leaves(item)
    elif not isinstance(value, bool):
        yield value
