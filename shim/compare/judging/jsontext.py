"""JSON as it is written: a tree that keeps every text, so that one byte, key or escape more or less is seen.

Recorded texts may hold a bare symbol where a number stands (`"expires_in": {seconds}`); it reads as a scalar.
Paths are written `results[*].owner.name`; the empty path is the whole value.
"""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from shim.recordings.symbols import Names

_BLANK = re.compile(r"[ \t\r\n]*")
_SCALAR = re.compile(
    r"""(?P<string>"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")
    |-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?
    |true|false|null
    |(?P<symbol>\{[A-Za-z][^{}"\s]*\})""",
    re.VERBOSE,
)
_STEP = re.compile(r"\[(?:(?P<index>\d+)|\*)\]|(?:^|(?<=.)\.)(?P<name>[^.\[\]]+)")
EVERY = "[*]"

Steps = tuple[str | int, ...]
Predicate = Callable[[Any], bool]


@dataclass(frozen=True)
class Scalar:
    """A string, number, `true`, `false`, `null` or bare symbol, as written."""

    text: str

    @property
    def value(self) -> Any:
        """What it means; a bare symbol means its own text."""
        return self.text if self.text.startswith("{") else json.loads(self.text)


@dataclass(frozen=True)
class Array:
    """A list: `glue` is the text before, between and after the items."""

    glue: tuple[str, ...]
    items: tuple[Node, ...]

    @property
    def text(self) -> str:
        """The list as written."""
        return _interleave(self.glue, self.items)

    @property
    def value(self) -> list[Any]:
        """What it means."""
        return [item.value for item in self.items]


@dataclass(frozen=True)
class Object:
    """An object: `names` are the decoded member names in order, their texts are part of `glue`."""

    glue: tuple[str, ...]
    items: tuple[Node, ...]
    names: tuple[str, ...]

    @property
    def text(self) -> str:
        """The object as written."""
        return _interleave(self.glue, self.items)

    @property
    def value(self) -> dict[str, Any]:
        """What it means."""
        return {name: item.value for name, item in self.members.items()}

    @property
    def members(self) -> dict[str, Node]:
        """The members by name, of repeated ones the last."""
        return dict(zip(self.names, self.items, strict=True))

    def but(self, changed: Mapping[str, Node]) -> Object:
        """The same object with other values under names that it has."""
        return replace(self, items=tuple(map(changed.get, self.names, self.items)))


class Slot(ABC):
    """A place in an expected value that more than one answer may fill; reads as the `recorded` value."""

    recorded: Node

    @property
    def text(self) -> str:
        """The recorded value as written."""
        return self.recorded.text

    @property
    def value(self) -> Any:
        """What the recorded value means."""
        return self.recorded.value

    @property
    @abstractmethod
    def wanted(self) -> str:
        """What may stand here, for readers."""

    @abstractmethod
    def settle(self, answered: Node, names: Names) -> Node | None:
        """What must stand here, given what does, as far as it can be told; None where that must not."""


Node = Scalar | Array | Object | Slot


def parse(text: str) -> Node:
    """Read a JSON text, which has nothing around the value. Raises ValueError."""
    reader = _Reader(text)
    node = reader.value()
    if reader.position != len(text):
        raise ValueError(f"more text after the JSON value, at {reader.position}")
    return node


def write(value: Any) -> Node:
    """`value` as the legacy services wrote JSON: comma-space, colon-space, ASCII (conventions 6.6)."""
    return parse(json.dumps(value))


def array(items: Sequence[Node]) -> Array:
    """A list of `items` in the legacy spelling."""
    glue = ("[", *[", "] * (len(items) - 1), "]") if items else ("[]",)
    return Array(glue, tuple(items))


def path_pattern(text: str) -> Steps:
    """Read a path as written in rules, with `[*]` for every item. Raises ValueError."""
    steps: list[str | int] = []
    end = 0
    while end < len(text):
        found = _STEP.match(text, end)
        if found is None:
            raise ValueError(f"not a path: {text!r}")
        steps.append(found["name"] or (int(found["index"]) if found["index"] else EVERY))
        end = found.end()
    return tuple(steps)


def show(path: Steps) -> str:
    """A path for readers: `$.results[3].short_id`."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "$" + "".join(steps)


def children(node: Node) -> Iterator[tuple[str | int, Node]]:
    """The values inside, each with its step; of repeated names all."""
    if isinstance(node, Object):
        yield from zip(node.names, node.items, strict=True)
    elif isinstance(node, Array):
        yield from enumerate(node.items)


def select(node: Node, pattern: Steps, path: Steps = ()) -> Iterator[tuple[Steps, Node]]:
    """The places in `node` that a pattern names, each with its path."""
    if not pattern:
        yield path, node
        return
    step, rest = pattern[0], pattern[1:]
    for key, item in children(node):
        if step == key or (step == EVERY and isinstance(node, Array)):
            yield from select(item, rest, (*path, key))


def put(node: Node, path: Steps, new: Node) -> Node:
    """`node` with `new` at a path that exists in it."""
    if not path:
        return new
    if isinstance(node, Scalar | Slot):
        raise KeyError(path)
    position = [key for key, _ in children(node)].index(path[0])
    items = list(node.items)
    items[position] = put(items[position], path[1:], new)
    return replace(node, items=tuple(items))


def _interleave(glue: tuple[str, ...], items: tuple[Node, ...]) -> str:
    return "".join(text + item.text for text, item in zip(glue, items, strict=False)) + glue[-1]


class _Reader:
    """A recursive reader that remembers the text between values."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0

    def blank(self) -> None:
        found = _BLANK.match(self.text, self.position)
        self.position = found.end() if found else self.position

    def value(self) -> Node:
        if found := _SCALAR.match(self.text, self.position):
            self.position = found.end()
            return Scalar(found[0])
        opening = self.text[self.position : self.position + 1]
        if opening == "[":
            glue, items, _ = self._container("]", named=False)
            return Array(glue, items)
        if opening == "{":
            return Object(*self._container("}", named=True))
        raise ValueError(f"no JSON value at {self.position}")

    def _container(self, closing: str, *, named: bool) -> tuple[tuple[str, ...], tuple[Node, ...], tuple[str, ...]]:
        glue: list[str] = []
        items: list[Node] = []
        names: list[str] = []
        mark = self.position
        self._skip(1)
        while not self.text.startswith(closing, self.position):
            if items:
                self._take(",")
            if named:
                names.append(self._name())
            glue.append(self.text[mark : self.position])
            items.append(self.value())
            mark = self.position
            self.blank()
        self._skip(1, blank=False)
        return (*glue, self.text[mark : self.position]), tuple(items), tuple(names)

    def _name(self) -> str:
        found = _SCALAR.match(self.text, self.position)
        if found is None or not found["string"]:
            raise ValueError(f"no member name at {self.position}")
        self.position = found.end()
        self.blank()
        self._take(":")
        name: str = json.loads(found[0])
        return name

    def _take(self, mark: str) -> None:
        if not self.text.startswith(mark, self.position):
            raise ValueError(f"no {mark!r} at {self.position}")
        self._skip(1)

    def _skip(self, length: int, *, blank: bool = True) -> None:
        self.position += length
        if blank:
            self.blank()
