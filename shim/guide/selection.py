"""Places in a GraphQL document: a field that is selected, with the way to it, found by response keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    SelectionSetNode,
)

from shim.upstream import Operation

TYPENAME = "__typename"


@dataclass(frozen=True, eq=False)
class Place:
    """A field in the document of an operation, the root for an empty way.

    `on` says for each field on the way on which type alone it is selected, which is empty where that is all of them.
    """

    operation: Operation
    way: tuple[FieldNode, ...] = ()
    on: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The names that the schema gives to the fields: `user(username:).repository(name:).owner.username`."""
        return ".".join(map(_called, self.way))

    @property
    def condition(self) -> str:
        """The types on which alone it is selected, the outermost first: `User`, `Comment, User`, nothing for all."""
        return ", ".join(filter(None, self.on))

    @property
    def parent(self) -> Place | None:
        """The place that this one is selected of."""
        return Place(self.operation, self.way[:-1], self.on[:-1]) if self.way else None

    def around(self) -> Iterator[Place]:
        """This place and all that it lies in, outwards."""
        place: Place | None = self
        while place is not None:
            yield place
            place = place.parent

    def selected(self) -> Iterator[Place]:
        """What is selected here."""
        definition = self.way[-1] if self.way else self.operation.definition
        for node, on in _fields(self.operation, definition.selection_set):
            yield Place(self.operation, (*self.way, node), (*self.on, on))

    def everything(self) -> Iterator[Place]:
        """This place, and all below it that holds others."""
        yield self
        for place in self.selected():
            if place.way[-1].selection_set:
                yield from place.everything()

    def reach(self, path: str) -> list[Place]:
        """The places at a path of response keys from here: `changes.Comment:author` on that type alone."""
        found = [self]
        for part in path.split("."):
            kind, _, key = part.rpartition(":")
            below = (p for place in found for p in place.selected())
            found = [p for p in below if _key(p.way[-1]) == key and kind in ("", p.on[-1])]
        return found


def _key(node: FieldNode) -> str:
    return node.alias.value if node.alias else node.name.value


def _called(node: FieldNode) -> str:
    arguments = ", ".join(f"{argument.name.value}:" for argument in node.arguments or ())
    return f"{node.name.value}({arguments})" if arguments else node.name.value


def _fields(operation: Operation, selections: SelectionSetNode | None) -> Iterator[tuple[FieldNode, str]]:
    """The fields of a selection set, through fragments, and the type that a fragment keeps them to.

    A named fragment does so where the kind of object is asked for beside it; others are there to be shared.
    """
    nodes = selections.selections if selections else ()
    is_open = any(isinstance(node, FieldNode) and node.name.value == TYPENAME for node in nodes)
    for node in nodes:
        if isinstance(node, FieldNode):
            yield node, ""
        elif isinstance(node, InlineFragmentNode):
            on = node.type_condition.name.value if node.type_condition else ""
            yield from ((field, inner or on) for field, inner in _fields(operation, node.selection_set))
        elif isinstance(node, FragmentSpreadNode):
            fragment = _fragment(operation, node.name.value)
            on = fragment.type_condition.name.value if is_open else ""
            yield from ((field, inner or on) for field, inner in _fields(operation, fragment.selection_set))


def _fragment(operation: Operation, name: str) -> FragmentDefinitionNode:
    definitions = (d for d in operation.document.definitions if isinstance(d, FragmentDefinitionNode))
    return next(d for d in definitions if d.name.value == name)
