"""What becomes of requests to the receiver: how each is counted, and the refusals among them."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from shim.rest.errors import Refusal

_FORGED = "Request payload signature verification failed."
"""What the old receivers answered (conventions 8.3)."""
_LATER = {"Retry-After": "120"}
"""Seconds after which the API tries again for the first time (conventions 9.2)."""


class Result(Enum):
    """What became of a request, as it is counted: sent or not, refused, or left for another time."""

    DELIVERED = "delivered"
    KEPT = "kept"
    FAILED = "failed"
    UNSENT = "unsent"
    UNTRANSLATABLE = "untranslatable"
    DUPLICATE = "duplicate"
    RUNNING = "running"
    UNAVAILABLE = "unavailable"
    UNKNOWN = "unknown"
    FORGED = "forged"
    REPLAYED = "replayed"
    REFUSED = "refused"
    FORGETFUL = "forgetful"
    """Comes beside another one: the store could not be had."""


Observe = Callable[[str, Result], object]
"""Is told the service, empty where there is none of that name, and the result."""


class Refused(Refusal):
    """A request that changes nothing."""

    def __init__(self, result: Result, status: int, reason: str) -> None:
        super().__init__(status, reason, headers=_LATER if status == 503 else {})
        self.result = result


def unknown() -> Refused:
    """A URL that is no subscription's."""
    return Refused(Result.UNKNOWN, 404, "404 not found")


def forged() -> Refused:
    """What the instance did not sign."""
    return Refused(Result.FORGED, 403, _FORGED)


def replayed() -> Refused:
    """What it signed once, for another request: answered alike."""
    return Refused(Result.REPLAYED, 403, _FORGED)


def running() -> Refused:
    """An event that is being delivered. Who is killed over that does not say so, so the API tries again."""
    return Refused(Result.RUNNING, 503, "This event is being delivered.")


def unavailable() -> Refused:
    """An event that could neither be delivered nor kept."""
    return Refused(Result.UNAVAILABLE, 503, "This event can't be delivered now.")


def ignore(service: str, result: Result) -> None:
    """Count nothing."""
