"""The bridge of a configuration, put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shim.services.bridge import Bridge, Unconnected
from shim.services.service import Service
from shim.services.subscription import keys_of
from shim.settings import Config
from shim.store import Store
from shim.store.chores import Chores
from shim.webhooks.bridge import Connected
from shim.webhooks.queue.lanes import Lanes
from shim.webhooks.queue.outbox import Outbox
from shim.webhooks.queue.retention import SWEEP, Retention
from shim.webhooks.queue.worker import TICK, Told, Worker, untold
from shim.webhooks.receiving.memory import HOUR, Memory
from shim.webhooks.receiving.receiver import Receiver
from shim.webhooks.receiving.results import Observe, ignore
from shim.webhooks.reconciling.reconcile import Reconciler
from shim.webhooks.sending.delivery import Delivery, Post
from shim.webhooks.sending.outcome import Outcome
from shim.webhooks.sending.parcel import Parcel


@dataclass(frozen=True)
class Parts:
    """What sends webhooks that wait, of a configuration with a store and keys."""

    outbox: Outbox
    delivery: Delivery

    @classmethod
    def of(cls, config: Config, store: Store | None, post: Post | None = None) -> Parts | None:
        """None where there is no store, or a key is missing; `post` is what sends."""
        keys, delivery = keys_of(config), Delivery.of(config, post)
        return None if store is None or not keys or delivery is None else cls(Outbox(store, keys), delivery)

    def worker(self, told: Told = untold) -> Worker:
        """What sends what waits."""
        return Worker(Lanes(self.outbox), self.send, told=told)

    def send(self, parcel: Parcel) -> Outcome:
        """Make one attempt."""
        return self.delivery.send(
            parcel.url, parcel.event, parcel.uuid, parcel.payload, parcel.sender, user=parcel.subscription.user
        )


@dataclass(frozen=True)
class Assembly:
    """What an app has of the bridge: `receiver` is None where webhooks are not configured."""

    bridge: Bridge
    receiver: Receiver | None = None

    @classmethod
    def of(
        cls,
        config: Config,
        services: Sequence[Service],
        store: Store | None,
        chores: Chores,
        observe: Observe = ignore,
        post: Post | None = None,
    ) -> Assembly:
        """The bridge of a configuration, its work among the chores of the process; `post` is what sends."""
        delivery, parts = Delivery.of(config, post), Parts.of(config, store, post)
        if delivery is None:
            return cls(Unconnected())
        outbox = parts.outbox if parts else None
        receiver = Receiver.of(config, services, store, outbox, observe, post)
        if not parts:
            return cls(Connected(delivery), receiver)
        memory = receiver.memory if receiver else Memory(store)
        _schedule(parts, memory, chores)
        reconciler = Reconciler(services, parts.outbox, memory, dual=config.webhook_dual)
        return cls(Connected(delivery, parts.outbox, reconciler), receiver)


def _schedule(parts: Parts, memory: Memory, chores: Chores) -> None:
    """Have it all done again and again."""
    worker = parts.worker()
    chores.every(TICK, worker.tick, "webhooks", last=worker.stop)
    chores.every(SWEEP, Retention(parts.outbox).run, "webhook retention")
    chores.every(HOUR, memory.forget, "webhook memory")
