"""Places in an expected JSON value that a declared deviation leaves open, each within a stated form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from shim.compare.judging.difference import agree, settle
from shim.compare.judging.jsontext import Array, Node, Object, Predicate, Slot, Steps, array, select, show, write
from shim.recordings.symbols import Names


@dataclass(frozen=True)
class Choice(Slot):
    """Either the recorded value or the changed one."""

    recorded: Node
    changed: Node

    @property
    def wanted(self) -> str:
        """Both values."""
        changed = self.changed
        return f"{self.text} or {changed.wanted if isinstance(changed, Slot) else changed.text}"

    def settle(self, answered: Node, names: Names) -> Node | None:
        """The one of the two that was answered."""
        for node in (self.recorded, self.changed):
            trial = names.trial()
            if agree(node, answered, trial):
                names.adopt(trial)
                return settle(node, answered, names)
        return None


@dataclass(frozen=True)
class Form(Slot):
    """A text (or the JSON text of another scalar) of a given form."""

    recorded: Node
    pattern: re.Pattern[str]

    @property
    def wanted(self) -> str:
        """The form."""
        return f"something like /{self.pattern.pattern}/"

    def settle(self, answered: Node, names: Names) -> Node | None:
        """The answered value, if it has the form."""
        value = answered.value
        found = self.pattern.fullmatch(value if isinstance(value, str) else answered.text)
        return write(value) if found else None


@dataclass(frozen=True)
class Shape(Slot):
    """Any JSON value whose inner values meet conditions, each wherever its path leads and somewhere at least."""

    recorded: Node
    where: Mapping[Steps, Predicate]

    @property
    def wanted(self) -> str:
        """The places that are known."""
        return f"a value with {', '.join(map(show, self.where))} as declared"

    def settle(self, answered: Node, names: Names) -> Node | None:
        """The answered value, if it has the shape, as the old services would have written it."""
        for steps, check in self.where.items():
            values = [node.value for _, node in select(answered, steps)]
            if not values or not all(map(check, values)):
                return None
        return write(answered.value)


@dataclass(frozen=True)
class Tail(Slot):
    """A list that ends as the recorded one, whose earlier items have the same members as its first."""

    recorded: Array

    @property
    def wanted(self) -> str:
        """The end."""
        return f"a list that ends with {self.text}"

    def settle(self, answered: Node, names: Names) -> Node | None:
        """The recorded list behind the items that were answered before it."""
        if not isinstance(answered, Array) or len(answered.items) < len(self.recorded.items):
            return None
        more = answered.items[: len(answered.items) - len(self.recorded.items)]
        if any(_members(item) != _members(self.recorded.items[0]) for item in more):
            return None
        return settle(array([*map(_written, more), *self.recorded.items]), answered, names)


def _members(item: Node) -> list[str]:
    return list(item.value) if isinstance(item, Object) else []


def _written(item: Node) -> Node:
    return write(item.value)


@dataclass(frozen=True)
class Renamed(Slot):
    """An id of another sequence than the recorded one, the same wherever the recorded one stands."""

    recorded: Node
    kind: str

    @property
    def wanted(self) -> str:
        """The kind of id."""
        return f"the id of the {self.kind} recorded as {self.text}"

    def settle(self, answered: Node, names: Names) -> Node | None:
        """The answered id, if it is of the recorded type and nobody else's."""
        wanted, value = self.value, answered.value
        fits = type(wanted) is type(value) and str(value).isdecimal()
        return write(value) if fits and names.rename(self.kind, str(wanted), str(value)) else None


@dataclass(frozen=True)
class Count(Slot):
    """An integer from `least` to `most` (None: no bound)."""

    recorded: Node
    least: int
    most: int | None = None

    @property
    def wanted(self) -> str:
        """The bounds."""
        return f"an integer from {self.least} to {'any' if self.most is None else self.most}"

    def settle(self, answered: Node, names: Names) -> Node | None:
        """The answered number, if it lies within the bounds."""
        value = answered.value
        if type(value) is not int or value < self.least or (self.most is not None and value > self.most):
            return None
        return write(value)
