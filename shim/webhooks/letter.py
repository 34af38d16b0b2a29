"""What waits to be delivered, and when it is tried again."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import astuple, dataclass
from datetime import timezone
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from shim.services.bridge import Record
from shim.services.subscription import Subscription

WAITS = (0, 5, 60, 300, 1800, 7200, 18000, 36000)
"""Seconds before each attempt, counted from the one before."""
JITTER = 0.2
"""By what part of itself a wait may grow, so that what failed together is not tried together."""
LONGEST = 36000
"""How many seconds a target may ask for at most."""
TRANSIENT = frozenset({429, 502, 503, 504})
"""Answers that are no delivery: of a target, or of a proxy before it, that can't take anything now."""
GONE = 410
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


def is_delivered(record: Record) -> bool:
    """Whether a letter has arrived: any status counts but those of a target that can't take anything now."""
    return record.status > 0 and record.status not in TRANSIENT


def wait_before(attempts: int, record: Record, now: float, chance: Callable[[], float] = random.random) -> int | None:
    """Seconds until the next attempt when there were so many; None if there is to be none."""
    if attempts >= len(WAITS):
        return None
    planned = WAITS[attempts] * (1 + JITTER * chance())
    return round(max(planned, _asked(record, now)))


def _asked(record: Record, now: float) -> float:
    """The seconds that a target asks for in its Retry-After, in either form of it; no more than LONGEST."""
    value = _headers(record).get("retry-after", "")
    if value.isascii() and value.isdigit():
        return min(int(value[:9]), LONGEST)
    try:
        moment = parsedate_to_datetime(value)
        seconds = (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp() - now
    except (ValueError, TypeError, OverflowError, IndexError):
        return 0
    return min(max(seconds, 0.0), LONGEST)


def _headers(record: Record) -> Mapping[str, str]:
    parts = (line.partition(":") for line in (record.headers or "").splitlines())
    return {name.strip().lower(): value.strip() for name, _, value in parts}
