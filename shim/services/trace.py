"""What one call has asked upstream: for Server-Timing and for the log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import structlog

from shim.upstream import WAIT, Kind, Operation

log = structlog.get_logger(__name__)
LONGEST = 1000
"""How many characters of what the API said are logged."""


class Trace:
    """The upstream calls of one legacy call, shared by whoever makes them and whoever answers to their failures.

    It knows neither of the two, so that a finished call is garbage at once. `timings` are seconds by operation;
    `waited` is how long it waited for its turns, in seconds; `told` is whether the log has heard of a failure;
    `accepted` whether the API has taken the caller's credential; `sent` are the operations with their variables;
    `failures` are the kinds of what the log has heard of.
    """

    def __init__(self, service: str) -> None:
        self.service, self.operation, self.told = service, "", False
        self.waited, self.accepted = 0.0, False
        self.sent: list[tuple[Operation, Mapping[str, Any]]] = []
        self.failures: list[Kind] = []
        self.timings: defaultdict[str, list[float]] = defaultdict(list)

    def observe(self, operation: str, seconds: float) -> None:
        """Note that an operation was asked, and how long it took, or how long the wait for it was."""
        if operation == WAIT:
            self.waited += seconds
            return
        self.operation = operation
        self.timings[operation].append(seconds)

    def calls(self) -> tuple[tuple[str, float], ...]:
        """Every upstream call by its operation, with its seconds."""
        return tuple((name, seconds) for name, each in self.timings.items() for seconds in each)

    def note(self, kind: Kind, message: str) -> None:
        """Log what the API failed at, with the operation that was asked last (conventions 12)."""
        self.told = True
        self.failures.append(kind)
        told = message[:LONGEST]
        log.warning("upstream", service=self.service, operation=self.operation, kind=kind.value, message=told)
