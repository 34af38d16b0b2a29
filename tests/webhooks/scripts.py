"""Programs that tests run as processes of their own: `python -m tests.webhooks.scripts NAME ARGUMENT...`."""

from __future__ import annotations

import os
import sys

from shim.store import open_store
from shim.webhooks.queue.lanes import Lanes
from shim.webhooks.queue.outbox import Outbox
from shim.webhooks.queue.worker import Worker
from shim.webhooks.sending.outcome import Outcome
from tests.webhooks.waiting import KEYS, hook, parcel


def send_all(url: str) -> None:
    """Send what is due until nothing is, when told by a line; print the number of each parcel that was sent."""
    box = Outbox(open_store(url, patience=60), KEYS)
    sent: list[str] = []

    def send(each):
        sent.append(f"{each.subscription.created}/{int(each.uuid[-12:])}")
        return Outcome(200)

    print("ready", flush=True)
    sys.stdin.readline()
    worker = Worker(Lanes(box), send, threads=3)
    while worker.tick():
        worker.wait()
    print(*sent)


def keep_all(url: str, first: str, last: str) -> None:
    """Keep some parcels, when told; print how many were new."""
    box = Outbox(open_store(url, patience=60), KEYS)
    print("ready", flush=True)
    sys.stdin.readline()
    print(sum(box.keep(parcel(number, hook(number % 5))) for number in range(int(first), int(last))))


def die_sending(url: str) -> None:
    """Be killed in the middle of an attempt."""
    box = Outbox(open_store(url), KEYS)

    def send(each):
        print("sending", flush=True)
        os.kill(os.getpid(), 9)
        return Outcome(200)

    worker = Worker(Lanes(box), send)
    worker.tick()
    worker.wait()


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
