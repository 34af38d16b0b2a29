"""Operations with as many of some fields as a call needs, made from one of each."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Any

from graphql import NameNode, OperationDefinitionNode, SelectionSetNode, Visitor, visit


def repeat(definition: OperationDefinitionNode, counts: Mapping[str, int]) -> OperationDefinitionNode:
    """The operation with the fields of some aliases, and the variables of the same names, as often as told.

    Of `want0: f(x: $want0)` two make `want0: f(x: $want0)` and `want1: f(x: $want1)`; none drops it. Other counted
    names that end in 0 are renumbered with them, so `at0: f(x: $x0, y: $y0)` needs all three counted.
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
        for i in range(self._counts.get(name.value if name is not None else "", 1)):
            yield node if i == 0 else visit(node, _Renumber(self._counts, i))


class _Renumber(Visitor):
    def __init__(self, names: Container[str], number: int) -> None:
        super().__init__()
        self._names, self._number = names, number

    def enter_name(self, node: NameNode, *_: Any) -> NameNode | None:
        counted = node.value in self._names and node.value.endswith("0")
        return NameNode(value=f"{node.value[:-1]}{self._number}") if counted else None
