"""What tests of the outbox share: parcels, a clock that is set, and outcomes."""

from __future__ import annotations

from dataclasses import replace

from shim.services.subscription import Subscription
from shim.webhooks.queue.lanes import Lanes
from shim.webhooks.queue.outbox import Bounds, Outbox
from shim.webhooks.sending.outcome import TIMEOUT, Outcome
from shim.webhooks.sending.parcel import Parcel, key_of

KEYS = (b"k" * 32,)
BEGIN = 1_800_000_000
OK, BUSY, LATE, GONE = Outcome(200), Outcome(503), Outcome(failure=TIMEOUT), Outcome(410)
_URL = "https://ci.example.org/h?token=s3cr3t"
HOOK = Subscription("git", "user", "", _URL, ("repo:update",), "jdoe", "f" * 32, 1, mark="0")


class Clock:
    """A clock that goes when told."""

    def __init__(self, now=BEGIN):
        self.now = now

    def __call__(self):
        return self.now


def hook(number=0, **changes):
    """One of many subscriptions, by default all with targets of their own."""
    return replace(HOOK, **{"created": number, "url": f"https://host{number}.example.org/h", **changes})


def parcel(number=0, subscription=HOOK, payload=b'{"id": 1}', event="repo:update", dual=False):
    """One of many parcels."""
    url = subscription.dual if dual else subscription.url
    uuid = f"00000000-0000-4000-8000-{number:012}"
    return Parcel(key_of(subscription, dual), subscription, url, event, uuid, payload)


def outbox(store, clock, **bounds):
    """An outbox whose clock is set."""
    return Outbox(store, KEYS, clock, Bounds(**bounds))


def serve(box, outcome):
    """Try everything that is due once, with outcomes that a function of the parcel says; what was tried."""
    lanes, tried = Lanes(box), []
    while lease := lanes.lease():
        for waiting in lanes.parcels(lease):
            tried.append(waiting.parcel)
            became = outcome(waiting.parcel) if callable(outcome) else outcome
            lanes.settle(lease, waiting, became)
            if became.gone:
                break
        lanes.release(lease)
    return tried


def give_up(box, clock, parcel, outcome=LATE):
    """Keep a parcel and try it as often as it may be."""
    box.keep(parcel, outcome)
    for _ in range(100):
        (row,) = box.store.read("SELECT next_at FROM outbox WHERE uuid = :uuid", uuid=parcel.uuid)
        if row["next_at"] is None:
            return
        clock.now = row["next_at"]
        serve(box, outcome)
    raise AssertionError("it is tried for ever")
