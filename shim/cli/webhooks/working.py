"""`shim webhooks work`: send what waits, in a process of its own."""

from __future__ import annotations

import json
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import click

from shim.cli.common import Failure, config_option
from shim.cli.webhooks.common import json_option, opened
from shim.store import StoreError
from shim.webhooks.queue.retention import SWEEP, Retention
from shim.webhooks.queue.worker import STOP, TICK, Worker
from shim.webhooks.sending.outcome import Outcome
from shim.webhooks.sending.parcel import Parcel


@click.command()
@config_option
@click.option("--once", is_flag=True, help="End when nothing is due any more.")
@json_option
def work(config_path: str | None, once: bool, as_json: bool) -> None:
    """Send what waits, as `shim serve` does by itself.

    Any number of these may run, on any host with the same store: each delivery is one's for a while. TERM and INT end
    it behind the attempts under way. What a process that was killed had begun is sent again by another.
    """
    done: Counter[str] = Counter()
    lock, end = threading.Lock(), threading.Event()

    def count(parcel: Parcel, outcome: Outcome) -> None:
        with lock:
            done["failed" if outcome.again else "delivered"] += 1

    with opened(config_path) as desk, _ending(end):
        worker, retention = desk.parts.worker(count), Retention(desk.parts.outbox)
        if once:
            _all_due(worker, end)
        else:
            _until(end, worker, retention)
        if not worker.stop(STOP):
            raise Failure("some attempts did not end in time; what they were about is sent again by others")
    if as_json:
        click.echo(json.dumps({"delivered": done["delivered"], "failed": done["failed"]}))
    else:
        click.echo(f"{done['delivered']} delivered, {done['failed']} failed and wait")


@contextmanager
def _ending(end: threading.Event) -> Iterator[None]:
    """TERM and INT only ask for the end."""
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.signal(number, lambda *_: end.set()) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _all_due(worker: Worker, end: threading.Event) -> None:
    while not end.is_set() and worker.tick():
        end.wait(0.1)
    worker.wait()


def _until(end: threading.Event, worker: Worker, retention: Retention) -> None:
    """Go on until told to end. A store that can't be used now is tried again; the log tells when that begins."""
    ticks, failing = 0, False
    while not end.is_set():
        try:
            if ticks % round(SWEEP / TICK) == 0:
                retention.run()
            worker.tick()
            failing = False
        except StoreError as error:
            if not failing:
                click.echo(f"Warning: {error}", err=True)
            failing = True
        ticks += 1
        end.wait(TICK)
