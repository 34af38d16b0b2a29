"""Read the parts of a rule strictly: each key has a reader, and what is wrong is said with its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, TypeVar

from shim.compare.judging.jsontext import Predicate, Steps, path_pattern
from shim.recordings.symbols import holds

T = TypeVar("T")
Reader = Callable[[Any], Any]


class Missing:
    """Stands for a value that is not there."""


MISSING = Missing()


class RuleError(ValueError):
    """A rule that cannot be read or checks nothing; the text names the key."""


def section(spec: Any, readers: Mapping[str, Reader], required: Iterable[str] = ()) -> dict[str, Any]:
    """Read a mapping whose keys are known. Raises RuleError, which names the key."""
    if not isinstance(spec, dict):
        raise RuleError(f"should be a mapping, not {spec!r}")
    if unknown := sorted(map(str, spec.keys() - readers.keys())):
        raise RuleError(f"unknown key {unknown[0]!r} (known: {', '.join(readers)})")
    if lacking := [key for key in required if key not in spec]:
        raise RuleError(f"{lacking[0]} is required")
    return {key: placed(str(key), readers[key], value) for key, value in spec.items()}


def placed(place: str, reader: Callable[[Any], T], value: Any) -> T:
    """Read one value; an error gets `place` in front."""
    try:
        return reader(value)
    except RuleError as error:
        raise RuleError(f"{place}: {error}") from error


def of_type(kind: type[T]) -> Callable[[Any], T]:
    """A reader that takes values of one type as they are."""

    def read(value: Any) -> T:
        if type(value) is not kind:
            raise RuleError(f"should be of type {kind.__name__}, not {value!r}")
        return value

    return read


text = of_type(str)
integer = of_type(int)
flag = of_type(bool)


def one_of(*known: str) -> Callable[[Any], str]:
    """A reader of one of some texts."""

    def read(value: Any) -> str:
        if value not in known:
            raise RuleError(f"should be one of {', '.join(map(repr, known))}, not {value!r}")
        return str(value)

    return read


def items(reader: Callable[[Any], T]) -> Callable[[Any], tuple[T, ...]]:
    """A reader of lists that are not empty."""

    def read(value: Any) -> tuple[T, ...]:
        if not isinstance(value, list) or not value:
            raise RuleError(f"should be a list with something in it, not {value!r}")
        return tuple(placed(str(index), reader, item) for index, item in enumerate(value))

    return read


def texts(value: Any) -> tuple[str, ...]:
    """Read one text or a list of them, not empty."""
    return items(text)(value if isinstance(value, list) else [value])


def regex(value: Any) -> re.Pattern[str]:
    """Read a regular expression."""
    try:
        return re.compile(text(value))
    except re.error as error:
        raise RuleError(f"not a regular expression: {error}") from error


def steps(value: Any) -> Steps:
    """Read a JSON path."""
    try:
        return path_pattern(text(value))
    except ValueError as error:
        raise RuleError(str(error)) from error


def mapping(key: Callable[[Any], Any], item: Reader) -> Callable[[Any], dict[Any, Any]]:
    """A reader of mappings that are not empty, each key and value read alike."""

    def read(value: Any) -> dict[Any, Any]:
        if not isinstance(value, dict) or not value:
            raise RuleError(f"should be a mapping with something in it, not {value!r}")
        return {key(name): placed(str(name), item, inner) for name, inner in value.items()}

    return read


def predicate(spec: Any) -> Predicate:
    """Read a condition on a value.

    A plain value is met by its equal, a list by what meets one of its members, a mapping of operators by what
    meets all of them: `equals`, `not`, `matches` (a regular expression found in a text), `longer` (than N
    characters or items), `older` (a date more than N days ago), `symbol` (a text that holds `{now}` and the like),
    `absent`.
    """
    if isinstance(spec, list):
        choices = [predicate(item) for item in spec]
        return lambda value: any(choice(value) for choice in choices)
    if isinstance(spec, dict):
        if not spec:
            raise RuleError("a condition without an operator")
        checks = list(section(spec, _OPERATORS).values())
        return lambda value: all(check(value) for check in checks)
    return _equals(spec)


predicates = mapping(steps, predicate)


def _equals(wanted: Any) -> Predicate:
    return lambda value: type(value) is type(wanted) and bool(value == wanted)


def _negated(spec: Any) -> Predicate:
    check = predicate(spec)
    return lambda value: not check(value)


def _found(spec: Any) -> Predicate:
    pattern = regex(spec)
    return lambda value: isinstance(value, str) and pattern.search(value) is not None


def _longer(spec: Any) -> Predicate:
    length = integer(spec)
    return lambda value: isinstance(value, str | list) and len(value) > length


def _older(spec: Any) -> Predicate:
    age = timedelta(days=integer(spec))

    def check(value: Any) -> bool:
        try:
            return datetime.now(timezone.utc) - datetime.fromisoformat(value) > age
        except (TypeError, ValueError):
            return False

    return check


def _symbol(spec: Any) -> Predicate:
    name = text(spec)
    return lambda value: isinstance(value, str) and holds(value, name)


def _absent(spec: Any) -> Predicate:
    wanted = flag(spec)
    return lambda value: (value is MISSING) is wanted


_OPERATORS: dict[str, Reader] = {
    "equals": _equals,
    "not": _negated,
    "matches": _found,
    "longer": _longer,
    "older": _older,
    "symbol": _symbol,
    "absent": _absent,
}
