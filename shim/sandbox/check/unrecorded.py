"""Calls that were made while exchanges were recorded and are not among them, though what came of them shows.

A comment counts them (`after 25 more createUserWebhook calls (not recorded)`: the last one recorded of that name,
again), or `unrecorded.yaml` in the service's folder has them: by the name of the file a list of exchanges, each made
`before` the one of that index, so many `times`; `{n}` in its variables is 0 the first time, then 1, and so on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from shim.sandbox.check.exchange import Item

NAME = "unrecorded.yaml"
MAX_TIMES = 1000
_COUNTED = re.compile(r"after ([0-9]+) more (\w+) calls \(not recorded\)")


class Unrecorded:
    """What was called beside the exchanges `items` of the file `path`."""

    def __init__(self, path: Path, items: Sequence[Item]) -> None:
        self._path = path
        self._items = items

    def before(self, index: int) -> Iterator[Item]:
        """What was called between an exchange and the one before it. Raises OSError, ValueError or yaml.YAMLError."""
        yield from self._counted(index)
        for item in self._told:
            if item["before"] == index:
                times = min(int(item.get("times", 1)), MAX_TIMES)
                yield from ({**item, "variables": _numbered(item.get("variables"), n)} for n in range(times))

    def _counted(self, index: int) -> list[Item]:
        told = _COUNTED.search(self._items[index].get("comment") or "")
        if not told:
            return []
        known = [one for one in self._items[:index] if told[2] in one.get("document", "")]
        return known[-1:] * min(int(told[1]), MAX_TIMES)

    @cached_property
    def _told(self) -> list[Item]:
        folder = self._path.parent
        while folder.name != "graphql" and folder != folder.parent:
            folder = folder.parent
        path = folder.parent / NAME
        told = yaml.load(path.read_bytes(), yaml.CSafeLoader) if path.is_file() else {}
        return told.get(self._path.relative_to(folder).with_suffix("").as_posix(), [])  # type: ignore[no-any-return]


def _numbered(value: Any, number: int) -> Any:
    """A value with a number in place of `{n}`."""
    if isinstance(value, dict):
        return {key: _numbered(item, number) for key, item in value.items()}
    if isinstance(value, list):
        return [_numbered(item, number) for item in value]
    return value.replace("{n}", str(number)) if isinstance(value, str) else value
