"""What the GraphQL servers count before they execute a document (todo 4.1): a field is one, lists do not multiply."""

from __future__ import annotations

from graphql import FieldNode, FragmentDefinitionNode, FragmentSpreadNode, SelectionSetNode

from shim.upstream import Operation


def complexity(operation: Operation) -> int:
    """The number of fields, fragments expanded."""
    fragments = {d.name.value: d for d in operation.document.definitions if isinstance(d, FragmentDefinitionNode)}

    def count(selections: SelectionSetNode | None) -> int:
        total = 0
        for node in selections.selections if selections else ():
            inner = fragments[node.name.value] if isinstance(node, FragmentSpreadNode) else node
            total += isinstance(node, FieldNode) + count(inner.selection_set)
        return total

    return count(operation.definition.selection_set)
