"""What waits to be delivered, and when it is tried again."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
from collections.abc import Callable
from dataclasses import astuple, dataclass
from math import ceil
from urllib.parse import urlsplit

from shim.services.subscription import Subscription
from shim.webhooks.outcome import Outcome

WAITS = (0, 5, 60, 300, 1800, 7200, 18000, 36000)
"""Seconds before each attempt, counted from the one before."""
JITTER = 0.2
"""By what part of itself a wait may grow, so that what failed together is not tried together."""
SLOTS = 2
"""In how many rows the deliveries to one host queue up at most, and so how many of them are under way at once."""


@dataclass(frozen=True)
class Letter:
    """One delivery to one of a subscription's targets, always under the same UUID.

    `event` is the old name; where `dual` is true the native body goes to the second target, and `event` is its native
    name.
    """

    subscription: Subscription
    uuid: str
    event: str
    payload: bytes
    dual: bool = False

    @property
    def target(self) -> str:
        """The URL that it goes to."""
        return self.subscription.dual if self.dual else self.subscription.url


def key_of(subscription: Subscription) -> str:
    """What stands for a subscription in the store: a hash of all that was sealed, 32 hex digits."""
    text = json.dumps(astuple(subscription), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def lane_of(secret: bytes, letter: Letter) -> int:
    """The queue of a letter's host: a keyed hash of 63 bits, from which nobody learns the host."""
    try:
        host = urlsplit(letter.target).netloc.rpartition("@")[2].lower()
    except ValueError:
        host = ""
    slot = int(key_of(letter.subscription), 16) % SLOTS
    digest = hmac.digest(secret, f"{slot} {host}".encode("utf-8", "replace"), "sha256")
    return int.from_bytes(digest[:8], "big") >> 1


def wait_before(attempts: int, outcome: Outcome, now: float, chance: Callable[[], float] = random.random) -> int | None:
    """Seconds until the next attempt when there were so many; None if there is to be none.

    A target may ask for more than is planned.
    """
    if attempts >= len(WAITS):
        return None
    planned = WAITS[attempts] * (1 + JITTER * chance())
    return ceil(max(planned, outcome.retry_after(now) or 0))
