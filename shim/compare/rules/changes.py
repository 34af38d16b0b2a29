"""What a rule of `deviations.yaml` changes in a recorded JSON body, place by place.

Each change says what must be answered instead, and loosens no more than the places that it names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shim.compare.judging.jsontext import Array, Node, Object, Predicate, Slot, Steps, put, select, write
from shim.compare.judging.slots import Choice, Form, Renamed, Shape, Tail
from shim.compare.rules import reading, witness
from shim.compare.rules.reading import MISSING, RuleError
from shim.compare.rules.witness import Scope, Witness

Testify = Callable[[tuple[Witness, ...], Scope], bool]
Make = Callable[[Node, Sequence[Node], Scope], Node | None]

_PROBES = ("", "0", "-1", "true", "a b", "Zürich ☃", "{}", "2020-01-01T00:00:00+00:00")
_HOLE = re.compile(r"\{(<\w+>|[A-Za-z_][\w.-]*)\}")


@dataclass(frozen=True)
class Renaming:
    """A kind of id that differs from the recorded one, and the query parameter that carries such ids."""

    kind: str
    query: str = ""

    def make(self, recorded: Node, within: Sequence[Node], scope: Scope) -> Node | None:
        """The slot for such an id; null stays null."""
        return None if recorded.value is None else Renamed(recorded, self.kind)


@dataclass(frozen=True)
class Change:
    """One transformation at some paths of the recorded body, for values whose siblings meet `where`.

    `make` gets the value, what it is in (the nearest first), and the captured path segments; the paths of
    `witnesses` hold texts of the value.
    """

    paths: tuple[Steps, ...]
    make: Make
    where: Mapping[Steps, Predicate]
    optional: bool = False
    renaming: Renaming | None = None
    witnesses: tuple[Witness, ...] = ()

    def apply(self, body: Node, scope: Scope, testify: Testify) -> Node:
        """The body with the change made wherever it applies; `scope` holds the captured path segments."""
        for steps in self.paths:
            for path, node in list(select(body, steps)):
                within = [next(found for _, found in select(body, path[:end])) for end in range(len(path) - 1, -1, -1)]
                new = self.make(node, within, scope) if meets(within[0], self.where) else None
                if new is None or (new.text == node.text and not isinstance(new, Slot)):
                    continue
                if testify(self.witnesses, witness.members(node.value)):
                    body = put(body, path, Choice(node, new) if self.optional else new)
        return body


def meets(node: Node, where: Mapping[Steps, Predicate]) -> bool:
    """Whether `node` meets a condition on its inner values; of several places of a path, one is enough."""
    return all(any(map(check, _values(node, steps))) for steps, check in where.items())


def _values(node: Node, steps: Steps) -> list[Any]:
    return [found.value for _, found in select(node, steps)] or [MISSING]


def read_change(spec: Any) -> Change:
    """Read one entry of `change`. Raises RuleError."""
    parts = reading.section(spec, {**_COMMON, **_KINDS}, required=["at"])
    kinds = parts.keys() & _KINDS.keys()
    if len(kinds) != 1:
        raise RuleError(f"needs exactly one of {', '.join(_KINDS)}")
    made = parts[kinds.pop()]
    renaming = made if isinstance(made, Renaming) else None
    make = renaming.make if renaming else made
    where, witnesses = parts.get("where", {}), parts.get("witness", ())
    return Change(parts["at"], make, where, parts.get("optional", False), renaming, witnesses)


def _set(value: Any) -> Make:
    node = write(value)
    return lambda recorded, within, scope: node


def _cut(spec: Any) -> Make:
    length = reading.integer(spec)
    return lambda recorded, within, scope: _rewritten(recorded, lambda text: text[:length])


def _replace(spec: Any) -> Make:
    pairs: dict[re.Pattern[str], str] = reading.mapping(reading.regex, reading.text)(spec)

    def replaced(text: str) -> str:
        for pattern, new in pairs.items():
            text = pattern.sub(new, text)
        return text

    return lambda recorded, within, scope: _rewritten(recorded, replaced)


def _pattern(spec: Any) -> Make:
    template = reading.text(spec)
    form = reading.regex(_HOLE.sub("recorded", template))
    if all(map(form.fullmatch, _PROBES)):
        raise RuleError(f"{template!r} fits anything, so it checks nothing")

    def make(recorded: Node, within: Sequence[Node], scope: Scope) -> Node | None:
        siblings = within[0].value if isinstance(within[0], Object) else {}
        known = {**siblings, **scope, "recorded": recorded.value}
        if recorded.value is None or any(name not in known for name in _HOLE.findall(template)):
            return None
        return Form(recorded, re.compile(_HOLE.sub(lambda hole: re.escape(str(known[hole[1]])), template)))

    return make


def _copy(spec: Any) -> Make:
    """The value of another member: `id` of the same object, `..id` of the one around it."""
    found = re.fullmatch(r"(\.*)(\w+)", reading.text(spec))
    if found is None:
        raise RuleError(f"{spec!r} is no name behind dots")
    up, name = len(found[1]) // 2, found[2]

    def make(recorded: Node, within: Sequence[Node], scope: Scope) -> Node | None:
        around = within[up] if up < len(within) else None
        return around.members.get(name) if isinstance(around, Object) else None

    return make


def _undecoded(spec: Any) -> Make:
    """A text whose ASCII is as recorded, with anything else for each run of other characters."""
    _true(spec)

    def make(recorded: Node, within: Sequence[Node], scope: Scope) -> Node | None:
        if not isinstance(recorded.value, str) or recorded.value.isascii():
            return None
        parts = re.split(r"[^\x00-\x7f]+", recorded.value)
        return Form(recorded, re.compile(r"[^\x00-\x7f]+".join(map(re.escape, parts))))

    return make


def _shape(spec: Any) -> Make:
    """Another value, of which some inner ones are known."""
    where = reading.predicates(spec)
    if meets(write({}), where):
        raise RuleError("fits an empty object, so it checks nothing")
    return lambda recorded, within, scope: Shape(recorded, where)


def _tail(spec: Any) -> Make:
    """A list that may have more items before the recorded ones; an empty one stays."""
    _true(spec)
    return lambda recorded, within, scope: Tail(recorded) if isinstance(recorded, Array) and recorded.value else None


def _true(spec: Any) -> None:
    if not reading.flag(spec):
        raise RuleError("should be true or left out")


def _renamed(spec: Any) -> Renaming:
    if isinstance(spec, str):
        return Renaming(spec)
    readers = {"kind": reading.text, "query": reading.text}
    return Renaming(**reading.section(spec, readers, required=readers))


def _rewritten(recorded: Node, rewrite: Callable[[str], str]) -> Node | None:
    return write(rewrite(recorded.value)) if isinstance(recorded.value, str) else None


_COMMON: dict[str, reading.Reader] = {
    "at": lambda spec: tuple(map(reading.steps, reading.texts(spec))),
    "where": reading.predicates,
    "optional": reading.flag,
    "witness": witness.read,
}
_KINDS: dict[str, reading.Reader] = {
    "set": _set,
    "copy": _copy,
    "cut": _cut,
    "replace": _replace,
    "pattern": _pattern,
    "renamed": _renamed,
    "shape": _shape,
    "tail": _tail,
    "undecoded": _undecoded,
}
