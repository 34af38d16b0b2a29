"""What one call has asked upstream: for Server-Timing and for the log."""

from __future__ import annotations

from collections import defaultdict

import structlog

from shim.upstream import WAIT, Kind

log = structlog.get_logger(__name__)


class Trace:
    """The upstream calls of one legacy call, shared by whoever makes them and whoever answers to their failures.

    It knows neither of the two, so that a finished call is garbage at once. `timings` are seconds by operation;
    `waited` is how long it waited for its turns, in seconds; `told` is whether the log has heard of a failure.
    """

    def __init__(self, service: str) -> None:
        self.service, self.operation, self.told = service, "", False
        self.waited = 0.0
        self.timings: defaultdict[str, list[float]] = defaultdict(list)

    def observe(self, operation: str, seconds: float) -> None:
        """Note that an operation was asked, and how long it took, or how long the wait for it was."""
        if operation == WAIT:
            self.waited += seconds
            return
        self.operation = operation
        self.timings[operation].append(seconds)

    def note(self, kind: Kind, message: str) -> None:
        """Log what the API failed at, with the operation that was asked last (conventions 12)."""
        self.told = True
        log.warning("upstream", service=self.service, operation=self.operation, kind=kind.value, message=message)
