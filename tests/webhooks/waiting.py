"""What tests of the outbox share: letters, a clock that is set, and outcomes."""

from __future__ import annotations

from dataclasses import replace

from shim.services.subscription import Subscription
from shim.webhooks.lanes import Lanes
from shim.webhooks.letter import Letter
from shim.webhooks.outbox import Outbox
from shim.webhooks.outcome import TIMEOUT, Outcome

KEYS = (b"k" * 32,)
BEGIN = 1_800_000_000
OK, BUSY, LATE, GONE = Outcome(200), Outcome(503), Outcome(failure=TIMEOUT), Outcome(410)
HOOK = Subscription("git", "user", "", "https://ci.example.org/h?token=s3cr3t", ("repo:update",), "jdoe", "f" * 32, 1)


class Clock:
    """A clock that goes when told."""

    def __init__(self, now=BEGIN):
        self.now = now

    def __call__(self):
        return self.now


def hook(number=0, **changes):
    """One of many subscriptions, by default all with targets of their own."""
    return replace(HOOK, **{"created": number, "url": f"https://host{number}.example.org/h", **changes})


def letter(number=0, subscription=HOOK, payload=b'{"id": 1}', event="repo:update", **more):
    """One of many letters."""
    return Letter(subscription, f"00000000-0000-4000-8000-{number:012}", event, payload, **more)


def outbox(store, clock, **bounds):
    """An outbox whose clock is set."""
    return Outbox(store, KEYS, clock, **bounds)


def serve(box, outcome):
    """Try everything that is due once, with outcomes that a function of the letter says; what was tried."""
    lanes, tried = Lanes(box), []
    while lease := lanes.lease():
        for waiting in lanes.letters(lease):
            tried.append(waiting.letter)
            became = outcome(waiting.letter) if callable(outcome) else outcome
            lanes.settle(lease, waiting, became)
            if became.gone:
                break
        lanes.release(lease)
    return tried
