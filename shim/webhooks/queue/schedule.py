"""When what failed is tried again, and beside what it queues up."""

from __future__ import annotations

import hmac
import random
from collections.abc import Callable
from math import ceil
from urllib.parse import urlsplit

from shim.webhooks.sending.outcome import Outcome
from shim.webhooks.sending.parcel import Parcel

WAITS = (0, 5, 60, 300, 1800, 7200, 18000, 36000)
"""Seconds before each attempt, counted from the one before."""
JITTER = 0.2
"""By what part of itself a wait may grow, so that what failed together is not tried together."""
SLOTS = 2
"""In how many lanes parcels to one host queue up at most, and so how many of them are under way at once."""


def wait_before(attempts: int, outcome: Outcome, now: float, chance: Callable[[], float] = random.random) -> int | None:
    """Seconds until the next attempt when there were so many; None if there is to be none.

    A target may ask for more than is planned.
    """
    if attempts >= len(WAITS):
        return None
    planned = WAITS[attempts] * (1 + JITTER * chance())
    return ceil(max(planned, outcome.retry_after(now) or 0))


def lane_of(secret: bytes, parcel: Parcel) -> int:
    """The queue of a parcel's host: a keyed hash of 63 bits, from which nobody learns the host."""
    try:
        host = urlsplit(parcel.url).netloc.rpartition("@")[2].lower()
    except ValueError:
        host = ""
    slot = int(parcel.key, 16) % SLOTS
    digest = hmac.digest(secret, f"{slot} {host}".encode("utf-8", "replace"), "sha256")
    return int.from_bytes(digest[:8], "big") >> 1
