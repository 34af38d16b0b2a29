"""Operations with as many of some fields as a call needs, made from one of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import NameNode, OperationDefinitionNode, SelectionSetNode, Visitor, visit


def repeat(definition: OperationDefinitionNode, counts: Mapping[str, int]) -> OperationDefinitionNode:
    """The operation with the fields of some aliases, and the variables of the same names, as often as told.

    Of `want0: f(x: $want0)` two make `want0: f(x: $want0)` and `want1: f(x: $want1)`; none drops it.
    """
    repeated: OperationDefinitionNode = visit(definition, _Repeat(counts))
    return repeated


def replaced(node: OperationDefinitionNode, **changes: Any) -> OperationDefinitionNode:
    """A copy of an operation with other parts."""
    return OperationDefinitionNode(**{**{key: getattr(node, key) for key in node.keys}, **changes})


class _Repeat(Visitor):
    def __init__(self, counts: Mapping[str, int]) -> None:
        super().__init__()
        self._counts = counts

    def leave_selection_set(self, node: SelectionSetNode, *_: Any) -> SelectionSetNode:
        copies = (copy for s in node.selections for copy in self._copies(s, getattr(s, "alias", None)))
        return SelectionSetNode(selections=tuple(copies))

    def leave_operation_definition(self, node: OperationDefinitionNode, *_: Any) -> OperationDefinitionNode:
        definitions = (copy for v in node.variable_definitions or () for copy in self._copies(v, v.variable.name))
        return replaced(node, variable_definitions=tuple(definitions))

    def _copies(self, node: Any, name: NameNode | None) -> Iterator[Any]:
        old = name.value if name is not None else ""
        for i in range(self._counts.get(old, 1)):
            yield node if i == 0 else visit(node, _Rename(old, f"{old.rstrip('0')}{i}"))


class _Rename(Visitor):
    def __init__(self, old: str, new: str) -> None:
        super().__init__()
        self._old, self._new = old, new

    def enter_name(self, node: NameNode, *_: Any) -> NameNode | None:
        return NameNode(value=self._new) if node.value == self._old else None
