"""Queries under which the API's process ended twice in a row: they are held back for a while.

Some kill it by what is stored, which nobody can know before asking (a todo comment without a text, conventions 10.3): a
client that asks again and again would do so again and again. A query that was only cut along with another's is soon
answered, and then no suspect any more.
"""

from __future__ import annotations

import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from typing import Any

from shim.upstream.errors import Kind, UpstreamError
from shim.upstream.operations import Operation

SECONDS = 60.0
_TRIES = 2
_REMEMBERED = 1024


class Suspects:
    """The queries of one API that were cut, each with how often in a row and until when it is remembered."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._cut: OrderedDict[Hashable, tuple[int, float]] = OrderedDict()
        self._clock = clock
        self._lock = threading.Lock()

    def __bool__(self) -> bool:
        """Whether there is any, so that there is something to look a query up in."""
        return bool(self._cut)

    def check(self, key: Hashable) -> None:
        """Raise UpstreamError (fault) for a query that is held back."""
        times, until = self._cut.get(key, (0, 0.0))
        if times >= _TRIES and self._clock() < until:
            raise UpstreamError(Kind.FAULT, "held back: the API's process ended under this query")

    def cut(self, key: Hashable) -> None:
        """A query got no answer, for its connection was cut."""
        with self._lock:
            times, until = self._cut.pop(key, (0, 0.0))
            now = self._clock()
            self._cut[key] = (times + 1 if now < until else 1, now + SECONDS)
            while len(self._cut) > _REMEMBERED:
                self._cut.popitem(last=False)

    def answered(self, key: Hashable) -> None:
        """A query was answered."""
        if key in self._cut:
            with self._lock:
                self._cut.pop(key, None)


def key_of(operation: Operation, variables: Mapping[str, Any]) -> Hashable:
    """What makes a query the same: its text and variables, but for cursors, which are never alike."""
    given = {name: value for name, value in variables.items() if name not in operation.cursors}
    return operation.text, json.dumps(given, sort_keys=True, default=str)
