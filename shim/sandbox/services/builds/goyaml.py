"""YAML as the servers read it: into the structures of their language, the first document of a text only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from shim.sandbox.engine.errors import FieldError
from shim.sandbox.services.builds.dialects import Showing, Telling

_NULL, _BOOL = "tag:yaml.org,2002:null", "tag:yaml.org,2002:bool"
_TRUE = {"y", "yes", "true", "on"}


@dataclass(frozen=True)
class Shape:
    """What a value has to be: a kind of node, with the name of the type that it is read into.

    `items` is the shape of all that is in it, `members` that of the members of a structure; others are let go.
    """

    node: type[yaml.Node]
    go: str
    items: Shape | None = None
    members: dict[str, Shape] = field(default_factory=dict)

    @classmethod
    def list(cls, items: Shape) -> Shape:
        """A list."""
        return cls(yaml.SequenceNode, f"[]{items.go}", items)

    @classmethod
    def map(cls, items: Shape) -> Shape:
        """A mapping from texts."""
        return cls(yaml.MappingNode, f"map[string]{items.go}", items)

    @classmethod
    def struct(cls, go: str, **members: Shape) -> Shape:
        """A structure."""
        return cls(yaml.MappingNode, go, None, members)

    def fits(self, node: yaml.Node) -> bool:
        """Whether a node is such a value."""
        return isinstance(node, self.node) and (self is not FLAG or node.tag == _BOOL)

    def inner(self, name: str = "") -> Shape:
        """The shape of what is in it, under a name."""
        return self.items or self.members.get(name, ANYTHING)


ANYTHING = Shape(yaml.Node, "interface {}")
SOURCE = Shape(yaml.Node, "[]byte")
"""Anything, as it is written."""
TEXT = Shape(yaml.ScalarNode, "string")
FLAG = Shape(yaml.ScalarNode, "bool")
TEXTS = Shape.list(TEXT)


def read(text: str, shape: Shape, *, modern: bool) -> Any:
    """The value in a text: lists, dictionaries, texts and flags, None for what is null or not there, but for texts.

    Raises FieldError in the words of an era's library.
    """
    return _Reader(text, modern).read(shape)


class _Reader:
    def __init__(self, text: str, modern: bool) -> None:
        self._text = text
        self._words = Showing(text) if modern else Telling(text)
        self._faults: list[str] = []

    def read(self, shape: Shape) -> Any:
        value = self._value(self._root(), shape)
        if self._faults:
            raise FieldError(self._words.unfits(self._faults))
        return value

    def _root(self) -> yaml.Node | None:
        try:
            return next(yaml.compose_all(self._text, Loader=yaml.CSafeLoader), None)
        except yaml.MarkedYAMLError as error:
            raise FieldError(self._words.broken(error)) from error
        except yaml.reader.ReaderError as error:
            raise FieldError("yaml: control characters are not allowed") from error

    def _value(self, node: yaml.Node | None, shape: Shape) -> Any:
        if node is None or node.tag == _NULL or shape is ANYTHING:
            return "" if shape is TEXT else None
        if shape is SOURCE:
            return self._source(node)
        if not shape.fits(node):
            self._faults.append(self._words.unfit(node, shape.node, shape.go))
            return None
        return self._fitting(node, shape)

    def _fitting(self, node: yaml.Node, shape: Shape) -> Any:
        if isinstance(node, yaml.MappingNode):
            return dict(self._members(node, shape))
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, shape.inner()) for item in node.value]
        return node.value.lower() in _TRUE if shape is FLAG else node.value

    def _source(self, node: yaml.Node) -> str:
        """A node as a text of its own."""
        first, *others = self._text[node.start_mark.index : node.end_mark.index].split("\n")
        indented = " " * node.start_mark.column
        return "\n".join([first, *(line.removeprefix(indented) for line in others)])

    def _members(self, node: yaml.MappingNode, shape: Shape) -> Iterator[tuple[str, Any]]:
        """The members; the last of those with one key counts, if an era has it at all."""
        known: dict[str, yaml.Node] = {}
        for key, item in node.value:
            name = str(key.value)
            repeated = self._words.repeated(name, key, known[name]) if name in known else None
            self._faults += [repeated] if repeated else []
            known.setdefault(name, key)
            yield name, self._value(item, shape.inner(name))
